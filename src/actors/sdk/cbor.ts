/**
 * CBOR over raw memory: a reader that walks a block, a writer that fills a buffer of known size.
 *
 * The reader takes what the official actors take, not what RFC 8949 or DAG-CBOR allow: heads may be longer than needed,
 * byte and text strings may be indefinite, arrays and maps may not, and a head of major type 0 passes for a length (a
 * property of the decoder used there, cbor4ii; whether a message succeeds hangs on it). Anything else ends the invocation
 * with the reader's exit code.
 */
import { CID_LENGTH, cidLength } from "./cid"
import { ExitCode } from "./exit-code"
import { abort } from "./exit"
import { alloc } from "./memory"

export namespace Major {
  export const UNSIGNED: u32 = 0
  export const NEGATIVE: u32 = 1
  export const BYTES: u32 = 2
  export const TEXT: u32 = 3
  export const ARRAY: u32 = 4
  export const MAP: u32 = 5
  export const TAG: u32 = 6
  export const SIMPLE: u32 = 7
}

const FALSE: u32 = 0xf4
const TRUE: u32 = 0xf5
const NULL: u32 = 0xf6
const BREAK: u32 = 0xff

/** Walks CBOR in memory. Byte strings are handed out as addresses into it, without copying. */
@unmanaged
export class Reader {
  /** Next byte. */
  at: usize
  /** One past the last byte. */
  end: usize
  /** Length of the string that was read last. */
  length: u32
  /** Exit code for malformed input. */
  code: u32

  /** A reader over `length` bytes at `at`. Input that is not as expected exits with `code`. Default: USR_SERIALIZATION. */
  static over(at: usize, length: u32, code: u32 = ExitCode.USR_SERIALIZATION): Reader {
    const reader = changetype<Reader>(alloc(offsetof<Reader>()))
    reader.at = at
    reader.end = at + length
    reader.length = 0
    reader.code = code
    return reader
  }

  /** Ends the invocation. */
  fail(): u32 {
    return abort(this.code, "malformed CBOR")
  }

  /** The next byte without taking it. */
  peek(): u32 {
    if (this.at >= this.end) this.fail()
    return load<u8>(this.at)
  }

  /** Reads a head of the given major type and its argument. */
  head(major: u32): u64 {
    const at = this.at
    if (at >= this.end) this.fail()
    const info = u32(load<u8>(at)) & ~(major << 5)
    if (info < 24) {
      this.at = at + 1
      return info
    }
    return this.longHead(info)
  }

  private longHead(info: u32): u64 {
    const at = this.at + 1
    if (info > 27) this.fail()
    const next = at + (1 << (info - 24))
    if (next > this.end) this.fail()
    this.at = next
    if (info == 24) return load<u8>(at)
    if (info == 25) return bswap<u16>(load<u16>(at))
    if (info == 26) return bswap<u32>(load<u32>(at))
    return bswap<u64>(load<u64>(at))
  }

  /** Number of elements of an array. */
  // @ts-ignore: decorator
  @inline
  array(): u64 {
    return this.head(Major.ARRAY)
  }

  /** Enters an array that must have exactly `count` elements: how structs are written. */
  tuple(count: u32): void {
    if (this.head(Major.ARRAY) != count) this.fail()
  }

  /** Number of entries of a map. */
  // @ts-ignore: decorator
  @inline
  map(): u64 {
    return this.head(Major.MAP)
  }

  /** An unsigned integer. */
  u64(): u64 {
    return this.head(Major.UNSIGNED)
  }

  u32(): u32 {
    const at = this.at
    const value = this.head(Major.UNSIGNED)
    if (this.at - at > 5) this.fail()
    return u32(value)
  }

  i64(): i64 {
    const first = this.peek()
    const value = this.head(first >> 5 == Major.NEGATIVE ? Major.NEGATIVE : Major.UNSIGNED)
    if (i64(value) < 0) this.fail()
    return first >> 5 == Major.NEGATIVE ? ~i64(value) : i64(value)
  }

