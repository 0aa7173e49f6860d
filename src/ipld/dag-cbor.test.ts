import { encode as libraryEncode } from "@ipld/dag-cbor"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CborReader, CborWriter } from "./cbor.ts"
import {
  CID,
  cidEquals,
  cidFromKey,
  cidKey,
  cidOfBlock,
  DAG_CBOR,
  decodeCid,
  identityCid,
  parseCid,
  RAW,
} from "./cid.ts"
import {
  decode,
  decodeBigInt,
  encode,
  encodeBigInt,
  expectArray,
  expectBigInt,
  expectBoolean,
  expectBytes,
  expectInt,
  expectInt64,
  expectLink,
  expectList,
  expectMap,
  expectNullable,
  expectText,
  expectTuple,
  expectUint,
  expectUint64,
  type Ipld,
} from "./dag-cbor.ts"
import { CborError, CidError, ShapeError } from "./errors.ts"

const cid = fc
  .tuple(fc.constantFrom(DAG_CBOR, RAW, 0x51, 0xf101), fc.uint8Array({ maxLength: 40 }))
  .map(([codec, bytes]) => cidOfBlock(codec, bytes))

const { ipld } = fc.letrec<{ ipld: Ipld }>((tie) => ({
  ipld: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc
      .bigInt({ min: -(1n << 64n), max: (1n << 64n) - 1n })
      .map((n) => (n >= -(2n ** 53n) + 1n && n < 2n ** 53n ? Number(n) : n)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.string(),
    fc.uint8Array({ maxLength: 300 }),
    cid,
    fc.array(tie("ipld"), { maxLength: 6 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== "/" && key !== "__proto__"),
      tie("ipld"),
      { maxKeys: 5 },
    ),
  ),
}))

/** Writes a value with CborWriter, the way @ipld/dag-cbor would. */
function write(writer: CborWriter, value: Ipld): void {
  if (value === null) writer.null()
  else if (typeof value === "boolean") writer.boolean(value)
  else if (typeof value === "number" && !Number.isSafeInteger(value)) writer.raw(libraryEncode(value))
  else if (typeof value === "number" || typeof value === "bigint") writer.integer(value)
  else if (typeof value === "string") writer.text(value)
  else if (value instanceof Uint8Array) writer.bytes(value)
  else if (Array.isArray(value)) {
    writer.arrayHeader(value.length)
    for (const item of value) write(writer, item)
  } else {
    const link = CID.asCID(value)
    if (link !== null) writer.link(link)
    else {
      const pairs = Object.entries(value as Record<string, Ipld>).map(
        ([key, item]) => [new TextEncoder().encode(key), key, item] as const,
      )
      pairs.sort(([a], [b]) => a.length - b.length || Buffer.compare(a, b))
      writer.mapHeader(pairs.length)
      for (const [, key, item] of pairs) {
        writer.text(key)
        write(writer, item)
      }
    }
  }
}

