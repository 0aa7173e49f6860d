import { ModuleRefused } from "../errors.ts"

/*
 * LEB128 is the variable-length integer of the binary format: seven bits a byte, low bits first. The format allows
 * padding (0x80 0x00 is zero) up to the width of the type. Encoders of ours write the shortest form.
 */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Longest name of an import, export or custom section, in bytes. The limit of all engines. */
const MAX_STRING_BYTES = 100_000

/**
 * Reads the binary format from left to right. Every method throws `ModuleRefused` ("malformed") at what is no
 * encoding, and never reads beyond `end`.
 */
export class BinaryReader {
  readonly bytes: Uint8Array
  /** Offset of the next byte. */
  position: number
  /** Offset after the last byte that may be read. */
  readonly end: number

  constructor(bytes: Uint8Array, position: number = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  get atEnd(): boolean {
    return this.position >= this.end
  }

  fail(message: string, at: number = this.position): never {
    throw new ModuleRefused("malformed", message, at)
  }

  peek(): number {
    if (this.position >= this.end) this.fail("unexpected end")
    return this.bytes[this.position]!
  }

  u8(): number {
    if (this.position >= this.end) this.fail("unexpected end")
    return this.bytes[this.position++]!
  }

  /** Steps over `count` bytes and returns the offset of the first. */
  skip(count: number): number {
    const start = this.position
    if (count > this.end - start) this.fail("unexpected end")
    this.position = start + count
    return start
  }

  /** An unsigned 32-bit LEB128. */
  u32(): number {
    const first = this.u8()
    if (first < 0x80) return first
    let result = first & 0x7f
    for (let shift = 7; ; shift += 7) {
      const byte = this.u8()
      if (shift === 28) {
        if (byte > 0x0f) this.fail("integer too large or too long", this.position - 1)
        return (result | (byte << 28)) >>> 0
      }
      result |= (byte & 0x7f) << shift
      if (byte < 0x80) return result
    }
  }

  /** A signed 32-bit LEB128. */
  s32(): number {
    let result = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8()
      result |= (byte & 0x7f) << shift
      if (shift === 28) {
        // Bits 4 to 6 repeat the sign, bit 7 would go on.
        const rest = byte & 0xf8
        if (rest !== 0 && rest !== 0x78) this.fail("integer too large or too long", this.position - 1)
        return result
      }
      if (byte < 0x80) return (result << (25 - shift)) >> (25 - shift)
    }
  }

  /** A signed 64-bit LEB128. */
  s64(): bigint {
    const start = this.position
    this.skipS64()
    let result = 0n
    let shift = 0n
    for (let i = start; i < this.position; i++) {
      result |= BigInt(this.bytes[i]! & 0x7f) << shift
      shift += 7n
    }
    return BigInt.asIntN(Number(shift < 64n ? shift : 64n), result)
  }

  /** Steps over a signed 64-bit LEB128. */
  skipS64(): void {
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8()
      if (shift === 63) {
        if (byte !== 0 && byte !== 0x7f) this.fail("integer too large or too long", this.position - 1)
        return
      }
      if (byte < 0x80) return
    }
  }

  /** A length-prefixed UTF-8 string. */
  name(): string {
    const length = this.u32()
    if (length > MAX_STRING_BYTES) this.fail("name too long")
    const start = this.skip(length)
    try {
      return utf8.decode(this.bytes.subarray(start, start + length))
    } catch {
      return this.fail("name is not UTF-8", start)
    }
  }
}

/** Number of bytes of the shortest unsigned LEB128 of `value`. */
export function u32Length(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5
}

/** Number of bytes of the shortest signed LEB128 of a 32-bit `value`. */
export function s32Length(value: number): number {
  const magnitude = value < 0 ? ~value : value
  return magnitude < 0x40 ? 1 : magnitude < 0x2000 ? 2 : magnitude < 0x10_0000 ? 3 : magnitude < 0x800_0000 ? 4 : 5
}

/** Writes the binary format into a buffer that grows. */
export class BinaryWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity: number = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  u8(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  u32(value: number): void {
    this.#reserve(5)
    while (value >= 0x80) {
      this.#bytes[this.#length++] = (value & 0x7f) | 0x80
      value >>>= 7
    }
    this.#bytes[this.#length++] = value
  }

  s32(value: number): void {
    this.#reserve(5)
    while (value < -0x40 || value > 0x3f) {
      this.#bytes[this.#length++] = (value & 0x7f) | 0x80
      value >>= 7
    }
    this.#bytes[this.#length++] = value & 0x7f
  }

  s64(value: bigint): void {
    while (value < -0x40n || value > 0x3fn) {
      this.u8(Number(value & 0x7fn) | 0x80)
      value >>= 7n
    }
    this.u8(Number(value & 0x7fn))
  }

  /** `source[start, end)`, as it is. */
  copy(source: Uint8Array, start: number = 0, end: number = source.length): void {
    this.#reserve(end - start)
    if (end - start < 24) {
      const bytes = this.#bytes
      let at = this.#length
      for (let i = start; i < end; i++) bytes[at++] = source[i]!
      this.#length = at
      return
    }
    this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length += end - start
  }

  /** `bytes` after their length. */
  prefixed(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.copy(bytes)
  }

  name(text: string): void {
    this.prefixed(new TextEncoder().encode(text))
  }

  /** Forgets what was written and starts anew in the same buffer. */
  clear(): void {
    this.#length = 0
  }

  /** What was written so far; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
