import { describe, expect, test } from "vitest"
import { ActorExit, OutOfGas } from "../errors.ts"
import { Bench, EXEC_MILLIGAS, hex, RESULT } from "./testing/bench.ts"

describe("the linker", () => {
  test.each([65536 - 3, 65536, -1, -4])("refuses a result of 4 bytes at %s", (ret) => {
    const bench = new Bench()
    bench.instance.gas -= 1000n
    const left = bench.instance.gas
    const call = (): number => bench.call("debug", "enabled", ret)
    // The counter is not set anew: what was used is still to be charged.
    expect(call).toThrow()
    expect(bench.instance.gas).toBe(left - EXEC_MILLIGAS)
    expect(bench.frame.lastError).toMatchObject({ errorNumber: "IllegalArgument", function: "enabled" })
  })

  test("charges what was used before a refused result again at the next syscall", () => {
    const bench = new Bench()
    expect(() => bench.call("debug", "enabled", -1)).toThrow()
    const used = bench.gas.used
    bench.charges.length = 0
    bench.instance.gas -= 1n
    expect(() => bench.call("debug", "enabled", RESULT)).toThrow()
    expect(bench.gas.used - used).toBe(2n * EXEC_MILLIGAS + 1n + 14_000_000n)
  })

  test("takes a result that ends with memory", () => {
    const bench = new Bench()
    bench.allow(65536 - 4, 4)
    expect(bench.call("debug", "enabled", 65536 - 4)).toBe(0)
    expect(bench.view.getInt32(65536 - 4, true)).toBe(-1)
  })

  test("checks where the result goes before anything else", () => {
    const bench = new Bench()
    const errorNumber = (): number => bench.call("ipld", "block_open", -1, -1)
    expect(errorNumber).toThrow()
    expect(bench.frame.lastError).toMatchObject({ message: expect.stringContaining("no space") })
  })

  test("leaves the counter as it was when the syscall itself cannot be paid", () => {
    const bench = new Bench({ gasLimit: 3n })
    bench.instance.gas -= 1n
    expect(() => bench.frame.enterSyscall()).toThrow(OutOfGas)
    expect(bench.charges.map(({ name, compute }) => [name, compute])).toEqual([
      ["wasm_exec", 1n],
      ["OnSyscall", 14_000_000n],
    ])
    expect(bench.instance.gas).toBe(2999n)
  })

  test("charges all that was left and the overdraft when the counter is negative", () => {
    const bench = new Bench({ gasLimit: 3n })
    bench.instance.gas = -500n
    expect(() => bench.frame.chargeForExec(bench.instance.gas)).toThrow(OutOfGas)
    expect(bench.charges).toEqual([{ name: "wasm_exec", compute: 3500n, other: 0n }])
  })

  test("notes no error when an actor exits", () => {
    const bench = new Bench()
    expect(() => bench.call("vm", "exit", 33, 0, 0, 0)).toThrow(ActorExit)
    expect(bench.frame.lastError).toBeUndefined()
  })

  test("follows a memory that has grown", () => {
    const bench = new Bench()
    const grown = new Uint8Array(131072)
    const memory = bench.instance.memory as { bytes: Uint8Array }
    expect(bench.frame.memory.bytes).toBe(bench.bytes)
    memory.bytes = grown
    expect(bench.frame.memory.bytes).toBe(grown)
    expect(bench.frame.memory.view.byteLength).toBe(131072)
  })
})

