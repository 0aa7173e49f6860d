import { describe, expect, test } from "vitest"
import { CBOR, type CID, cidOfBlock, DAG_CBOR, identityCid, RAW } from "../../ipld/cid.ts"
import { encode } from "../../ipld/dag-cbor.ts"
import { Fatal, OutOfGas } from "../errors.ts"
import { Bench, hex, RESULT } from "./testing/bench.ts"

const AT = 4096

function create(bench: Bench, codec: number | bigint, data: Uint8Array): number {
  bench.put(AT, data)
  return bench.ask(4, "ipld", "block_create", BigInt(codec), AT, data.length)
}

function handle(bench: Bench): number {
  return bench.view.getUint32(RESULT, true)
}

function link(cid: CID): Uint8Array {
  return encode([cid])
}

describe("block_create", () => {
  test("gives handles from 1 and charges for scan, copy and memory", () => {
    const bench = new Bench()
    expect(create(bench, RAW, new Uint8Array(100))).toBe(0)
    expect(handle(bench)).toBe(1)
    expect(bench.charged).toEqual(["OnScanIpldLinks 0 0", "OnBlockCreate 240000 760000"])
    expect(create(bench, CBOR, hex("ff"))).toBe(0)
    expect(handle(bench)).toBe(2)
  })

  test("copies the bytes", () => {
    const bench = new Bench()
    create(bench, RAW, hex("010203"))
    bench.put(AT, hex("ffffff"))
    expect(bench.kernel.blocks.get(1).data).toEqual(hex("010203"))
  })

  test.each([0n, 0x70n, 0x71n + (1n << 32n), (1n << 64n) - 1n])("refuses codec %s without a charge", (codec) => {
    const bench = new Bench()
    expect(create(bench, BigInt.asIntN(64, codec), hex("80"))).toBe(9)
    expect(bench.charged).toEqual([])
  })

  test("refuses more than 1 MiB before it looks at the codec", () => {
    const bench = new Bench({ context: { maxBlockSize: 100 } })
    expect(create(bench, RAW, new Uint8Array(100))).toBe(0)
    expect(create(bench, 0, new Uint8Array(101))).toBe(3)
    expect(bench.charged).toEqual([])
  })

  test("counts each field of DAG-CBOR", () => {
    const bench = new Bench()
    // [1, "a", {"b": -1}, true, 1.5, h'00', 100(null)]
    const data = hex("87016161a1616220f5f93e004100d864f6")
    expect(create(bench, DAG_CBOR, data)).toBe(0)
    expect(bench.charged[0]).toBe(`OnScanIpldLinks ${11 * 35_000} 0`)
  })

  test("charges for a link it found, and then for checking it", () => {
    const bench = new Bench()
    const target = cidOfBlock(RAW, hex("00"))
    bench.kernel.blocks.markReachable(target)
    expect(create(bench, DAG_CBOR, link(target))).toBe(0)
    expect(bench.charged[0]).toBe(`OnScanIpldLinks ${2 * 35_000 + 400_000} 0`)
    expect(bench.charged[1]).toMatch(/^OnBlockCreate/)
  })

  test("refuses a link that is not reachable, after both charges", () => {
    const bench = new Bench()
    expect(create(bench, DAG_CBOR, link(cidOfBlock(RAW, hex("00"))))).toBe(6)
    expect(bench.charged).toHaveLength(2)
    expect(bench.kernel.blocks.find(1)).toBeUndefined()
  })

  test("takes a reachable CID of the same hash but another codec for another CID", () => {
    const bench = new Bench()
    bench.kernel.blocks.markReachable(cidOfBlock(RAW, hex("00")))
    expect(create(bench, DAG_CBOR, link(cidOfBlock(CBOR, hex("00"))))).toBe(6)
  })

  test("follows inline blocks to their links, and takes none of them for a link", () => {
    const bench = new Bench()
    const target = cidOfBlock(RAW, hex("00"))
    expect(create(bench, DAG_CBOR, link(identityCid(DAG_CBOR, link(target))))).toBe(6)
    expect(bench.charged[0]).toBe(`OnScanIpldLinks ${4 * 35_000 + 2 * 400_000} 0`)
    bench.kernel.blocks.markReachable(target)
    expect(create(bench, DAG_CBOR, link(identityCid(DAG_CBOR, link(target))))).toBe(0)
    expect(create(bench, DAG_CBOR, link(identityCid(RAW, hex("ff"))))).toBe(0)
  })

  test("passes over commitments of pieces and sectors, whatever their hash", () => {
    const bench = new Bench()
    // CIDv1, codec 0xf101, identity hash of one byte
    expect(create(bench, DAG_CBOR, hex("d82a48000181e203000141"))).toBe(0)
    expect(bench.kernel.blocks.get(1).links).toEqual([])
  })

  test.each([
    ["nothing", ""],
    ["a header cut off", "19ff"],
    ["an indefinite array", "9f01ff"],
    ["a reserved value", "1c"],
    ["a string longer than the block", "4201"],
    ["two items", "0000"],
    ["an array too short", "8201"],
    ["a map with a key alone", "a101"],
    ["2^64 items and one more", "829bffffffffffffffff"],
    ["2^63 pairs", "bb8000000000000000"],
    ["a tag 42 without a string", "d82a01"],
    ["a tag 42 around text", "d82a6100"],
    ["an empty link", "d82a40"],
    ["a link without the zero byte", "d82a4101"],
    ["a link of garbage", "d82a43000102"],
    ["a CID with a byte too many", "d82a47000155000100ff"],
    ["a CIDv2", "d82a450002550000"],
    ["a varint that is too long", "d82a46000155800000"],
    ["a digest of 65 bytes", `d82a58460001550041${"00".repeat(66)}`],
  ])("refuses %s as DAG-CBOR, and charges for the scan", (_what, data) => {
    const bench = new Bench()
    expect(create(bench, DAG_CBOR, hex(data))).toBe(10)
    expect(bench.charges.map(({ name }) => name)).toEqual(["OnScanIpldLinks"])
  })

  test("counts 2^64-1 items as the reference does, until the block ends", () => {
    const bench = new Bench()
    expect(create(bench, DAG_CBOR, hex("9bffffffffffffffff00"))).toBe(10)
    // the list, one item, and the one that is missing
    expect(bench.charged).toEqual([`OnScanIpldLinks ${3 * 35_000} 0`])
  })

  test.each([
    ["sha2-256", `d82a58250001711220${"00".repeat(32)}`],
    ["CIDv0", `d82a5823001220${"00".repeat(32)}`],
    ["dag-pb", `d82a5827000170a0e40220${"00".repeat(32)}`],
    ["20 bytes of blake2b", `d82a581b000171a0e40214${"00".repeat(20)}`],
  ])("refuses a link with %s: no block can have it", (_what, data) => {
    const bench = new Bench()
    expect(create(bench, DAG_CBOR, hex(data))).toBe(6)
    expect(bench.charges.map(({ name }) => name)).toEqual(["OnScanIpldLinks"])
  })

  test("runs out of gas in the middle of a scan: all that is left is charged, then nothing", () => {
    const bench = new Bench({ gasLimit: 14_000n + 4n + 100n })
    bench.put(AT, hex("8400000000"))
    expect(() => bench.call("ipld", "block_create", RESULT, BigInt(DAG_CBOR), AT, 5)).toThrow(OutOfGas)
    expect(bench.charged).toEqual(["OnScanIpldLinks 100000 0"])
    expect(bench.instance.gas).toBe(0n)
  })

  test.each([
    [65536, 1],
    [65530, 7],
    [-1, 1],
    [1, -1],
  ])("refuses data at %s of length %s", (at, length) => {
    const bench = new Bench()
    expect(bench.ask(4, "ipld", "block_create", BigInt(RAW), at, length)).toBe(1)
    expect(bench.charged).toEqual([])
  })

  test("takes no bytes at the very end of memory", () => {
    expect(new Bench().ask(4, "ipld", "block_create", BigInt(RAW), 65536, 0)).toBe(0)
  })
})