describe("DAG-CBOR", () => {
  it("gives back what it was given", () => {
    fc.assert(
      fc.property(ipld, (value) => {
        expect(decode(encode(value))).toEqual(value)
      }),
    )
  })

  it("CborWriter writes what the library writes, and CborReader passes over it", () => {
    const writer = new CborWriter()
    fc.assert(
      fc.property(ipld, (value) => {
        write(writer, value)
        const bytes = writer.finish()
        expect(bytes).toEqual(encode(value))
        const reader = new CborReader(bytes)
        reader.skip("value")
        reader.finish("value")
      }),
    )
  })

  it("integers are numbers where that is exact and bigints elsewhere; expectUint64 is always exact", () => {
    expect(decode(encode(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER)
    expect(decode(encode(2n ** 53n))).toBe(2n ** 53n)
    expect(decode(encode(5n))).toBe(5)
    for (const value of [
      0n,
      23n,
      24n,
      255n,
      256n,
      65_535n,
      65_536n,
      2n ** 32n - 1n,
      2n ** 32n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 64n - 1n,
    ]) {
      expect(expectUint64(decode(encode(value)), "x")).toBe(value)
      const bytes = new CborWriter().integer(value).finish()
      expect(bytes).toEqual(encode(value))
      expect(new CborReader(bytes).uint64("x")).toBe(value)
    }
    for (const value of [-1n, -24n, -25n, -(2n ** 53n), -(2n ** 63n), 2n ** 63n - 1n]) {
      expect(expectInt64(decode(encode(value)), "x")).toBe(value)
      expect(new CborReader(new CborWriter().integer(value).finish()).int64("x")).toBe(value)
    }
    expect(() => new CborReader(encode(2n ** 63n)).int64("x")).toThrow(CborError)
    expect(() => new CborReader(encode(-(2n ** 63n) - 1n)).int64("x")).toThrow(CborError)
    expect(() => new CborReader(encode(2n ** 53n)).uint("x")).toThrow(CborError)
  })

  it.each([
    ["nothing", []],
    ["two items", [0x00, 0x00]],
    ["a list that ends early", [0x82, 0x00]],
    ["an integer longer than needed", [0x18, 0x01]],
    ["a length longer than needed", [0x58, 0x01, 0x00]],
    ["an indefinite length", [0x9f, 0xff]],
    ["another tag", [0xc1, 0x00]],
    ["undefined", [0xf7]],
    ["a short float", [0xf9, 0x00, 0x00]],
    ["a simple value", [0xe0]],
    ["a reserved head", [0x1c]],
    ["a link that is no byte string", [0xd8, 0x2a, 0x00]],
    ["a list longer than the bytes", [0x9b, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])("the reader refuses %s", (_, bytes) => {
    const read = (): void => {
      const reader = new CborReader(Uint8Array.from(bytes))
      reader.skip("value")
      reader.finish("value")
    }
    expect(read).toThrow(CborError)
  })

  it.each([
    ["nothing", []],
    ["two items", [0x00, 0x00]],
    ["a list that ends early", [0x82, 0x00]],
    ["an integer longer than needed", [0x18, 0x01]],
    ["an indefinite length", [0x9f, 0xff]],
    ["another tag", [0xc1, 0x00]],
    ["a link without its leading zero", [0xd8, 0x2a, 0x41, 0x01]],
    ["a link that is no CID", [0xd8, 0x2a, 0x42, 0x00, 0x01]],
    ["a map with a key twice", [0xa2, 0x61, 0x61, 0x00, 0x61, 0x61, 0x00]],
    ["NaN", [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]],
  ])("decode refuses %s", (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(CborError)
  })

  it("nesting without end is refused by both, not by the stack", () => {
    const deep = new Uint8Array(200_000).fill(0x81)
    expect(() => decode(deep)).toThrow(CborError)
    expect(() => new CborReader(deep).skip("value")).toThrow(CborError)
  })

  it("random bytes give a value or a CborError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          const reader = new CborReader(bytes)
          reader.skip("value")
        } catch (error) {
          expect(error).toBeInstanceOf(CborError)
        }
        try {
          decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(CborError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it("what cannot be said is refused", () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n << 64n, -(1n << 64n) - 1n])
      expect(() => encode(value as Ipld)).toThrow(CborError)
    expect(() => new CborWriter().integer(1n << 64n)).toThrow(CborError)
    expect(() => new CborWriter().integer(0.5)).toThrow(CborError)
  })

  it("a writer grows, and is empty after finish", () => {
    const writer = new CborWriter()
    expect(writer.bytes(new Uint8Array(100_000)).finish().length).toBe(100_005)
    expect(writer.finish().length).toBe(0)
    writer.null()
    writer.reset()
    expect(writer.finish().length).toBe(0)
  })
})

describe("Filecoin's big integers", () => {
  it.each([
    [0n, []],
    [1n, [0, 1]],
    [-1n, [1, 1]],
    [255n, [0, 255]],
    [256n, [0, 1, 0]],
    [10n ** 18n, [0, 0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x64, 0, 0]],
  ])("%s", (value, bytes) => {
    expect(encodeBigInt(value)).toEqual(Uint8Array.from(bytes))
    expect(decodeBigInt(Uint8Array.from(bytes))).toBe(value)
  })

  it("come back as they went", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 1000n), max: 1n << 1000n }), (value) => {
        expect(decodeBigInt(encodeBigInt(value))).toBe(value)
      }),
    )
  })

  it("have at most 128 bytes and a sign of 0 or 1; leading zeros are read", () => {
    expect(encodeBigInt((1n << 1016n) - 1n).length).toBe(128)
    expect(() => encodeBigInt(1n << 1016n)).toThrow(CborError)
    expect(() => decodeBigInt(new Uint8Array(129))).toThrow(CborError)
    expect(() => decodeBigInt(Uint8Array.of(2, 1))).toThrow(CborError)
    expect(decodeBigInt(Uint8Array.of(0, 0, 5))).toBe(5n)
    expect(decodeBigInt(Uint8Array.of(0))).toBe(0n)
  })
})

