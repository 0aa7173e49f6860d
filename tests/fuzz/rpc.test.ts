import { describe, expect, it } from "vitest"
import { fuzzRpc } from "./rpc.ts"

const COUNT = 2000
const SEED = 7
/** What caches with a bound may come to hold. */
const MAX_GROWTH = 64 << 20

describe("requests with something wrong in them", () => {
  it("are all answered, none by a fault of ours, and leave no memory behind", { timeout: 300_000 }, async () => {
    const { failures, growth, requests, answers } = await fuzzRpc(COUNT, SEED)
    const told = [...failures].map(([what, { count, request }]) => `${count} times: ${what}\n  ${request}`)
    expect(told, `npm run fuzz:rpc -- --count ${COUNT} --seed ${SEED}`).toEqual([])
    expect(requests).toBe(COUNT)
    expect(answers).toBeGreaterThan(COUNT * 0.8)
    expect(growth).toBeLessThan(MAX_GROWTH)
  })
})