  bool(): bool {
    const byte = this.peek()
    if (byte != FALSE && byte != TRUE) this.fail()
    this.at++
    return byte == TRUE
  }

  /** Takes a null if there is one. */
  isNull(): bool {
    if (this.peek() != NULL) return false
    this.at++
    return true
  }

  /** A byte string: its address; its length is in `length`. */
  // @ts-ignore: decorator
  @inline
  bytes(): usize {
    return this.string(Major.BYTES)
  }

  /** A text string: the address of its bytes, which are checked to be UTF-8; its length is in `length`. */
  text(): usize {
    const at = this.string(Major.TEXT)
    if (!isUtf8(at, this.length)) this.fail()
    return at
  }

  /** A byte string of exactly `length` bytes. */
  fixedBytes(length: u32): usize {
    const at = this.string(Major.BYTES)
    if (this.length != length) this.fail()
    return at
  }

  private string(major: u32): usize {
    if (this.peek() == ((major << 5) | 31)) return this.chunks(major)
    const length = this.head(major)
    const at = this.at
    if (length > u64(this.end - at)) this.fail()
    this.length = u32(length)
    this.at = at + usize(length)
    return at
  }

  /** An indefinite string: its chunks, put together elsewhere. Chunks may be indefinite themselves. */
  private chunks(major: u32): usize {
    const joined = alloc(this.end - this.at)
    let length: u32 = 0
    let depth = 0
    do {
      const byte = this.peek()
      if (byte == BREAK && depth > 0) {
        this.at++
        depth--
      } else if (byte == ((major << 5) | 31)) {
        this.at++
        depth++
        if (depth > 256) this.fail()
      } else {
        const size = this.head(major)
        if (size > u64(this.end - this.at)) this.fail()
        memory.copy(joined + length, this.at, usize(size))
        this.at += usize(size)
        length += u32(size)
      }
    } while (depth > 0)
    this.length = length
    return joined
  }

  /** A link: the address of the CID's bytes; its length is in `length`. */
  cid(): usize {
    // What all of our own state consists of, at one glance: d8 2a 58 27 00 01.
    const at = this.at
    if (at + 43 <= this.end && load<u32>(at) == 0x27582ad8 && load<u16>(at, 4) == 0x0100 && load<u16>(at, 7) == 0xe4a0) {
      this.at = at + 5 + CID_LENGTH
      this.length = CID_LENGTH
      return at + 5
    }
    return this.anyCid()
  }

  private anyCid(): usize {
    if (this.head(Major.TAG) != 42) this.fail()
    if (this.peek() >> 5 != Major.BYTES) this.fail()
    const at = this.string(Major.BYTES)
    const length = this.length
    if (length <= 1 || load<u8>(at) != 0) this.fail()
    // A CID may be followed by more bytes in the same string; they are ignored where it is parsed.
    const size = cidLength(at + 1, at + length)
    if (size == 0) this.fail()
    this.length = size
    return at + 1
  }

  /** Passes over one item of any kind, as DAG-CBOR has them, and answers where it starts. */
  skip(): usize {
    const start = this.at
    const major = this.peek() >> 5
    if (major == Major.BYTES || major == Major.TEXT) this.string(major)
    else if (major == Major.SIMPLE) {
      const info = this.peek() & 31
      if (info == 27) this.head(Major.SIMPLE)
      else if (info >= 20 && info <= 22) this.at++
      else this.fail()
    } else {
      let items = this.head(major)
      if (major == Major.TAG) items = 1
      else if (major == Major.MAP) items *= 2
      else if (major != Major.ARRAY) items = 0
      for (; items > 0; items--) this.skip()
    }
    return start
  }

  /** Checks that nothing follows. */
  finish(): void {
    if (this.at != this.end) this.fail()
  }
}