describe("block_open", () => {
  const data = encode(["x"])
  const cid = cidOfBlock(DAG_CBOR, data)

  test("opens a reachable block and tells codec, handle and size", () => {
    const bench = new Bench()
    bench.reachable(cid, data)
    bench.put(AT, cid.bytes)
    expect(bench.ask(16, "ipld", "block_open", AT)).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 16)).toEqual(hex("71000000000000000100000003000000"))
    expect(bench.charged).toEqual([
      "OnBlockOpenBase 300000 187440000",
      "OnScanIpldLinks 70000 0",
      "OnBlockOpen 0 30000",
    ])
    expect(bench.trace).toEqual([`get ${cid} 3`])
  })

  test("makes the links of a block reachable, not those of its links", () => {
    const bench = new Bench()
    const child = link(cid)
    const childCid = cidOfBlock(DAG_CBOR, child)
    bench.store.put(cid, data)
    bench.store.put(childCid, child)
    const root = link(childCid)
    bench.reachable(cidOfBlock(DAG_CBOR, root), root)
    const open = (one: CID): number => {
      bench.put(AT, one.bytes)
      return bench.ask(16, "ipld", "block_open", AT)
    }
    expect(open(childCid)).toBe(6)
    expect(bench.charged).toEqual(["OnBlockOpenBase 300000 187440000"])
    expect(open(cidOfBlock(DAG_CBOR, root))).toBe(0)
    expect(open(cid)).toBe(6)
    expect(open(childCid)).toBe(0)
    expect(open(cid)).toBe(0)
  })

  test("charges for the scan of a block it has seen before, and runs out of gas in it", () => {
    const bench = new Bench()
    bench.reachable(cid, data)
    bench.put(AT, cid.bytes)
    bench.ask(16, "ipld", "block_open", AT)
    expect(bench.ask(16, "ipld", "block_open", AT)).toBe(0)
    expect(bench.charged[1]).toBe("OnScanIpldLinks 70000 0")
    const poor = new Bench({ gasLimit: 14_004n + 187_740n + 69n })
    poor.reachable(cid, data)
    poor.put(AT, cid.bytes)
    expect(() => poor.ask(16, "ipld", "block_open", AT)).toThrow(OutOfGas)
    expect(poor.charged[1]).toBe("OnScanIpldLinks 69000 0")
    const justEnough = new Bench({ gasLimit: 14_004n + 187_740n + 70n })
    justEnough.reachable(cid, data)
    justEnough.put(AT, cid.bytes)
    expect(() => justEnough.ask(16, "ipld", "block_open", AT)).toThrow(OutOfGas)
    expect(justEnough.charged[1]).toBe("OnScanIpldLinks 70000 0")
    expect(justEnough.charged[2]).toBe("OnBlockOpen 0 30000")
  })

  test("gives a new handle each time", () => {
    const bench = new Bench()
    bench.reachable(cid, data)
    bench.put(AT, cid.bytes)
    bench.ask(16, "ipld", "block_open", AT)
    bench.ask(16, "ipld", "block_open", AT)
    expect(bench.view.getUint32(RESULT + 8, true)).toBe(2)
  })

  test("is fatal if the store lacks a reachable block", () => {
    const bench = new Bench()
    bench.kernel.blocks.markReachable(cid)
    bench.put(AT, cid.bytes)
    expect(() => bench.ask(16, "ipld", "block_open", AT)).toThrow(Fatal)
  })

  test.each([
    ["zero bytes", "0000000000"],
    ["a version 2", `0271a0e40220${"00".repeat(32)}`],
    ["an explicit version 0", `0071a0e40220${"00".repeat(32)}`],
    ["a digest too long", "0155004100"],
  ])("refuses %s before any charge", (_what, bytes) => {
    const bench = new Bench()
    bench.put(AT, hex(bytes))
    expect(bench.ask(16, "ipld", "block_open", AT)).toBe(1)
    expect(bench.charged).toEqual([])
  })

  test("refuses a CID that memory cuts off, and takes one that ends with it", () => {
    const bench = new Bench()
    bench.put(65536 - 37, cid.bytes.subarray(0, 37))
    expect(bench.ask(16, "ipld", "block_open", 65536 - 37)).toBe(1)
    expect(bench.ask(16, "ipld", "block_open", 65536)).toBe(1)
    expect(bench.ask(16, "ipld", "block_open", -1)).toBe(1)
    bench.reachable(cid, data)
    bench.put(65536 - 38, cid.bytes)
    expect(bench.ask(16, "ipld", "block_open", 65536 - 38)).toBe(0)
  })
})

