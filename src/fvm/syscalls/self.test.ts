import { describe, expect, test } from "vitest"
import { cidOfBlock, RAW } from "../../ipld/cid.ts"
import { Fatal } from "../errors.ts"
import { Bench, hex, RESULT, SELF } from "./testing/bench.ts"

const AT = 4096
const OTHER = cidOfBlock(RAW, hex("01"))

describe("root", () => {
  test("writes the state root and makes it reachable", () => {
    const bench = new Bench()
    const { state } = bench.actors.get(SELF)!
    expect(bench.kernel.blocks.isReachable(state)).toBe(false)
    bench.allow(AT, 38)
    expect(bench.ask(4, "self", "root", AT, 50)).toBe(0)
    expect(bench.bytes.slice(AT, AT + 38)).toEqual(state.bytes)
    expect(bench.view.getUint32(RESULT, true)).toBe(38)
    expect(bench.charged).toEqual(["OnActorGetRoot 300000 0"])
    expect(bench.kernel.blocks.isReachable(state)).toBe(true)
  })

  test("makes it reachable even if it does not fit", () => {
    const bench = new Bench()
    expect(bench.ask(4, "self", "root", AT, 37)).toBe(12)
    expect(bench.charged).toHaveLength(1)
    expect(bench.kernel.blocks.isReachable(bench.actors.get(SELF)!.state)).toBe(true)
  })

  test("refuses a buffer outside memory without a charge, and a deleted actor with one", () => {
    const bench = new Bench()
    expect(bench.ask(4, "self", "root", 65500, 38)).toBe(1)
    expect(bench.charged).toEqual([])
    bench.actors.delete(SELF)
    expect(bench.ask(4, "self", "root", AT, 38)).toBe(2)
    expect(bench.charged).toHaveLength(1)
  })
})

describe("set_root", () => {
  test("takes a reachable CID", () => {
    const bench = new Bench()
    bench.kernel.blocks.markReachable(OTHER)
    bench.put(AT, OTHER.bytes)
    expect(bench.call("self", "set_root", AT)).toBe(0)
    expect(bench.actors.get(SELF)!.state.equals(OTHER)).toBe(true)
    expect(bench.charged).toEqual(["OnActorSetRoot 300000 0"])
  })

  test("refuses, in this order: no CID, read-only, unreachable, deleted", () => {
    const readOnly = new Bench({ readOnly: true })
    expect(readOnly.call("self", "set_root", AT)).toBe(1)
    readOnly.put(AT, OTHER.bytes)
    expect(readOnly.call("self", "set_root", AT)).toBe(13)
    expect(readOnly.charged).toEqual([])
    const bench = new Bench()
    bench.put(AT, OTHER.bytes)
    bench.actors.delete(SELF)
    expect(bench.call("self", "set_root", AT)).toBe(6)
    bench.kernel.blocks.markReachable(OTHER)
    expect(bench.call("self", "set_root", AT)).toBe(2)
    expect(bench.charged).toHaveLength(1)
  })
})

describe("current_balance", () => {
  test("tells the balance, 0 after deletion", () => {
    const bench = new Bench()
    expect(bench.ask(16, "self", "current_balance")).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 16)).toEqual(hex(`05${"00".repeat(15)}`))
    expect(bench.charged).toEqual(["OnSelfBalance 0 0"])
    bench.actors.delete(SELF)
    bench.ask(16, "self", "current_balance")
    expect(bench.bytes.slice(RESULT, RESULT + 16)).toEqual(new Uint8Array(16))
  })

  test("is fatal from 2^128 on", () => {
    const bench = new Bench()
    bench.addActor(SELF, { balance: 1n << 128n })
    expect(() => bench.ask(16, "self", "current_balance")).toThrow(Fatal)
  })
})

describe("self_destruct", () => {
  test.each([1, 2, -1])("burns the balance with the flag %s", (flag) => {
    const bench = new Bench()
    expect(bench.call("self", "self_destruct", flag)).toBe(0)
    expect(bench.trace).toEqual([`transfer ${SELF} 99 5`])
    expect(bench.actors.has(SELF)).toBe(false)
    expect(bench.charged).toEqual(["OnDeleteActor 0 0", "OnSelfBalance 0 0"])
  })

  test("keeps an actor with a balance that may not be burnt", () => {
    const bench = new Bench()
    expect(bench.call("self", "self_destruct", 0)).toBe(2)
    expect(bench.actors.has(SELF)).toBe(true)
  })

  test("does nothing the second time, and nothing in a read-only call", () => {
    const bench = new Bench()
    bench.addActor(SELF)
    expect(bench.call("self", "self_destruct", 0)).toBe(0)
    expect(bench.call("self", "self_destruct", 0)).toBe(0)
    expect(bench.trace).toEqual([])
    const readOnly = new Bench({ readOnly: true })
    expect(readOnly.call("self", "self_destruct", 1)).toBe(13)
    expect(readOnly.charged).toEqual([])
  })
})
