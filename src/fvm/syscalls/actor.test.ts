import { describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { cidOfBlock, RAW } from "../../ipld/cid.ts"
import { Bench, codeOf, hex, RESULT } from "./testing/bench.ts"

const AT = 4096
const F410 = Address.delegated(10n, hex("00112233445566778899aabbccddeeff00112233"))

describe("resolve_address", () => {
  const resolve = (bench: Bench, bytes: Uint8Array): number => {
    bench.put(AT, bytes)
    return bench.ask(8, "actor", "resolve_address", AT, bytes.length)
  }

  test("tells the ID behind an address", () => {
    const bench = new Bench()
    bench.addresses.set(F410.key, 0x1_0000_0000_0001n)
    expect(resolve(bench, F410.bytes)).toBe(0)
    expect(bench.view.getBigUint64(RESULT, true)).toBe(0x1_0000_0000_0001n)
    expect(bench.charged).toEqual(["OnResolveAddress 0 0"])
  })

  test("takes an ID address for what it says, up to 2^64-1", () => {
    const bench = new Bench()
    expect(resolve(bench, Address.id((1n << 64n) - 1n).bytes)).toBe(0)
    expect(bench.view.getBigUint64(RESULT, true)).toBe((1n << 64n) - 1n)
  })

  test("drops bits of an ID beyond the 64th, as the reference does", () => {
    const bench = new Bench()
    expect(resolve(bench, hex("0085808080808080808068"))).toBe(0)
    expect(bench.view.getBigUint64(RESULT, true)).toBe(5n)
    expect(resolve(bench, hex("00ffffffffffffffffff03"))).toBe(0)
    expect(bench.view.getBigUint64(RESULT, true)).toBe((1n << 64n) - 1n)
    expect(resolve(bench, hex("0085808080808080808000"))).toBe(1)
  })

  test("does not find an unknown address", () => {
    const bench = new Bench()
    expect(resolve(bench, F410.bytes)).toBe(6)
    expect(bench.charged).toEqual(["OnResolveAddress 0 0"])
  })

  test.each([
    ["nothing", ""],
    ["protocol 5", "0500"],
    ["an ID with trailing bytes", "000100"],
    ["an ID that is too long a varint", "008000"],
    ["an ID that does not end", "0080"],
    ["an f1 of 21 bytes", `01${"00".repeat(21)}`],
    ["an f2 of 19 bytes", `02${"00".repeat(19)}`],
    ["an f3 of 47 bytes", `03${"00".repeat(47)}`],
    ["an f4 with 55 bytes", `040a${"00".repeat(55)}`],
  ])("refuses %s before any charge", (_what, bytes) => {
    const bench = new Bench()
    expect(resolve(bench, hex(bytes))).toBe(1)
    expect(bench.charged).toEqual([])
  })

  test("refuses an address that leaves memory", () => {
    const bench = new Bench()
    expect(bench.ask(8, "actor", "resolve_address", 65530, 21)).toBe(1)
    expect(bench.ask(8, "actor", "resolve_address", -8, 21)).toBe(1)
  })
})

describe("lookup_delegated_address", () => {
  test("writes the f4 address and its length", () => {
    const bench = new Bench()
    bench.addActor(2000n, { delegatedAddress: F410 })
    bench.allow(AT, 22)
    expect(bench.ask(4, "actor", "lookup_delegated_address", 2000n, AT, 64)).toBe(0)
    expect(bench.view.getUint32(RESULT, true)).toBe(22)
    expect(bench.bytes.slice(AT, AT + 22)).toEqual(F410.bytes)
    expect(bench.charged).toEqual(["OnLookupAddress 0 0"])
  })

  test("tells 0 when there is none, and NotFound when there is no actor", () => {
    const bench = new Bench()
    bench.addActor(2000n)
    expect(bench.ask(4, "actor", "lookup_delegated_address", 2000n, AT, 0)).toBe(0)
    expect(bench.view.getUint32(RESULT, true)).toBe(0)
    expect(bench.ask(4, "actor", "lookup_delegated_address", 2001n, AT, 64)).toBe(6)
  })

  test("refuses a buffer of 21 bytes after the charge, one outside memory before", () => {
    const bench = new Bench()
    bench.addActor(2000n, { delegatedAddress: F410 })
    expect(bench.ask(4, "actor", "lookup_delegated_address", 2000n, AT, 21)).toBe(12)
    expect(bench.charged).toHaveLength(1)
    expect(bench.ask(4, "actor", "lookup_delegated_address", 2000n, 65520, 22)).toBe(1)
    expect(bench.charged).toHaveLength(0)
  })
})

describe("get_actor_code_cid", () => {
  test("writes the code CID", () => {
    const bench = new Bench()
    bench.addActor(2000n, { code: codeOf("eam") })
    bench.allow(AT, 38)
    expect(bench.ask(4, "actor", "get_actor_code_cid", 2000n, AT, 38)).toBe(0)
    expect(bench.view.getUint32(RESULT, true)).toBe(38)
    expect(bench.bytes.slice(AT, AT + 38)).toEqual(codeOf("eam").bytes)
    expect(bench.charged).toEqual(["OnGetActorCodeCid 0 0"])
  })

  test.each([
    [2000n, 37, 12],
    [2001n, 38, 6],
    [-1n, 38, 6],
  ])("of %s into %s bytes answers %s", (id, length, errorNumber) => {
    const bench = new Bench()
    bench.addActor(2000n)
    expect(bench.ask(4, "actor", "get_actor_code_cid", id, AT, length)).toBe(errorNumber)
  })
})

describe("next_actor_address", () => {
  test("writes 21 bytes, free of charge", () => {
    const bench = new Bench()
    bench.nextAddress = Address.actor(hex("01"))
    bench.allow(AT, 21)
    expect(bench.ask(4, "actor", "next_actor_address", AT, 30)).toBe(0)
    expect(bench.view.getUint32(RESULT, true)).toBe(21)
    expect(bench.bytes.slice(AT, AT + 21)).toEqual(bench.nextAddress.bytes)
    expect(bench.charged).toEqual([])
  })

  test("looks at the bounds of the buffer, then at its size", () => {
    const bench = new Bench()
    expect(bench.ask(4, "actor", "next_actor_address", AT, 20)).toBe(12)
    expect(bench.ask(4, "actor", "next_actor_address", 65536, 1)).toBe(1)
  })
})

describe("create_actor", () => {
  const code = codeOf("evm")
  const create = (bench: Bench, delegated: Uint8Array = new Uint8Array()): number => {
    bench.put(AT, code.bytes)
    bench.put(AT + 64, delegated)
    return bench.call("actor", "create_actor", 2000n, AT, delegated.length === 0 ? -1 : AT + 64, delegated.length)
  }

  test("creates for the init actor, with and without a delegated address", () => {
    const bench = new Bench({ receiver: 1n })
    expect(create(bench)).toBe(0)
    expect(bench.actors.get(2000n)).toMatchObject({ balance: 0n, delegatedAddress: undefined })
    expect(bench.actors.get(2000n)!.code.equals(code)).toBe(true)
    expect(create(bench, F410.bytes)).toBe(0)
    expect(bench.actors.get(2000n)!.delegatedAddress?.equals(F410)).toBe(true)
  })

  test("is forbidden to all others, read-only or not", () => {
    expect(create(new Bench())).toBe(11)
    expect(create(new Bench({ readOnly: true }))).toBe(11)
    expect(create(new Bench({ readOnly: true, receiver: 1n }))).toBe(13)
  })

  test("refuses what is no CID or address first", () => {
    const bench = new Bench()
    expect(bench.call("actor", "create_actor", 2000n, AT, 0, 0)).toBe(1)
    expect(create(bench, hex("09"))).toBe(1)
  })
})

describe("built-in actors", () => {
  test("have types from 1, in the order of the manifest; other code has 0", () => {
    const bench = new Bench()
    const typeOf = (bytes: Uint8Array): number => {
      bench.put(AT, bytes)
      expect(bench.ask(4, "actor", "get_builtin_actor_type", AT)).toBe(0)
      expect(bench.charged).toEqual(["OnGetBuiltinActorType 0 0"])
      return bench.view.getInt32(RESULT, true)
    }
    expect(typeOf(codeOf("system").bytes)).toBe(1)
    expect(typeOf(codeOf("ethaccount").bytes)).toBe(7)
    expect(typeOf(cidOfBlock(RAW, hex("ff")).bytes)).toBe(0)
  })

  test("have code by type", () => {
    const bench = new Bench()
    bench.allow(AT, 38)
    expect(bench.ask(4, "actor", "get_code_cid_for_type", 2, AT, 38)).toBe(0)
    expect(bench.bytes.slice(AT, AT + 38)).toEqual(codeOf("init").bytes)
    expect(bench.charged).toEqual(["OnGetCodeCidForType 0 0"])
    expect(bench.ask(4, "actor", "get_code_cid_for_type", 2, AT, 37)).toBe(12)
    expect(bench.charged).toHaveLength(1)
    for (const type of [0, 8, -1]) expect(bench.ask(4, "actor", "get_code_cid_for_type", type, AT, 38)).toBe(1)
    expect(bench.charged).toHaveLength(1)
    expect(bench.ask(4, "actor", "get_code_cid_for_type", 2, 65536, 38)).toBe(1)
    expect(bench.charged).toHaveLength(0)
  })
})

describe("balance_of", () => {
  test("tells 128 bits, low word first", () => {
    const bench = new Bench()
    bench.addActor(2000n, { balance: (2n << 64n) + 1n })
    expect(bench.ask(16, "actor", "balance_of", 2000n)).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 16)).toEqual(hex("01000000000000000200000000000000"))
    expect(bench.charged).toEqual(["OnBalanceOf 0 0"])
    expect(bench.ask(16, "actor", "balance_of", 2001n)).toBe(6)
  })

  test("is fatal from 2^128 on", () => {
    const bench = new Bench()
    bench.addActor(2000n, { balance: 1n << 128n })
    expect(() => bench.ask(16, "actor", "balance_of", 2000n)).toThrow("does not fit 128 bits")
  })
})