describe("block_read", () => {
  const data = hex("00010203040506070809")
  const read = (bench: Bench, offset: number, length: number): number => {
    const after = bench.bytes.slice(AT, AT + 64)
    bench.allow(AT, Math.min(length, Math.max(0, data.length - offset)))
    const errorNumber = bench.ask(4, "ipld", "block_read", 1, offset, AT, length)
    expect(bench.bytes.slice(AT + Math.max(length, 0), AT + 64)).toEqual(after.slice(Math.max(length, 0)))
    return errorNumber
  }

  test.each([
    ["all of it", 0, 10, 0, 10],
    ["a part", 0, 4, 6, 4],
    ["from an offset", 7, 3, 0, 3],
    ["more than there is", 0, 16, -6, 10],
    ["beyond the end", 12, 4, -6, 0],
    ["nothing", 3, 0, 7, 0],
  ])("reads %s and tells what is left", (_what, offset, length, left, read_) => {
    const bench = new Bench()
    create(bench, RAW, data)
    bench.bytes.fill(0xa5, AT, AT + 64)
    expect(read(bench, offset, length)).toBe(0)
    expect(bench.view.getInt32(RESULT, true)).toBe(left)
    expect(bench.bytes.slice(AT, AT + read_)).toEqual(data.slice(offset, offset + read_))
    expect(bench.charged).toEqual([`OnBlockRead ${read_ * 400} 0`])
  })

  test("refuses an end that does not fit an i32, before it looks for the block", () => {
    const bench = new Bench()
    expect(bench.ask(4, "ipld", "block_read", 9, 0x7fffffff, AT, 1)).toBe(1)
    expect(bench.ask(4, "ipld", "block_read", 9, -1, AT, 0)).toBe(1)
    expect(bench.ask(4, "ipld", "block_read", 9, 0x7ffffffe, AT, 1)).toBe(7)
    expect(bench.charged).toEqual([])
  })

  test.each([0, 2, -1])("does not know the handle %s", (id) => {
    const bench = new Bench()
    create(bench, RAW, data)
    expect(bench.ask(4, "ipld", "block_read", id, 0, AT, 1)).toBe(7)
    expect(bench.ask(12, "ipld", "block_stat", id)).toBe(7)
    expect(bench.charged).toEqual(["OnBlockStat 0 0"])
  })
})

