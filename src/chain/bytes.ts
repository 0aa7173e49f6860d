import { ChainError } from "./errors.ts"

/** Writes a row of the database: fixed-size integers big-endian, so that keys sort by number; lengths as LEB128. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #at = 0

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }

  u8(value: number): this {
    this.#room(1)
    this.#bytes[this.#at++] = value
    return this
  }

  u32(value: number): this {
    this.#room(4)
    this.#bytes[this.#at++] = value >>> 24
    this.#bytes[this.#at++] = value >>> 16
    this.#bytes[this.#at++] = value >>> 8
    this.#bytes[this.#at++] = value
    return this
  }

  /** Unsigned LEB128. */
  varint(value: bigint | number): this {
    let rest = BigInt(value)
    while (rest >= 0x80n) {
      this.u8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    return this.u8(Number(rest))
  }

  /** Bytes without a length. */
  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  /** Length and bytes. */
  bytes(bytes: Uint8Array): this {
    return this.small(bytes.length).raw(bytes)
  }

  /** A non-negative integer as LEB128, without bigint. */
  small(value: number): this {
    let rest = value
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 128)
    }
    return this.u8(rest)
  }

  /** Bytes so far. */
  get length(): number {
    return this.#at
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }
}

/** Reads what {@link ByteWriter} wrote; byte strings are copies. @throws ChainError - `invalid-encoding`: too short. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at: number

  /** @param at - Where to begin. */
  constructor(bytes: Uint8Array, at: number = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  u8(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new ChainError("invalid-encoding", "a row of the database ends too early")
    return value
  }

  u32(): number {
    return ((this.u8() << 24) | (this.u8() << 16) | (this.u8() << 8) | this.u8()) >>> 0
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  small(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  raw(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new ChainError("invalid-encoding", "a row of the database ends too early")
    const bytes = new Uint8Array(length)
    bytes.set(this.#bytes.subarray(this.#at, end))
    this.#at = end
    return bytes
  }

  bytes(): Uint8Array {
    return this.raw(this.small())
  }

  /** Fills the end of an array. */
  fill(target: Uint8Array, from: number): void {
    const end = this.#at + target.length - from
    if (end > this.#bytes.length) throw new ChainError("invalid-encoding", "a row of the database ends too early")
    for (let i = from, at = this.#at; at < end; i++, at++) target[i] = this.#bytes[at]!
    this.#at = end
  }

  /** Passes over an integer as LEB128. */
  skipVarint(): void {
    while (this.u8() >= 0x80);
  }

  /** Passes over bytes. */
  skip(length: number): void {
    this.#at += length
  }
}

/**
 * A copy of what the database hands out: that is valid until the next look only, and is the beginning of a large buffer whose `length`
 * says how much of it counts.
 */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  const copied = new Uint8Array(length)
  copied.set(bytes.subarray(0, length))
  return copied
}

/** Numbers as a key or a short row: four bytes each, big-endian; what is larger is the largest. */
export function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  for (let i = 0, at = 0; i < values.length; i++) {
    const value = Math.min(values[i]!, 0xffffffff)
    bytes[at++] = value >>> 24
    bytes[at++] = value >>> 16
    bytes[at++] = value >>> 8
    bytes[at++] = value
  }
  return bytes
}

/** Hexadecimal text, without 0x: a map key for bytes. */
export function hex(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += HEX[byte]
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
