import * as dagCbor from "@ipld/dag-cbor"
import { CID } from "multiformats/cid"
import { CborError, ShapeError } from "./errors.ts"

/**
 * What DAG-CBOR can say. Integers come out of {@link decode} as `number` where that is exact (|n| <= 2^53 - 1) and as
 * `bigint` elsewhere; {@link encode} takes either for any integer in -2^64..2^64-1 and writes the same bytes.
 * So code that needs exact 64-bit values always goes through {@link expectUint64} or {@link expectInt64}.
 */
export type Ipld =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | CID
  | readonly Ipld[]
  | { readonly [key: string]: Ipld }

/** Most bytes of an encoded Filecoin big integer, sign byte included. @see ref-fvm shared/src/bigint/mod.rs */
export const MAX_BIGINT_SIZE = 128

/**
 * Writes one value as canonical DAG-CBOR (map keys sorted by length, then bytes; shortest integers; 64-bit floats).
 *
 * @throws CborError - The value holds `undefined`, NaN, an infinity, an integer beyond 64 bits, or no data at all.
 */
export function encode(value: Ipld): Uint8Array {
  try {
    const bytes = dagCbor.encode(value)
    // The library answers with a Buffer now and then, whose slice() shares memory: give out what we promise.
    return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch (cause) {
    throw new CborError(`value cannot be encoded as DAG-CBOR: ${messageOf(cause)}`, { cause })
  }
}

/**
 * Reads bytes that are exactly one DAG-CBOR item. Strict: no trailing bytes, no indefinite lengths, no integer longer than needed, no
 * tag but 42, no duplicate keys. Byte strings are copies of their part of `bytes`.
 *
 * @throws CborError - The bytes are anything else.
 */
export function decode(bytes: Uint8Array): Ipld {
  try {
    return dagCbor.decode<Ipld>(bytes)
  } catch (cause) {
    throw new CborError(`bytes are not DAG-CBOR: ${messageOf(cause)}`, { cause })
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/**
 * The bytes of a Filecoin big integer: empty for zero, else a sign byte (0 positive, 1 negative) and the magnitude,
 * big-endian, without leading zeros. In CBOR these bytes stand as a byte string.
 *
 * @throws CborError - More than 128 bytes.
 * @see ref-fvm shared/src/bigint/bigint_ser.rs
 */
export function encodeBigInt(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0)
  const scratch = bigIntScratch
  let at = scratch.length
  let rest = value < 0n ? -value : value
  // From the end, six bytes at a time, which stay exact in a double.
  while (rest > 0n) {
    if (at < 6) throw tooLarge(value)
    let part = Number(BigInt.asUintN(48, rest))
    rest >>= 48n
    for (let i = 0; i < 6; i++) {
      scratch[--at] = part % 256
      part = Math.floor(part / 256)
    }
  }
  while (scratch[at] === 0) at++
  if (scratch.length - at + 1 > MAX_BIGINT_SIZE) throw tooLarge(value)
  scratch[--at] = value < 0n ? 1 : 0
  return scratch.slice(at)
}

/** Room for a sign and the 22 parts of the largest magnitude. */
const bigIntScratch = new Uint8Array(1 + 22 * 6)

function tooLarge(value: bigint): CborError {
  const digits = (value < 0n ? -value : value).toString(16).length
  return new CborError(`big integer needs ${1 + Math.ceil(digits / 2)} bytes, at most ${MAX_BIGINT_SIZE} are allowed`)
}

/**
 * Inverse of {@link encodeBigInt}. As the reference does, it accepts leading zeros and a zero with a sign byte.
 *
 * @throws CborError - A sign byte other than 0 and 1, or more than 128 bytes.
 */
export function decodeBigInt(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  const sign = bytes[0]
  if (sign !== 0 && sign !== 1) throw new CborError(`sign byte of a big integer is ${sign}, not 0 or 1`)
  if (bytes.length > MAX_BIGINT_SIZE)
    throw new CborError(`big integer has ${bytes.length} bytes, at most 128 are allowed`)
  let magnitude = 0n
  let at = 1
  // Six bytes at a time stay exact in a double.
  for (; at + 6 <= bytes.length; at += 6) {
    let part = 0
    for (let i = 0; i < 6; i++) part = part * 256 + bytes[at + i]!
    magnitude = (magnitude << 48n) | BigInt(part)
  }
  for (; at < bytes.length; at++) magnitude = (magnitude << 8n) | BigInt(bytes[at]!)
  return sign === 1 ? -magnitude : magnitude
}

/** Names what a value is, for error messages. */
export function describe(value: unknown): string {
  if (value === null) return "null"
  if (value === undefined) return "nothing"
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (CID.asCID(value) !== null) return `link ${value}`
  if (typeof value === "object") return "a map"
  if (typeof value === "string") return `text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`
  return `${typeof value === "boolean" ? "boolean" : "number"} ${value}`
}

// Each expectX takes the decoded value and the path that an error shall name, and returns it typed or throws a ShapeError.

/** The value as a list. @throws ShapeError */
export function expectArray(value: unknown, path: string): readonly Ipld[] {
  if (!Array.isArray(value)) throw new ShapeError(path, "a list", describe(value))
  return value
}

/** The value as a list of exactly `length` items: how Filecoin writes a struct. @throws ShapeError */
export function expectTuple(value: unknown, length: number, path: string): readonly Ipld[] {
  if (!Array.isArray(value) || value.length !== length)
    throw new ShapeError(path, `a list of ${length}`, describe(value))
  return value
}

/** The value as a byte string, of exactly `length` bytes if that is given. @throws ShapeError */
export function expectBytes(value: unknown, path: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length))
    throw new ShapeError(path, length === undefined ? "bytes" : `${length} bytes`, describe(value))
  return value
}

