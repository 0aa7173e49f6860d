import type { CID } from "multiformats/cid"
import { decodeCid } from "./cid.ts"
import { encodeBigInt } from "./dag-cbor.ts"
import { CborError } from "./errors.ts"

/*
 * A reader and a writer of DAG-CBOR without a tree of values in between, for what is read and written all the time: tree nodes, actor states,
 * messages, receipts. Everything else goes through encode and decode of dag-cbor.ts, which are the authority in the tests.
 */

/** Major types of CBOR, the top three bits of an item's first byte. @see RFC 8949 section 3.1 */
export const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const

/** CBOR tag of a link. @see the DAG-CBOR specification */
const LINK_TAG = 42
/** Containers inside containers; the reference's decoder stops at 256 too. */
const MAX_NESTING = 256

const MAJOR_NAMES = [
  "an integer",
  "a negative integer",
  "bytes",
  "text",
  "a list",
  "a map",
  "a link",
  "a simple value",
] as const

const utf8Decoder = new TextDecoder("utf-8", { fatal: true })
const utf8Encoder = new TextEncoder()

/**
 * Reads items one after the other from a byte array. Strict as {@link decode} is: shortest integers, definite lengths, tag 42 only.
 * Every method throws {@link CborError} when the next item is not what was asked for; `what` names it in the message.
 */
export class CborReader {
  readonly bytes: Uint8Array
  /** Offset of the next item. May be set, to read something again. */
  at: number
  readonly end: number
  /** Argument of the head read last; exact up to 2^53. */
  #argument = 0

  constructor(bytes: Uint8Array, start: number = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  /** Reads the head of the next item and returns its major type. */
  #head(): number {
    const bytes = this.bytes
    if (this.at >= this.end) throw new CborError(`CBOR ends at byte ${this.at} where an item is due`)
    const first = bytes[this.at]!
    const low = first & 0x1f
    if (low < 24) {
      this.at++
      this.#argument = low
      return first >> 5
    }
    if (low > 27) throw new CborError(`byte ${this.at}: CBOR head 0x${first.toString(16)} is not allowed in DAG-CBOR`)
    const length = 1 << (low - 24)
    const start = this.at + 1
    if (start + length > this.end) throw new CborError(`CBOR ends at byte ${this.end} inside an item's head`)
    let argument = bytes[start]!
    for (let i = 1; i < length; i++) argument = argument * 256 + bytes[start + i]!
    const major = first >> 5
    // In a float (major 7) the bytes are the value, not a length.
    if (major !== MAJOR.simple) {
      const least = low === 24 ? 24 : low === 25 ? 0x100 : low === 26 ? 0x10000 : 0x100000000
      if (argument < least) throw new CborError(`byte ${this.at}: integer is not encoded in its shortest form`)
    } else if (low !== 27) throw new CborError(`byte ${this.at}: simple value or short float is not DAG-CBOR`)
    this.at = start + length
    this.#argument = argument
    return major
  }