describe("shapes", () => {
  const link = cidOfBlock(RAW, new Uint8Array(1))
  it("are given back typed", () => {
    expect(expectArray([1], "x")).toEqual([1])
    expect(expectTuple([1, 2], 2, "x")).toEqual([1, 2])
    expect(expectBytes(Uint8Array.of(1), "x", 1)).toEqual(Uint8Array.of(1))
    expect(expectText("a", "x")).toBe("a")
    expect(expectBoolean(false, "x")).toBe(false)
    expect(expectLink(link, "x")).toBe(link)
    expect(expectMap({ a: 1 }, "x").a).toBe(1)
    expect(expectUint(7, "x")).toBe(7)
    expect(expectInt(-7, "x")).toBe(-7)
    expect(expectUint64(7, "x")).toBe(7n)
    expect(expectInt64(-7, "x")).toBe(-7n)
    expect(expectBigInt(Uint8Array.of(1, 7), "x")).toBe(-7n)
    expect(expectNullable(null, "x", expectUint)).toBeUndefined()
    expect(expectNullable(7, "x", expectUint)).toBe(7)
    expect(expectList([1, 2], "x", expectUint)).toEqual([1, 2])
  })

  it.each<[string, (value: unknown, path: string) => unknown, unknown[]]>([
    ["a list", expectArray, [null, 1, {}, "a", new Uint8Array(1)]],
    ["a tuple", (value, path) => expectTuple(value, 2, path), [[1], [1, 2, 3], null, {}]],
    ["bytes", (value, path) => expectBytes(value, path, 2), [new Uint8Array(1), "ab", [1, 2], null]],
    ["text", expectText, [1, null, new Uint8Array(1)]],
    ["a boolean", expectBoolean, [0, null, "true"]],
    ["a link", expectLink, [null, {}, "bafy", new Uint8Array(38), [link], undefined]],
    ["a map", expectMap, [null, [], link, new Uint8Array(1), 1]],
    ["an unsigned integer", (value, path) => expectUint(value, path, 10), [-1, 11, 0.5, 1n, "1", null]],
    ["an integer", expectInt, [0.5, 2n ** 60n, "1"]],
    ["an unsigned 64-bit integer", expectUint64, [-1, 1n << 64n, 0.5, "1", null]],
    ["a signed 64-bit integer", expectInt64, [1n << 63n, -(1n << 63n) - 1n, 0.5]],
    ["a big integer", expectBigInt, [1, Uint8Array.of(2), null]],
  ])("%s is nothing else", (_, read, values) => {
    for (const value of values) expect(() => read(value, "actor.field")).toThrow(ShapeError)
  })

  it("an error names the path", () => {
    const read = (): unknown => expectList([1, "a"], "message.list", expectUint)
    expect(read).toThrow(ShapeError)
    try {
      read()
    } catch (error) {
      expect((error as ShapeError).path).toBe("message.list[1]")
      expect((error as ShapeError).code).toBe("unexpected-shape")
    }
  })
})

describe("CIDs", () => {
  it("have a key each, and come back from bytes, key and text", () => {
    fc.assert(
      fc.property(cid, cid, (a, b) => {
        expect(decodeCid(a.bytes).equals(a)).toBe(true)
        expect(decodeCid(a.bytes).toString()).toBe(a.toString())
        expect(cidFromKey(cidKey(a)).equals(a)).toBe(true)
        expect(parseCid(a.toString()).equals(a)).toBe(true)
        expect(cidEquals(a, b)).toBe(a.equals(b))
        expect(cidKey(a) === cidKey(b)).toBe(a.equals(b))
      }),
    )
  })

  it("of identity carry their data", () => {
    const data = Uint8Array.from({ length: 200 }, (_, i) => i)
    expect(CID.decode(identityCid(RAW, data).bytes).multihash.digest).toEqual(data)
  })

  it.each([
    [[]],
    [[1]],
    [[1, 0x71]],
    [[2, 0x71, 0, 0]],
    [[1, 0x71, 0, 1]],
    [[1, 0x71, 0, 0, 0]],
    [Array(38).fill(0xff)],
  ])("%j is none", (bytes) => {
    expect(() => decodeCid(Uint8Array.from(bytes))).toThrow(CidError)
  })

  it("of text that is none is a CidError", () => {
    for (const text of ["", "x", "bafy", "Qm", `bafy2bzace${"a".repeat(200)}`])
      expect(() => parseCid(text)).toThrow(CidError)
  })
})
