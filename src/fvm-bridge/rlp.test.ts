import { RLP } from "@ethereumjs/rlp"
import { describe, expect, it } from "vitest"
import { decodeByteString, encodeByteString } from "./cbor-bytes.ts"
import { decodeRlp, encodeRlpItems, encodeRlpList, RlpError, rlpLength } from "./rlp.ts"

const LENGTHS = [0, 1, 2, 55, 56, 255, 256, 65_535, 65_536]
const bytesOf = (length: number, first: number): Uint8Array => new Uint8Array(length).fill(first)

describe("RLP", () => {
  it.each(LENGTHS)("a list of byte strings of %d bytes is what the library makes of it, and is read back", (length) => {
    const items = [bytesOf(length, 0x7f), bytesOf(length, 0x80), Uint8Array.of(0), Uint8Array.of(0x7f)]
    const encoded = encodeRlpList(encodeRlpItems(items), Uint8Array.of(2))
    expect(encoded).toEqual(Uint8Array.from([2, ...RLP.encode(items)]))
    expect(decodeRlp(encoded.subarray(1))).toEqual(items)
    expect(items.reduce((sum, item) => sum + rlpLength(item), 0)).toBe(encodeRlpItems(items).length)
  })

  it("lists inside lists are read as they lie", () => {
    const nested = [[], [Uint8Array.of(1), [Uint8Array.of(0x80)]], new Uint8Array()]
    expect(decodeRlp(RLP.encode(nested))).toEqual(nested)
  })

  it.each([
    ["a byte that needs no header", [0x81, 0x7f]],
    ["a long form of a short length", [0xb8, 1, 0x80]],
    ["a length with leading zeros", [0xb9, 0, 56]],
    ["a byte left over", [0x80, 0]],
    ["a string that is cut off", [0x82, 1]],
    ["an item that goes beyond its list", [0xc1, 0x81, 0x80]],
    ["lists without end", new Array<number>(40).fill(0xc1)],
  ])("%s is refused", (_, bytes) => {
    expect(() => decodeRlp(Uint8Array.from(bytes))).toThrow(RlpError)
  })
})

describe("a CBOR byte string", () => {
  it.each([
    0, 1, 23, 24, 255, 256, 65_535, 65_536,
  ])("of %d bytes has the shortest length, and is read back", (length) => {
    const bytes = bytesOf(length, 7)
    const encoded = encodeByteString(bytes)
    const header = length <= 23 ? 1 : length <= 0xff ? 2 : length <= 0xffff ? 3 : 5
    expect(encoded.length).toBe(header + length)
    expect(Uint8Array.from(decodeByteString(encoded))).toEqual(bytes)
  })

  it.each([
    [[]],
    [[0x41]],
    [[0x41, 1, 2]],
    [[0x58, 1, 7]],
    [[0x59, 0, 1, 7]],
    [[0x61, 0x61]],
    [[0x01]],
  ])("%j is none", (bytes) => {
    expect(() => decodeByteString(Uint8Array.from(bytes))).toThrow("the parameters are not")
  })
})