  #expect(major: number, what: string): number {
    const start = this.at
    const got = this.#head()
    if (got !== major) {
      this.at = start
      throw new CborError(`byte ${start}: ${what} should be ${MAJOR_NAMES[major]}, is ${MAJOR_NAMES[got]}`)
    }
    return this.#argument
  }

  /** Major type of the next item, without moving. */
  peekMajor(): number {
    if (this.at >= this.end) throw new CborError(`CBOR ends at byte ${this.at} where an item is due`)
    return this.bytes[this.at]! >> 5
  }

  /** Reads the head of a list and returns its length, which may be a lie: the items can be missing. */
  arrayHeader(what: string): number {
    return this.#expect(MAJOR.array, what)
  }

  /** Reads the head of a list of exactly `length` items. */
  tuple(length: number, what: string): void {
    const start = this.at
    const got = this.arrayHeader(what)
    if (got !== length) throw new CborError(`byte ${start}: ${what} should be a list of ${length}, has ${got} items`)
  }

  /** Reads the head of a map and returns the number of its pairs. */
  mapHeader(what: string): number {
    return this.#expect(MAJOR.map, what)
  }

  /** A byte string, as a view of the input. */
  bytesView(what: string): Uint8Array {
    const length = this.#expect(MAJOR.bytes, what)
    return this.#take(length)
  }

  #take(length: number): Uint8Array {
    if (length > this.end - this.at) throw new CborError(`CBOR ends at byte ${this.end} inside a string`)
    const start = this.at
    this.at += length
    return this.bytes.subarray(start, this.at)
  }

  text(what: string): string {
    const length = this.#expect(MAJOR.text, what)
    const view = this.#take(length)
    try {
      return utf8Decoder.decode(view)
    } catch (cause) {
      throw new CborError(`${what} is not UTF-8`, { cause })
    }
  }

  /** An unsigned integer up to 2^53 - 1. */
  uint(what: string): number {
    const value = this.#expect(MAJOR.uint, what)
    if (value > Number.MAX_SAFE_INTEGER) throw new CborError(`${what} is larger than 2^53 - 1`)
    return value
  }

  /** An unsigned 64-bit integer. */
  uint64(what: string): bigint {
    const value = this.#expect(MAJOR.uint, what)
    return value <= Number.MAX_SAFE_INTEGER ? BigInt(value) : this.#argument64()
  }

  /** A signed 64-bit integer. */
  int64(what: string): bigint {
    const negative = this.peekMajor() === MAJOR.negative
    const value = this.#expect(negative ? MAJOR.negative : MAJOR.uint, what)
    const magnitude = value <= Number.MAX_SAFE_INTEGER ? BigInt(value) : this.#argument64()
    if (magnitude > 0x7fffffffffffffffn) throw new CborError(`${what} does not fit in a signed 64-bit integer`)
    return negative ? -1n - magnitude : magnitude
  }

  /** The eight argument bytes before `at`, exactly. */
  #argument64(): bigint {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at - 8, 8)
    return view.getBigUint64(0)
  }

  boolean(what: string): boolean {
    const byte = this.at < this.end ? this.bytes[this.at] : undefined
    if (byte !== 0xf4 && byte !== 0xf5) throw new CborError(`byte ${this.at}: ${what} should be a boolean`)
    this.at++
    return byte === 0xf5
  }

  /** Moves past a null and returns true; returns false, without moving, before anything else. */
  skipNull(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== 0xf6) return false
    this.at++
    return true
  }

  /** The bytes of a link's CID, as a view of the input. They are not looked at. */
  linkView(what: string): Uint8Array {
    const start = this.at
    const tag = this.#expect(MAJOR.tag, what)
    if (tag !== LINK_TAG) throw new CborError(`byte ${start}: ${what} has CBOR tag ${tag}, a link has ${LINK_TAG}`)
    const view = this.bytesView(what)
    if (view[0] !== 0) throw new CborError(`byte ${start}: ${what} does not begin with a zero byte as links do`)
    return view.subarray(1)
  }

  /** A link. @throws CidError */
  link(what: string): CID {
    return decodeCid(this.linkView(what))
  }

  /** Moves past the next item, whatever it is, and checks its form on the way. */
  skip(what: string): void {
    this.#skip(what, 0)
  }

  #skip(what: string, depth: number): void {
    const start = this.at
    const major = this.#head()
    const argument = this.#argument
    switch (major) {
      case MAJOR.uint:
      case MAJOR.negative:
        return
      case MAJOR.bytes:
      case MAJOR.text:
        if (argument > this.end - this.at) throw new CborError(`CBOR ends at byte ${this.end} inside ${what}`)
        this.at += argument
        return
      case MAJOR.array:
      case MAJOR.map: {
        if (depth >= MAX_NESTING) throw new CborError(`${what} is nested more than ${MAX_NESTING} deep`)
        const items = major === MAJOR.array ? argument : argument * 2
        // Each item has at least one byte: a length that lies must not keep us busy.
        if (items > this.end - this.at) throw new CborError(`CBOR ends at byte ${this.end} inside ${what}`)
        for (let i = 0; i < items; i++) this.#skip(what, depth + 1)
        return
      }
      case MAJOR.tag:
        if (argument !== LINK_TAG) throw new CborError(`byte ${start}: CBOR tag ${argument} is not DAG-CBOR`)
        this.bytesView(what)
        return
      default: {
        const first = this.bytes[start]!
        // false, true, null, 64-bit float
        if (first !== 0xf4 && first !== 0xf5 && first !== 0xf6 && first !== 0xfb)
          throw new CborError(`byte ${start}: simple value 0x${first.toString(16)} is not DAG-CBOR`)
      }
    }
  }

  /** @throws CborError - Something is left. */
  finish(what: string): void {
    if (this.at !== this.end) throw new CborError(`${this.end - this.at} bytes follow ${what}`)
  }
}

/** Collects encoded items. `finish()` returns a copy and empties the writer, so one writer can serve for ever. */
export class CborWriter {
  #bytes: Uint8Array = new Uint8Array(4096)
  #at = 0