describe("vm.exit", () => {
  const exit = (code: number, block: number, text: Uint8Array = hex("")): ActorExit => {
    const bench = new Bench()
    bench.put(4096, text)
    try {
      bench.call("vm", "exit", code, block, 4096, text.length)
    } catch (error) {
      if (error instanceof ActorExit) return error
      throw error
    }
    return expect.fail("the actor goes on")
  }

  test.each([
    [0, 0],
    [16, 16],
    [33, 33],
    [-1, 0xffff_ffff],
    [1, 9],
    [15, 9],
  ])("with %s ends with %s and keeps the data", (code, exitCode) => {
    expect(exit(code, 5)).toMatchObject({ exitCode, blockId: 5 })
  })

  test("takes its message as it comes", () => {
    expect(exit(33, 0).message).toBe("actor aborted")
    expect(exit(33, 0, hex("61ff62")).message).toBe("a\uFFFDb")
    const long = exit(33, 0, new Uint8Array(3000).fill(0x61)).message
    expect(long).toHaveLength(1024 + " ... (1976 bytes left out) ... ".length)
    const bench = new Bench()
    expect(() => bench.call("vm", "exit", 33, 0, -1, 5)).toThrow("leaves memory")
  })
})

describe("vm.message_context", () => {
  test("lays out 80 bytes", () => {
    const bench = new Bench({ readOnly: true, value: (1n << 64n) + 2n, gasPremium: 3n })
    expect(bench.ask(80, "vm", "message_context")).toBe(0)
    const words = Array.from({ length: 10 }, (_, i) => bench.view.getBigUint64(RESULT + 8 * i, true))
    expect(words).toEqual([1000n, 41n, 1000n, 1001n, 2n, 2n, 1n, 3n, 0n, 1n])
    expect(bench.charged).toEqual(["OnMessageContext 0 0"])
  })

  test("is fatal with a value from 2^128 on, and writes nothing", () => {
    const bench = new Bench({ value: 1n << 128n })
    const before = bench.bytes.slice()
    expect(() => bench.call("vm", "message_context", RESULT)).toThrow("does not fit 128 bits")
    expect(bench.bytes).toEqual(before)
  })
})

describe("network", () => {
  test("context lays out 44 bytes", () => {
    const bench = new Bench()
    expect(bench.ask(44, "network", "context")).toBe(0)
    const words = Array.from({ length: 5 }, (_, i) => bench.view.getBigUint64(RESULT + 8 * i, true))
    expect(words).toEqual([100n, 1_700_000_000n, 100n, 0n, 31415926n])
    expect(bench.view.getUint32(RESULT + 40, true)).toBe(28)
    expect(bench.charged).toEqual(["OnNetworkContext 0 0"])
  })

  test("total_fil_circ_supply is free", () => {
    const bench = new Bench()
    expect(bench.ask(16, "network", "total_fil_circ_supply")).toBe(0)
    const low = bench.view.getBigUint64(RESULT, true)
    expect((bench.view.getBigUint64(RESULT + 8, true) << 64n) | low).toBe(10n ** 27n)
    expect(bench.charged).toEqual([])
  })

  test.each([
    100n,
    101n,
    -1n,
    -(1n << 63n),
    (1n << 63n) - 1n,
  ])("tipset_cid refuses epoch %s without a charge", (epoch) => {
    const bench = new Bench()
    expect(bench.ask(4, "network", "tipset_cid", epoch, 4096, 64)).toBe(1)
    expect(bench.charged).toEqual([])
  })

  test("tipset_cid charges by distance, also if the CID does not fit", () => {
    const bench = new Bench()
    bench.allow(4096, 38)
    expect(bench.ask(4, "network", "tipset_cid", 98n, 4096, 38)).toBe(0)
    expect(bench.charged).toEqual(["OnTipsetCid 0 146350000"])
    expect(bench.ask(4, "network", "tipset_cid", 99n, 4096, 37)).toBe(12)
    expect(bench.charged).toEqual(["OnTipsetCid 0 146275000"])
  })
})

