import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FevmNode, startNode } from "../cli/start-node.ts"
import { BlockReader } from "./block-reader.ts"
import { Filters } from "./filters.ts"

let node: FevmNode
let count = 0

beforeAll(async () => {
  node = await startNode({ port: false, accounts: 1, mining: { kind: "manual" }, predeployed: [] })
})
afterAll(() => node.close())

function create(limits: ConstructorParameters<typeof Filters>[3], now?: () => number): Filters {
  return new Filters(node.chain, new BlockReader(node.chain), () => `0x${(++count).toString(16)}`, limits, now)
}

describe("filters", () => {
  it("are so many for each client, and so many in all", () => {
    const filters = create({ filters: 3, filtersPerClient: 2 })
    const [first] = [filters.installBlockFilter("a"), filters.installPendingTransactionFilter("a")]
    expect(() => filters.installBlockFilter("a")).toThrow(expect.objectContaining({ code: -32005 }))
    filters.installBlockFilter("b")
    expect(() => filters.installBlockFilter("b")).toThrow(/there are 3 filters, the limit is 3/)
    expect(filters.uninstall(first!)).toBe(true)
    expect(filters.uninstall(first!)).toBe(false)
    filters.installBlockFilter("a")
    expect(() => filters.installBlockFilter("a")).toThrow()
  })

  it("that nobody asks end, also if nobody asks for any other", async () => {
    let now = 0
    const filters = create({ idleMilliseconds: 300_000 }, () => now)
    filters.installBlockFilter("a")
    await node.chain.mine()
    expect(filters.size).toBe(1)
    now = 300_001
    await node.chain.mine()
    expect(filters.size).toBe(0)
  })

  it("keep so many bytes together: the one that was not asked for the longest time ends", async () => {
    let now = 0
    const filters = create({ newsBytes: 1000 }, () => now)
    const forgotten = filters.installBlockFilter("a")
    now = 1
    const asked = filters.installBlockFilter("a")
    await node.chain.mine({ count: 3 })
    expect(await filters.changes(asked)).toHaveLength(3)
    await node.chain.mine({ count: 6 })
    await expect(filters.changes(forgotten)).rejects.toThrow(/not found/)
    expect(await filters.changes(asked)).toHaveLength(6)
    await node.chain.mine({ count: 7 })
    expect(await filters.changes(asked)).toHaveLength(7)
  })

  it("keep so much each: the oldest goes first", async () => {
    const filters = create({ news: 2 })
    const id = filters.installBlockFilter("a")
    const tipsets = await node.chain.mine({ count: 3 })
    const hashes = tipsets.map(({ hash }) => `0x${Buffer.from(hash).toString("hex")}`)
    expect(await filters.changes(id)).toEqual(hashes.slice(1))
  })
})
