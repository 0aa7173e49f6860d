import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { z } from "zod"
import type { Json } from "../../json-rpc/json.ts"
import type { Codec, Encoder } from "../../json-rpc/method.ts"
import { longHex } from "./json-writer.ts"

/** From here on {@link longHex} is the faster way, in bytes. */
const LONG = 1024

/** Bytes that are turned into digits at a time. */
const WORD = 8
/** Where bytes are read as words: a view of the array itself would move what is small out of V8's heap for good. */
const scratch = new Uint8Array(LONG)
const words = new DataView(scratch.buffer)
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** 0x and the digits of these bytes, two for each. */
export function toHex(bytes: Uint8Array): string {
  const { length } = bytes
  if (length >= LONG) return longHex(bytes)
  scratch.set(bytes)
  let text = "0x"
  let at = 0
  for (; at + WORD <= length; at += WORD)
    text += words
      .getBigUint64(at)
      .toString(16)
      .padStart(2 * WORD, "0")
  for (; at < length; at++) text += DIGITS[bytes[at]!]
  return text
}

/** 0x and hex digits without leading zeros; `0x0` for zero. */
export function toQuantity(value: bigint | number): string {
  return `0x${value.toString(16)}`
}

/** The last `length` bytes big-endian; the number has to fit. */
export function toBytes(value: bigint, length: number): Uint8Array {
  return hexToBytes(value.toString(16).padStart(2 * length, "0"))
}

/** A number of these bytes, big-endian; 0 for none. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`)
}

/**
 * A non-negative integer as clients write it: 0x and hex digits, with leading zeros or in upper case too, a decimal string, or a
 * JSON number.
 *
 * @returns undefined for anything else.
 */
export function parseQuantity(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined
  if (typeof value !== "string" || value.length > 1000) return undefined
  if (/^0[xX][0-9a-fA-F]+$/.test(value)) return BigInt(value.replace("0X", "0x"))
  if (/^[0-9]+$/.test(value)) return BigInt(value)
  return value === "0x" || value === "0X" ? 0n : undefined // web3.js 1 sends this for zero
}

/** The bytes of 0x and an even number of hex digits; undefined for anything else. */
export function parseData(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^0[xX][0-9a-fA-F]*$/.test(value)) return undefined
  const bytes = new Uint8Array(value.length / 2 - 1)
  for (let i = 0, at = 2; i < bytes.length; i++, at += 2)
    bytes[i] = (VALUES[value.charCodeAt(at)]! << 4) | VALUES[value.charCodeAt(at + 1)]!
  return bytes
}

/** What a digit is worth, by its code. */
const VALUES = new Uint8Array(128)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  VALUES[digit.charCodeAt(0)] = value
  VALUES[digit.toUpperCase().charCodeAt(0)] = value
}

/** A codec from a function that reads the wire form, or gives undefined for what it does not take. */
export function createCodec<T>(
  expected: string,
  wire: z.ZodType,
  parse: (value: unknown) => T | undefined,
  encode: (value: T) => Json,
): Codec<T> {
  const schema = wire.transform((value, context): T => {
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    context.issues.push({ code: "custom", message: expected, input: value })
    return z.NEVER
  })
  return { expected, schema, read: parse, encode }
}

const UINT256_BITS = 256n

function createUnsigned(bits: bigint, name: string): Codec<bigint> {
  return createCodec(
    `${name}: 0x and hex digits, below 2^${bits}`,
    z.union([z.string(), z.number()]).meta({ title: "quantity", pattern: "^0x(0|[1-9a-f][0-9a-f]*)$" }),
    (value) => {
      const parsed = parseQuantity(value)
      return parsed === undefined || parsed >> bits !== 0n ? undefined : parsed
    },
    toQuantity,
  )
}

/** An unsigned number of up to 256 bits. */
export const quantity: Codec<bigint> = createUnsigned(UINT256_BITS, "a quantity")

/** An unsigned number of up to 64 bits. */
export const quantity64: Codec<bigint> = createUnsigned(64n, "a quantity")

/** A small unsigned number: counts, seconds, indexes. Below 2^53. */
export const smallQuantity: Codec<number> = createCodec(
  "a quantity: 0x and hex digits, below 2^53",
  z.union([z.string(), z.number()]).meta({ title: "quantity" }),
  (value) => {
    const parsed = parseQuantity(value)
    return parsed === undefined || parsed > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(parsed)
  },
  toQuantity,
)

/** Bytes of any length. */
export const data: Codec<Uint8Array> = createCodec(
  "data: 0x and an even number of hex digits",
  z.string().meta({ title: "data", pattern: "^0x([0-9a-fA-F]{2})*$" }),
  parseData,
  toHex,
)

/** Exactly 32 bytes. */
export const hash32: Codec<Uint8Array> = createCodec(
  "32 bytes: 0x and 64 hex digits",
  z.string().meta({ title: "32 bytes", pattern: "^0x[0-9a-fA-F]{64}$" }),
  (value) => {
    const parsed = parseData(value)
    return parsed?.length === 32 ? parsed : undefined
  },
  toHex,
)

/** A 256-bit word: like {@link hash32}, and shorter ones are filled up with zeros at the left. */
export const word: Codec<Uint8Array> = createCodec(
  "a word of up to 32 bytes: 0x and up to 64 hex digits",
  z.union([z.string(), z.number()]).meta({ title: "word" }),
  (value) => {
    const parsed = parseQuantity(value)
    return parsed === undefined || parsed >> UINT256_BITS !== 0n ? undefined : toBytes(parsed, 32)
  },
  toHex,
)

const ADDRESS_TEXT_LENGTH = 42

/**
 * An Ethereum address, 20 bytes. Mixed case with a wrong checksum is taken, as Ethereum's nodes do: it is the wallet's to check.
 */
export const ethAddress: Codec<Uint8Array> = createCodec(
  "an address: 0x and 40 hex digits",
  z.string().meta({ title: "address", pattern: "^0x[0-9a-fA-F]{40}$" }),
  (value) => (typeof value === "string" && value.length === ADDRESS_TEXT_LENGTH ? parseData(value) : undefined),
  toHex,
)

/** True or false. */
export const flag: Codec<boolean> = createCodec(
  "true or false",
  z.boolean(),
  (value) => (typeof value === "boolean" ? value : undefined),
  (value) => value,
)

/** Any text. */
export const text: Codec<string> = createCodec(
  "a text",
  z.string(),
  (value) => (typeof value === "string" ? value : undefined),
  (value) => value,
)

/** A list of a codec's values. */
export function listOf<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    expected: `a list; each: ${item.expected}`,
    schema: z.array(item.schema),
    encode: (values) => values.map((value) => item.encode(value)),
  }
}

/** A codec's value, or null for undefined. */
export function nullable<T>(inner: Codec<T>): Codec<T | undefined> {
  return {
    expected: `${inner.expected}, or null`,
    schema: inner.schema.nullish().transform((value) => value ?? undefined),
    encode: (value) => (value === undefined ? null : inner.encode(value)),
  }
}

/** A number as JSON has it: what Anvil's own methods give where Ethereum's have quantities. */
export const plainNumber: Codec<number> = createCodec(
  "a number",
  z.number(),
  (value) => (typeof value === "number" ? value : undefined),
  (value) => value,
)

/** No result. */
export const nothing: Encoder<never> = { expected: "null", schema: z.null(), encode: () => null }

/** A result that is JSON already. */
export const anything: Codec<Json> = {
  expected: "JSON",
  schema: z.any(),
  encode: (value) => value,
}