  #grow(more: number): void {
    const needed = this.#at + more
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }

  #head(major: number, argument: number): void {
    this.#grow(9)
    const bytes = this.#bytes
    const top = major << 5
    if (argument < 24) bytes[this.#at++] = top | argument
    else if (argument < 0x100) {
      bytes[this.#at++] = top | 24
      bytes[this.#at++] = argument
    } else if (argument < 0x10000) {
      bytes[this.#at++] = top | 25
      bytes[this.#at++] = argument >> 8
      bytes[this.#at++] = argument
    } else {
      let length = 4
      if (argument >= 0x100000000) length = 8
      bytes[this.#at++] = top | (length === 4 ? 26 : 27)
      let rest = argument
      for (let i = this.#at + length - 1; i >= this.#at; i--) {
        bytes[i] = rest % 256
        rest = Math.floor(rest / 256)
      }
      this.#at += length
    }
  }

  /** Head of a list; exactly `length` items must follow. */
  arrayHeader(length: number): this {
    this.#head(MAJOR.array, length)
    return this
  }

  /** Head of a map; `length` pairs must follow, keys in canonical order. */
  mapHeader(length: number): this {
    this.#head(MAJOR.map, length)
    return this
  }

  bytes(value: Uint8Array): this {
    this.#head(MAJOR.bytes, value.length)
    return this.raw(value)
  }

  text(value: string): this {
    const { length } = value
    // Keys of events and the like: short and ASCII.
    if (length < 24) {
      this.#head(MAJOR.text, length)
      this.#grow(length)
      const start = this.#at
      let i = 0
      for (; i < length; i++) {
        const unit = value.charCodeAt(i)
        if (unit >= 0x80) break
        this.#bytes[start + i] = unit
      }
      if (i === length) {
        this.#at = start + length
        return this
      }
      this.#at = start - 1
    }
    const encoded = utf8Encoder.encode(value)
    this.#head(MAJOR.text, encoded.length)
    return this.raw(encoded)
  }

  /** An integer in -2^64..2^64-1. @throws CborError - Any other number. */
  integer(value: number | bigint): this {
    if (typeof value === "number" && Number.isSafeInteger(value)) {
      if (value >= 0) this.#head(MAJOR.uint, value)
      else this.#head(MAJOR.negative, -1 - value)
      return this
    }
    if (typeof value === "number") throw new CborError(`${value} is not an integer that a number holds exactly`)
    const magnitude = value < 0n ? -1n - value : value
    if (magnitude > 0xffffffffffffffffn) throw new CborError(`integer ${value} needs more than 64 bits`)
    const major = value < 0n ? MAJOR.negative : MAJOR.uint
    if (magnitude <= 0xffffffffn) this.#head(major, Number(magnitude))
    else {
      this.#grow(9)
      this.#bytes[this.#at] = (major << 5) | 27
      new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at + 1, 8).setBigUint64(0, magnitude)
      this.#at += 9
    }
    return this
  }

  /** A Filecoin big integer: a byte string as `encodeBigInt` makes it. */
  bigInt(value: bigint): this {
    return this.bytes(encodeBigInt(value))
  }

  boolean(value: boolean): this {
    this.#grow(1)
    this.#bytes[this.#at++] = value ? 0xf5 : 0xf4
    return this
  }

  null(): this {
    this.#grow(1)
    this.#bytes[this.#at++] = 0xf6
    return this
  }

  link(cid: CID): this {
    return this.linkBytes(cid.bytes, 0, cid.bytes.length)
  }

  /** A link whose CID is bytes[start..end]. */
  linkBytes(bytes: Uint8Array, start: number, end: number): this {
    const length = end - start
    this.#head(MAJOR.tag, LINK_TAG)
    this.#head(MAJOR.bytes, length + 1)
    this.#grow(length + 1)
    this.#bytes[this.#at++] = 0
    this.#copy(bytes, start, end)
    return this
  }

  /** Bytes that are encoded already: one item, or several. */
  raw(bytes: Uint8Array, start: number = 0, end: number = bytes.length): this {
    this.#grow(end - start)
    this.#copy(bytes, start, end)
    return this
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    const target = this.#bytes
    let at = this.#at
    // A loop beats set(subarray()) for the short pieces that nodes are made of.
    if (end - start <= 64) for (let i = start; i < end; i++) target[at++] = bytes[i]!
    else {
      target.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at)
      at += end - start
    }
    this.#at = at
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at
  }

  /** All that was written, as an array of its own; the writer is empty afterwards. */
  finish(): Uint8Array {
    const result = this.#bytes.slice(0, this.#at)
    this.#at = 0
    return result
  }

  /** Throws away what was written, after an error half-way. */
  reset(): void {
    this.#at = 0
  }
}