describe("block_stat", () => {
  test("tells codec and size", () => {
    const bench = new Bench()
    create(bench, RAW, hex("0102"))
    expect(bench.ask(12, "ipld", "block_stat", 1)).toBe(0)
    expect(bench.bytes.slice(RESULT, RESULT + 12)).toEqual(hex("550000000000000002000000"))
  })
})

describe("block_link", () => {
  const HASH = 0xb220n

  test("stores the block, writes its CID, and makes it reachable", () => {
    const bench = new Bench()
    create(bench, RAW, hex("0102"))
    bench.allow(AT, 38)
    expect(bench.ask(4, "ipld", "block_link", 1, HASH, 32, AT, 100)).toBe(0)
    const cid = cidOfBlock(RAW, hex("0102"))
    expect(bench.bytes.slice(AT, AT + 38)).toEqual(cid.bytes)
    expect(bench.view.getUint32(RESULT, true)).toBe(38)
    expect(bench.store.get(cid)).toEqual(hex("0102"))
    expect(bench.kernel.blocks.isReachable(cid)).toBe(true)
    // 2 bytes: copy 0.8, allocate 4, hash 20, and a link tracked; flush, and 3,340 a byte
    expect(bench.charged).toEqual([
      `OnBlockLink ${800 + 4000 + 20000 + 300000} ${172_000_000 + 334_000_000 + 6_680_000}`,
    ])
    expect(bench.trace).toEqual([`put ${cid} 2`])
  })

  test.each([
    ["that an actor made", (bench: Bench, data: Uint8Array) => create(bench, DAG_CBOR, data)],
    [
      "that came as parameters, which nobody searched",
      (bench: Bench, data: Uint8Array) => bench.kernel.takeParams({ codec: DAG_CBOR, data, links: [] }),
    ],
  ])("a block %s costs the same scan when it is opened again", (what, make) => {
    const target = cidOfBlock(RAW, hex("00"))
    const inline = identityCid(DAG_CBOR, link(target))
    const data = encode([what, 1, [target, inline]])
    const cid = cidOfBlock(DAG_CBOR, data)
    const bench = new Bench()
    bench.kernel.blocks.markReachable(target)
    make(bench, data)
    bench.allow(AT, 38)
    expect(bench.ask(4, "ipld", "block_link", 1, HASH, 32, AT, 100)).toBe(0)
    bench.put(AT, cid.bytes)
    expect(bench.ask(16, "ipld", "block_open", AT)).toBe(0)
    // The list, three items in it, two in the list inside, and two in the inline block; three links.
    expect(bench.charged[1]).toBe(`OnScanIpldLinks ${8 * 35_000 + 3 * 400_000} 0`)
    expect(bench.kernel.blocks.get(2).links).toEqual([target, target])
  })

  test("has linked and charged even if the CID does not fit", () => {
    const bench = new Bench()
    create(bench, RAW, hex("0102"))
    expect(bench.ask(4, "ipld", "block_link", 1, HASH, 32, AT, 37)).toBe(12)
    expect(bench.store.size).toBe(1)
    expect(bench.charged).toHaveLength(1)
  })

  test.each([
    ["sha2-256", 0x12n, 32],
    ["identity", 0n, 32],
    ["20 bytes", HASH, 20],
    ["33 bytes", HASH, 33],
    ["the low half of the code alone", HASH + (1n << 32n), 32],
  ])("refuses %s before it looks for the block", (_what, code, length) => {
    const bench = new Bench()
    expect(bench.ask(4, "ipld", "block_link", 99, code, length, AT, 100)).toBe(8)
    expect(bench.charged).toEqual([])
  })

  test("checks the buffer first, then the handle", () => {
    const bench = new Bench()
    expect(bench.ask(4, "ipld", "block_link", 99, 0n, 0, 65500, 100)).toBe(1)
    expect(bench.ask(4, "ipld", "block_link", 99, HASH, 32, AT, 100)).toBe(7)
    expect(bench.charged).toEqual([])
  })
})