describe("rand", () => {
  test("writes 32 bytes and charges by distance", () => {
    const bench = new Bench()
    expect(bench.ask(32, "rand", "get_chain_randomness", 100n)).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 32)).toEqual(new Uint8Array(32).fill(1))
    expect(bench.charged).toEqual(["OnGetRandomness 0 146200000"])
    expect(bench.ask(32, "rand", "get_beacon_randomness", 90n)).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 32)).toEqual(new Uint8Array(32).fill(2))
    expect(bench.charged).toEqual(["OnGetRandomness 0 146950000"])
  })

  test.each(["get_chain_randomness", "get_beacon_randomness"])("%s of the future costs more than there is", (name) => {
    expect(() => new Bench().ask(32, "rand", name, 101n)).toThrow(OutOfGas)
  })

  test("answers IllegalArgument when the distance overflows or the node has none", () => {
    const refuse = (): never => {
      throw new RangeError("none")
    }
    const bench = new Bench({ externs: { getChainRandomness: refuse } })
    expect(bench.ask(32, "rand", "get_chain_randomness", -(1n << 63n))).toBe(1)
    expect(bench.charged).toEqual([])
    expect(bench.ask(32, "rand", "get_chain_randomness", 5n)).toBe(1)
    expect(bench.charged).toHaveLength(1)
  })
})

describe("gas", () => {
  test("available is whole gas after the syscall is paid", () => {
    const bench = new Bench({ gasLimit: 20_000n })
    expect(bench.ask(8, "gas", "available")).toBe(0)
    expect(bench.view.getBigUint64(RESULT, true)).toBe(5996n)
  })

  test("charge names what it charges", () => {
    const bench = new Bench()
    bench.put(4096, new TextEncoder().encode("work"))
    expect(bench.call("gas", "charge", 4096, 4, 3n)).toBe(0)
    expect(bench.charged).toEqual(["work 3000 0"])
  })

  test("charge of more than there is ends the actor with the counter at 0", () => {
    const bench = new Bench()
    expect(() => bench.call("gas", "charge", 4096, 0, -1n)).toThrow(OutOfGas)
    expect(bench.charged).toEqual([` ${(1n << 64n) - 1n} 0`])
    expect(bench.instance.gas).toBe(0n)
  })

  test("charge refuses a name outside memory or not UTF-8", () => {
    const bench = new Bench()
    expect(bench.call("gas", "charge", 65536, 1, 1n)).toBe(1)
    bench.put(4096, hex("ff"))
    expect(bench.call("gas", "charge", 4096, 1, 1n)).toBe(1)
    expect(bench.charged).toEqual([])
  })
})

describe("debug", () => {
  const on = { context: { actorDebugging: true } }

  test("is off: everything succeeds and nothing is looked at", () => {
    const bench = new Bench()
    expect(bench.ask(4, "debug", "enabled")).toBe(0)
    expect(bench.view.getInt32(RESULT, true)).toBe(-1)
    expect(bench.call("debug", "log", -1, -1)).toBe(0)
    expect(bench.call("debug", "store_artifact", -1, -1, -1, -1)).toBe(0)
    expect(bench.trace).toEqual([])
  })

  test("is on: lines go into the trace", () => {
    const bench = new Bench(on)
    bench.ask(4, "debug", "enabled")
    expect(bench.view.getInt32(RESULT, true)).toBe(0)
    bench.put(4096, new TextEncoder().encode("hello"))
    expect(bench.call("debug", "log", 4096, 5)).toBe(0)
    expect(bench.trace).toEqual(["log hello"])
    expect(bench.call("debug", "log", 65535, 5)).toBe(1)
    bench.put(4096, hex("ff"))
    expect(bench.call("debug", "log", 4096, 1)).toBe(1)
  })

  test.each([
    ["a", 0],
    ["a".repeat(256), 0],
    ["a".repeat(257), 1],
    ["", 1],
    [".a", 1],
    ["a/b", 1],
  ])("store_artifact of %j answers %s", (name, errorNumber) => {
    const bench = new Bench(on)
    const length = bench.put(4096, new TextEncoder().encode(name))
    expect(bench.call("debug", "store_artifact", 4096, length, 4096, 1)).toBe(errorNumber)
    expect(bench.warnings).toHaveLength(errorNumber === 0 ? 1 : 0)
  })
})
