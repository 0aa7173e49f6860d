import { describe, expect, test } from "vitest"
import { cidOfBlock, RAW } from "../../ipld/cid.ts"
import { encode } from "../../ipld/dag-cbor.ts"
import { CborError } from "../../ipld/errors.ts"
import { CborReader } from "./cbor-reader.ts"

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const reader = (text: string): CborReader => new CborReader(hex(text))

describe("integers", () => {
  test.each([
    ["00", 0n],
    ["17", 23n],
    ["1817", 23n],
    ["190005", 5n],
    ["1a00000005", 5n],
    ["1bffffffffffffffff", (1n << 64n) - 1n],
  ])("%s is %s, however long it is", (bytes, value) => {
    expect(reader(bytes).uint64()).toBe(value)
  })

  test.each(["20", "40", "1c", "1f", "19ff", "", "f6", "fb0000000000000000"])("%s is no unsigned integer", (bytes) => {
    expect(() => reader(bytes).uint64()).toThrow(CborError)
  })

  test.each([
    ["3b7fffffffffffffff", -(1n << 63n)],
    ["3800", -1n],
    ["1b7fffffffffffffff", (1n << 63n) - 1n],
  ])("%s is %s with a sign", (bytes, value) => {
    expect(reader(bytes).int64()).toBe(value)
  })

  test.each([
    "1b8000000000000000",
    "3b8000000000000000",
    "40",
    "c1",
  ])("%s does not fit 64 bits with a sign", (bytes) => {
    expect(() => reader(bytes).int64()).toThrow(CborError)
  })

  test("of 8 bits take two bytes at most", () => {
    expect(reader("18ff").uint8()).toBe(255)
    expect(() => reader("190001").uint8()).toThrow(CborError)
    expect(() => reader("20").uint8()).toThrow(CborError)
  })
})

describe("byte strings", () => {
  test.each([
    ["40", ""],
    ["420102", "0102"],
    ["58020102", "0102"],
    // the major type is not looked at as long as no foreign bit is set
    ["020102", "0102"],
    ["5f41014102ff", "0102"],
    ["5fff", ""],
    ["5f5f4101ff4102ff", "0102"],
  ])("%s is %s", (bytes, value) => {
    expect(reader(bytes).byteString()).toEqual(hex(value))
  })

  test.each(["4201", "62ffff", "82", "5f4101", "5f6101ff", "5bffffffffffffffff", ""])("%s is none", (bytes) => {
    expect(() => reader(bytes).byteString()).toThrow(CborError)
  })
})

describe("lists", () => {
  test("are read by their length", () => {
    const one = reader("83010203")
    expect(one.list(() => one.uint64())).toEqual([1n, 2n, 3n])
    one.end()
    const longHead = reader("98020102")
    expect(longHead.list(() => longHead.uint64())).toEqual([1n, 2n])
    const withoutMajor = reader("020102")
    withoutMajor.tuple(2)
  })

  test.each(["81", "9f01ff", "9bffffffffffffffff01", "a10102"])("%s is none", (bytes) => {
    const one = reader(bytes)
    expect(() => one.list(() => one.uint64())).toThrow(CborError)
  })

  test("have as many items as are wanted, and nothing follows", () => {
    expect(() => reader("8101").tuple(2)).toThrow(CborError)
    expect(() => reader("83010203").tuple(2)).toThrow(CborError)
    expect(() => reader("00").end()).toThrow(CborError)
  })
})

describe("links", () => {
  const cid = cidOfBlock(RAW, hex("00"))

  test("are CIDs after a zero byte, whatever follows them", () => {
    expect(new CborReader(encode(cid)).link().equals(cid)).toBe(true)
    const trailing = new Uint8Array([0xd8, 0x2a, 0x58, 41, 0, ...cid.bytes, 1, 2])
    expect(new CborReader(trailing).link().equals(cid)).toBe(true)
    const longTag = new Uint8Array([0xd9, 0, 42, 0x58, 39, 0, ...cid.bytes])
    expect(new CborReader(longTag).link().equals(cid)).toBe(true)
  })

  test.each([
    "d82a40",
    "d82a4100",
    "d82a420155",
    "d82b4100",
    "d82a01",
    "d82a6100",
    "d82a",
    "f6",
  ])("%s is none", (bytes) => {
    expect(() => reader(bytes).link()).toThrow(CborError)
  })
})
