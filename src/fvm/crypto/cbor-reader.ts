import type { CID } from "multiformats/cid"
import { CborError } from "../../ipld/errors.ts"
import { readCid } from "../kernel/read-cid.ts"

const BYTES = 2
const ARRAY = 4
const TAG = 6
const CID_TAG = 42n
/** The head of a byte string of unknown length, and what ends it. */
const INDEFINITE_BYTES = 0x5f
const BREAK = 0xff
const MAX_DEPTH = 256
const MAX_INT64 = (1n << 63n) - 1n

/**
 * Reads CBOR as the reference's decoder does where an actor's arguments are CBOR, and that is not strictly DAG-CBOR:
 *
 * - numbers and lengths may be longer than they need be;
 * - the head of a list, byte string or tag is accepted with bits of its major type missing (an unsigned 5 for a list of 5);
 * - byte strings may come in chunks; bytes after the CID in a link do not matter.
 *
 * Each method takes the next item and throws `CborError` if it is another.
 *
 * @see crates cbor4ii 0.2 core/dec.rs, serde_ipld_dagcbor 0.6 de.rs
 */
export class CborReader {
  private readonly bytes: Uint8Array
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Expects that nothing is left. */
  end(): void {
    if (this.at !== this.bytes.length) throw new CborError(`${this.bytes.length - this.at} bytes are left over`)
  }

  uint64(): bigint {
    return this.argument(this.byte(), 0xff)
  }

  /** An unsigned integer of at most 8 bits, in at most two bytes. */
  uint8(): number {
    const head = this.byte()
    if (head < 0x18) return head
    if (head === 0x18) return this.byte()
    throw mismatch("an 8-bit integer", head)
  }

  int64(): bigint {
    const head = this.byte()
    const major = head >> 5
    if (major > 1) throw mismatch("an integer", head)
    const value = this.argument(head & 0x1f, 0xff)
    if (value > MAX_INT64) throw new CborError(`${value} does not fit 64 bits with a sign`)
    return major === 0 ? value : -1n - value
  }

  /** A byte string; a copy. */
  byteString(): Uint8Array {
    const chunks: Uint8Array[] = []
    this.chunk(this.byte(), chunks, 0)
    if (chunks.length === 1) return chunks[0]!
    const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
    let at = 0
    for (const chunk of chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }

  link(): CID {
    const head = this.byte()
    const tag = this.argument(head, maskOf(TAG))
    if (tag !== CID_TAG) throw mismatch("a link", head)
    const next = this.bytes[this.at]
    if (next === undefined || next >> 5 !== BYTES) throw mismatch("the bytes of a link", next ?? -1)
    const bytes = this.byteString()
    if (bytes.length < 2 || bytes[0] !== 0) throw new CborError("a link does not begin with a zero byte")
    const read = readCid(bytes, 1, bytes.length)
    if (read === undefined) throw new CborError("a link is no CID")
    return read.cid
  }

  /** The head of a list of exactly `length` items; the caller reads them. */
  tuple(length: number): void {
    const got = this.argument(this.byte(), maskOf(ARRAY))
    if (got !== BigInt(length)) throw new CborError(`expected a list of ${length}, got one of ${got}`)
  }

  /** A list whose items `item` reads. */
  list<T>(item: () => T): T[] {
    const length = this.argument(this.byte(), maskOf(ARRAY))
    const items: T[] = []
    // Each item takes a byte at least, so a length that lies ends with the bytes.
    for (let i = 0n; i < length; i++) items.push(item())
    return items
  }

  private chunk(head: number, chunks: Uint8Array[], depth: number): void {
    if (head !== INDEFINITE_BYTES) {
      const length = this.argument(head, maskOf(BYTES))
      if (length > BigInt(this.bytes.length - this.at)) throw new CborError("a byte string is cut off")
      const end = this.at + Number(length)
      chunks.push(this.bytes.slice(this.at, end))
      this.at = end
      return
    }
    if (depth > MAX_DEPTH - 16) throw new CborError("chunks in chunks too deep")
    for (let next = this.byte(); next !== BREAK; next = this.byte()) this.chunk(next, chunks, depth + 1)
  }

  /** The number in or after a head, of which the bits of `mask` count. */
  private argument(head: number, mask: number): bigint {
    const low = head & mask
    if (low < 0x18) return BigInt(low)
    if (low > 0x1b) throw mismatch("another head", head)
    const length = 1 << (low - 0x18)
    if (this.at + length > this.bytes.length) throw new CborError("a number is cut off")
    let value = 0n
    for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(this.byte())
    return value
  }

  private byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new CborError("an item is missing")
    this.at++
    return byte
  }
}

/** What the reference leaves of a head before it looks at it: all but the bits that the major type has. */
function maskOf(major: number): number {
  return ~(major << 5) & 0xff
}

function mismatch(expected: string, head: number): CborError {
  return new CborError(`expected ${expected}, got the head 0x${head.toString(16)}`)
}
