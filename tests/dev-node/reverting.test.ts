import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { WebSocket } from "ws"
import { type DevNode, startFevm } from "./nodes.ts"
import { ALICE, compileToken, Stage } from "./stories.ts"

let node: DevNode
let stage: Stage

beforeAll(async () => {
  node = await startFevm()
  stage = new Stage(node.url, compileToken())
  await stage.deploy()
}, 60_000)
afterAll(() => node.close())

interface Log {
  readonly removed: boolean
  readonly blockHash: string
  readonly transactionHash: string
  readonly topics: readonly string[]
}

const changedTo = ({ topics }: Log): bigint => BigInt(topics[2]!)

/** A connection with subscriptions; what they tell comes in order. */
class Listener {
  readonly #socket: WebSocket
  readonly #told = new Map<string, unknown[]>()
  readonly #answers = new Map<number, (result: unknown) => void>()
  #id = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on("message", (data) => {
      const { id, result, params } = JSON.parse(String(data))
      if (params) this.#of(params.subscription).push(params.result)
      else this.#answers.get(id)?.(result)
    })
  }

  static async connect(url: string): Promise<Listener> {
    const socket = new WebSocket(url.replace("http", "ws"))
    await new Promise((resolve) => socket.once("open", resolve))
    return new Listener(socket)
  }

  #of(subscription: string): unknown[] {
    const told = this.#told.get(subscription) ?? []
    this.#told.set(subscription, told)
    return told
  }

  #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.#id
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }))
    return new Promise((resolve) => this.#answers.set(id, resolve))
  }

  /** What a subscription tells from now on. */
  async subscribe<T>(...params: readonly unknown[]): Promise<readonly T[]> {
    return this.#of((await this.#ask("eth_subscribe", params)) as string) as T[]
  }

  close(): void {
    this.#socket.close()
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

describe("when the chain goes back", () => {
  test.each([
    ["to a snapshot", async () => stage.get("evm_snapshot"), (id: unknown) => stage.get("evm_revert", id)],
    ["by blocks", async () => undefined, () => stage.get("anvil_rollback", 2)],
    ["by a reorg", async () => undefined, () => stage.get("anvil_reorg", 2, [])],
  ])("%s, filters and subscriptions tell which logs are gone, the last first", async (_, before, goBack) => {
    await stage.get("evm_mine")
    const listener = await Listener.connect(node.url)
    const subscribed = await listener.subscribe<Log>("logs", { address: stage.token })
    const filter = await stage.get("eth_newFilter", { address: stage.token })
    const place = await before()
    await stage.set(21n)
    await stage.set(22n)
    const added = await stage.get<Log[]>("eth_getFilterChanges", filter)
    expect(added.map((log) => [changedTo(log), log.removed])).toEqual([
      [21n, false],
      [22n, false],
    ])
    await goBack(place)
    const removed = await stage.get<Log[]>("eth_getFilterChanges", filter)
    expect(removed).toEqual(added.toReversed().map((log) => ({ ...log, removed: true })))
    await until(() => subscribed.length >= 4)
    expect(subscribed).toEqual([...added, ...removed])
    expect(await stage.get("eth_getFilterLogs", filter)).not.toContainEqual(expect.objectContaining({ removed: true }))
    listener.close()
  })

  test("logs of blocks that nobody remembers are told too, whoever produced them", async () => {
    await stage.get("anvil_setCoinbase", ALICE)
    const filter = await stage.get("eth_newFilter", { address: stage.token })
    const place = await stage.get("evm_snapshot")
    await stage.set(25n)
    await stage.set(26n)
    const added = await stage.get<Log[]>("eth_getFilterChanges", filter)
    expect(added).toHaveLength(2)
    // More blocks are read than are remembered.
    const first = (await stage.number()) + 1
    await stage.get("anvil_mine", "0x88")
    for (let number = first; number < first + 0x88; number++)
      await stage.get("eth_getBlockByNumber", `0x${number.toString(16)}`, false)
    await stage.get("evm_revert", place)
    const removed = await stage.get<Log[]>("eth_getFilterChanges", filter)
    expect(removed).toEqual(added.toReversed().map((log) => ({ ...log, removed: true })))
  })

  test("newHeads tell the blocks that come instead, and filters of blocks have their hashes", async () => {
    const listener = await Listener.connect(node.url)
    const heads = await listener.subscribe<{ number: string; hash: string; parentHash: string }>("newHeads")
    const filter = await stage.get("eth_newBlockFilter")
    const place = await stage.get("evm_snapshot")
    const root = await stage.number()
    await stage.set(31n)
    await stage.set(32n)
    await stage.get("evm_revert", place)
    await stage.set(33n)
    await until(() => heads.length >= 3)
    expect(heads.map(({ number }) => Number(number) - root)).toEqual([1, 2, 1])
    expect(heads[2]!.parentHash).toBe(heads[0]!.parentHash)
    expect(heads[2]!.hash).not.toBe(heads[0]!.hash)
    expect(await stage.get("eth_getFilterChanges", filter)).toEqual(heads.map(({ hash }) => hash))
    listener.close()
  })

  test("what was in blocks that are gone cannot be found any more, and its nonce is free", async () => {
    const place = await stage.get("evm_snapshot")
    const nonce = await stage.nonce(ALICE)
    const { blockHash, transactionHash } = (await stage.set(41n)) as unknown as Log
    await stage.get("evm_revert", place)
    expect(await stage.get("eth_getTransactionReceipt", transactionHash)).toBeNull()
    expect(await stage.get("eth_getBlockByHash", blockHash, false)).toBeNull()
    expect(await stage.get("eth_getLogs", { address: stage.token, fromBlock: "0x0" })).not.toContainEqual(
      expect.objectContaining({ transactionHash }),
    )
    expect(await stage.nonce(ALICE, "pending")).toBe(nonce)
  })
})
