import fc from "fast-check"
import { CID } from "multiformats/cid"
import { describe, expect, test } from "vitest"
import { CBOR, cidEquals, cidOfBlock, DAG_CBOR, identityCid, RAW } from "../../ipld/cid.ts"
import { readCid } from "./read-cid.ts"

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const read = (bytes: Uint8Array): ReturnType<typeof readCid> => readCid(bytes, 0, bytes.length)

describe("readCid", () => {
  test("reads the CIDs of state, from anywhere in memory", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(RAW, CBOR, DAG_CBOR), fc.nat(100), (data, codec, offset) => {
        const cid = cidOfBlock(codec, data)
        const memory = new Uint8Array(200)
        memory.set(cid.bytes, offset)
        const got = readCid(memory, offset, memory.length)!
        expect(got.length).toBe(38)
        expect(cidEquals(got.cid, cid)).toBe(true)
        expect(got.cid.code).toBe(codec)
        expect(got.cid.multihash.digest).toEqual(cid.multihash.digest)
        expect(readCid(memory, offset, offset + 37)).toBeUndefined()
      }),
    )
  })

  test("does not take two CIDs with the same first bytes for one", () => {
    const a = cidOfBlock(RAW, hex("00")).bytes.slice()
    const b = a.slice()
    b[37]! ^= 1
    const c = a.slice()
    c[1] = DAG_CBOR
    for (const bytes of [a, b, c, a]) expect(read(bytes)!.cid.bytes).toEqual(bytes)
  })

  test("keeps nothing of the memory it read from", () => {
    const bytes = cidOfBlock(RAW, hex("01")).bytes.slice()
    const { cid } = read(bytes)!
    bytes.fill(0)
    expect(cidEquals(cid, cidOfBlock(RAW, hex("01")))).toBe(true)
  })

  test("reads other hashes, identity CIDs and CIDv0 as multiformats does", () => {
    for (const text of [
      "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
      "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy",
      "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq",
    ]) {
      const cid = CID.parse(text)
      const got = read(cid.bytes)!
      expect(got.cid.toString()).toBe(text)
      expect(got.length).toBe(cid.bytes.length)
    }
    const inline = identityCid(RAW, hex("010203"))
    expect(read(inline.bytes)!.cid.equals(inline)).toBe(true)
  })

  test("keeps a codec beyond 2^53 in its bytes", () => {
    const bytes = hex("01ffffffffffffffffff01000101")
    expect(read(bytes)!.cid.bytes).toEqual(bytes)
  })

  test("drops the bits of a varint beyond the 64th", () => {
    expect(read(hex("0180808080808080808069000101"))!.cid.bytes).toEqual(hex("0180808080808080808001000101"))
  })

  test.each([
    ["nothing", ""],
    ["a version alone", "01"],
    ["version 0", `0055a0e40220${"00".repeat(32)}`],
    ["version 2", `0255a0e40220${"00".repeat(32)}`],
    ["a varint that is too long", "01d500000100"],
    ["a varint of eleven bytes", "01808080808080808080800100000000"],
    ["a digest of 65 bytes", `01550041${"00".repeat(65)}`],
    ["a digest cut off", "0155000500"],
    ["a CIDv0 cut off", `1220${"00".repeat(31)}`],
  ])("refuses %s", (_what, bytes) => {
    expect(read(hex(bytes))).toBeUndefined()
  })
})
