import { describe, expect, it } from "vitest"
import { CBOR, cidOfBlock, DAG_CBOR, identityCid } from "./cid.ts"
import { encode } from "./dag-cbor.ts"
import { CborError, CidError } from "./errors.ts"
import { linksOf } from "./links.ts"

const a = cidOfBlock(DAG_CBOR, Uint8Array.of(1))
const b = cidOfBlock(CBOR, Uint8Array.of(2))

describe("linksOf", () => {
  it("finds the links of lists and maps in their order, doubles too", () => {
    expect(linksOf(encode([a, { x: [b, 1, "text"], y: a }, null, -5, 1.5])).map(String)).toEqual([a, b, a].map(String))
    expect(linksOf(encode(identityCid(CBOR, Uint8Array.of(0))))).toHaveLength(1)
  })

  it("passes over other tags, long heads and what follows the first item, as the reference does", () => {
    expect(linksOf(Uint8Array.of(0xc1, 0x00))).toEqual([])
    expect(linksOf(Uint8Array.of(0x18, 0x01))).toEqual([])
    expect(linksOf(Uint8Array.of(0x00, 0xff, 0xff))).toEqual([])
  })

  it.each([
    ["nothing", []],
    ["a list that ends early", [0x82, 0x00]],
    ["a list that says it is endless", [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]],
    ["an indefinite length", [0x9f, 0xff]],
    ["a string that ends early", [0x42, 0x00]],
    ["a head that ends early", [0x19, 0x00]],
    ["a link that is text", [0xd8, 0x2a, 0x61, 0x00]],
    ["a link without the leading zero", [0xd8, 0x2a, 0x41, 0x01]],
    ["an empty link", [0xd8, 0x2a, 0x40]],
  ])("refuses %s", (_, bytes) => {
    expect(() => linksOf(Uint8Array.from(bytes))).toThrow(CborError)
  })

  it("refuses a link that holds no CID", () => {
    expect(() => linksOf(Uint8Array.of(0xd8, 0x2a, 0x42, 0x00, 0x01))).toThrow(CidError)
  })
})