/** Whether `length` bytes are well-formed UTF-8. */
export function isUtf8(at: usize, length: u32): bool {
  const end = at + length
  while (at < end) {
    const byte = u32(load<u8>(at++))
    if (byte < 0x80) continue
    let more: u32
    let code: u32
    let least: u32
    if (byte >> 5 == 6) {
      more = 1
      code = byte & 31
      least = 0x80
    } else if (byte >> 4 == 14) {
      more = 2
      code = byte & 15
      least = 0x800
    } else if (byte >> 3 == 30) {
      more = 3
      code = byte & 7
      least = 0x10000
    } else return false
    if (at + more > end) return false
    for (; more > 0; more--) {
      const next = u32(load<u8>(at++))
      if (next >> 6 != 2) return false
      code = (code << 6) | (next & 63)
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false
  }
  return true
}

/** Bytes that a head with this argument takes: 1, 2, 3, 5 or 9. */
export function headSize(value: u64): u32 {
  if (value < 24) return 1
  if (value < 0x100) return 2
  if (value < 0x10000) return 3
  return value < 0x100000000 ? 5 : 9
}

/** Bytes that a byte or text string of this length takes, head included. */
export function stringSize(length: u32): u32 {
  return headSize(length) + length
}

/** Bytes that a signed integer takes. */
export function intSize(value: i64): u32 {
  return headSize(value < 0 ? ~value : value)
}

/** Bytes that a link to a state CID (38 bytes) takes. */
export const LINK_SIZE: u32 = 43

/** Writes canonical CBOR into a buffer. Whoever makes it gives it enough room: nothing is checked. */
@unmanaged
export class Writer {
  start: usize
  at: usize

  /** A writer with room for `capacity` bytes. */
  static sized(capacity: u32): Writer {
    const writer = changetype<Writer>(alloc(offsetof<Writer>()))
    const at = alloc(capacity)
    writer.start = at
    writer.at = at
    return writer
  }

  /** Bytes written so far. */
  // @ts-ignore: decorator
  @inline
  get length(): u32 {
    return u32(this.at - this.start)
  }

  head(major: u32, value: u64): void {
    const at = this.at
    const type = major << 5
    if (value < 24) {
      store<u8>(at, type | u32(value))
      this.at = at + 1
    } else if (value < 0x100) {
      store<u8>(at, type | 24)
      store<u8>(at, value, 1)
      this.at = at + 2
    } else if (value < 0x10000) {
      store<u8>(at, type | 25)
      store<u16>(at, bswap<u16>(u16(value)), 1)
      this.at = at + 3
    } else if (value < 0x100000000) {
      store<u8>(at, type | 26)
      store<u32>(at, bswap<u32>(u32(value)), 1)
      this.at = at + 5
    } else {
      store<u8>(at, type | 27)
      store<u64>(at, bswap<u64>(value), 1)
      this.at = at + 9
    }
  }

  // @ts-ignore: decorator
  @inline
  array(count: u64): void {
    this.head(Major.ARRAY, count)
  }

  // @ts-ignore: decorator
  @inline
  map(count: u64): void {
    this.head(Major.MAP, count)
  }

  // @ts-ignore: decorator
  @inline
  u64(value: u64): void {
    this.head(Major.UNSIGNED, value)
  }

  i64(value: i64): void {
    if (value < 0) this.head(Major.NEGATIVE, ~value)
    else this.head(Major.UNSIGNED, value)
  }

  bool(value: bool): void {
    store<u8>(this.at++, value ? TRUE : FALSE)
  }

  null(): void {
    store<u8>(this.at++, NULL)
  }

  bytes(from: usize, length: u32): void {
    this.head(Major.BYTES, length)
    this.raw(from, length)
  }

  text(from: usize, length: u32): void {
    this.head(Major.TEXT, length)
    this.raw(from, length)
  }

  /** A link to a CID of `length` bytes. Default: a state CID, 38 bytes. */
  cid(from: usize, length: u32 = CID_LENGTH): void {
    store<u16>(this.at, 0x2ad8)
    this.at += 2
    this.head(Major.BYTES, length + 1)
    store<u8>(this.at++, 0)
    this.raw(from, length)
  }

  /** Bytes as they are: CBOR that was made elsewhere. */
  // @ts-ignore: decorator
  @inline
  raw(from: usize, length: u32): void {
    memory.copy(this.at, from, length)
    this.at += length
  }
}