/** The value as text. @throws ShapeError */
export function expectText(value: unknown, path: string): string {
  if (typeof value !== "string") throw new ShapeError(path, "text", describe(value))
  return value
}

/** The value as a boolean. @throws ShapeError */
export function expectBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new ShapeError(path, "a boolean", describe(value))
  return value
}

/** The value as a link. @throws ShapeError */
export function expectLink(value: unknown, path: string): CID {
  const cid = value === null || typeof value !== "object" ? null : CID.asCID(value)
  if (cid === null) throw new ShapeError(path, "a link", describe(value))
  return cid
}

/** The value as a map with text keys. @throws ShapeError */
export function expectMap(value: unknown, path: string): { readonly [key: string]: Ipld } {
  if (
    value === null ||
    typeof value !== "object" ||
    Array.isArray(value) ||
    value instanceof Uint8Array ||
    CID.asCID(value) !== null
  )
    throw new ShapeError(path, "a map", describe(value))
  return value as { readonly [key: string]: Ipld }
}

/** The value as a `number` in 0..max. Default for max: 2^53 - 1. @throws ShapeError */
export function expectUint(value: unknown, path: string, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > max)
    throw new ShapeError(path, `an integer in 0..${max}`, describe(value))
  return value
}

/** The value as an integer that a `number` holds exactly, negative ones included. @throws ShapeError */
export function expectInt(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw new ShapeError(path, "an integer of at most 53 bits", describe(value))
  return value
}

/** The value as an unsigned 64-bit integer; always a `bigint`, however small. @throws ShapeError */
export function expectUint64(value: unknown, path: string): bigint {
  const integer = toBigInt(value)
  if (integer === undefined || integer < 0n || integer > 0xffffffffffffffffn)
    throw new ShapeError(path, "an unsigned 64-bit integer", describe(value))
  return integer
}

/** The value as a signed 64-bit integer (a chain epoch, for one); always a `bigint`. @throws ShapeError */
export function expectInt64(value: unknown, path: string): bigint {
  const integer = toBigInt(value)
  if (integer === undefined || integer < -0x8000000000000000n || integer > 0x7fffffffffffffffn)
    throw new ShapeError(path, "a signed 64-bit integer", describe(value))
  return integer
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** The value as a Filecoin big integer: a byte string as {@link encodeBigInt} writes it (a token amount, for one). @throws ShapeError */
export function expectBigInt(value: unknown, path: string): bigint {
  const bytes = expectBytes(value, path)
  try {
    return decodeBigInt(bytes)
  } catch (cause) {
    if (cause instanceof CborError) throw new ShapeError(path, "a big integer", cause.message)
    throw cause
  }
}

/** Null as `undefined`, anything else through `read`: how Filecoin writes an optional field. */
export function expectNullable<T>(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined {
  return value === null ? undefined : read(value, path)
}

/** A list whose items all go through `read`, with `path[i]` as their path. @throws ShapeError */
export function expectList<T>(value: unknown, path: string, read: (value: unknown, path: string) => T): T[] {
  return expectArray(value, path).map((item, i) => read(item, `${path}[${i}]`))
}
