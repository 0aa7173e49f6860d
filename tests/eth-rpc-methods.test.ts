import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ETH_METHODS } from "../src/eth-rpc/methods.gen.ts"
import { hasSharedData, needsSharedData, readSharedJson, sharedPath } from "./support/shared-data.ts"

const SERVED = new Set(ETH_METHODS.flatMap(({ name, aliases }) => [name, ...aliases]))

/** Needed by tools and not served yet, with the reason. A line that has become untrue fails the test. */
const MISSING: Readonly<Record<string, string>> = {}

/** In Ethereum's specification, and of no use here. */
const NEVER: Readonly<Record<string, string>> = {
  eth_getWork: "no proof of work",
  eth_submitWork: "no proof of work",
  eth_submitHashrate: "no proof of work",
  debug_getRawHeader: "a tipset has no header of Ethereum's form",
  debug_getRawBlock: "a tipset has no block of Ethereum's form",
  debug_getBadBlocks: "there are none",
}

/** `| \`name\` | ... | need |` */
const ROW = /^\| `([A-Za-z0-9_]+)` \|.*\| ([^|]+) \|$/

describe(needsSharedData("the methods"), () => {
  it.skipIf(!hasSharedData)("are all that tools need (P0, P1, P2, stub), but for those on the list", () => {
    const needed = readFileSync(sharedPath("FEVM-REFERENCE.md"), "utf8")
      .split("\n")
      .flatMap((line) => {
        const match = ROW.exec(line.trim())
        return match && !match[2]!.startsWith("no") ? [match[1]!] : []
      })
    expect(needed.length).toBeGreaterThan(150)
    expect(needed.filter((name) => !SERVED.has(name)).sort()).toEqual(Object.keys(MISSING).sort())
  })

  it.skipIf(!hasSharedData)("are all of Ethereum's specification, but for those that mean nothing here", () => {
    const { methods } = readSharedJson<{ methods: { name: string }[] }>("data/lotus-eth-openrpc.json.gz")
    const absent = methods.map(({ name }) => name).filter((name) => !SERVED.has(name))
    expect(absent.sort()).toEqual(Object.keys(NEVER).sort())
  })
})
