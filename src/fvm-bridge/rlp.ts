/** An RLP item: bytes, or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[]

/** Lists deeper than this are refused: a run of 0xc1 bytes costs a stack frame each. */
const MAX_DEPTH = 32
/** Up to this length one byte says it, beyond it the first byte says how many bytes do. */
const MAX_SHORT = 55
const STRING = 0x80
const LIST = 0xc0

/** Why bytes are not one canonical RLP item. The texts are the ones tools show after "invalid rlp data". */
export class RlpError extends Error {
  override readonly name = "RlpError"
}

/**
 * Reads exactly one RLP item; no byte may be left over. What it gives lies in `bytes` and is no copy.
 *
 * @throws RlpError - Cut off, left over, or not canonical.
 * @see Ethereum Yellow Paper, appendix B
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const reader = new Reader(bytes)
  const item = reader.item(bytes.length, 0)
  if (reader.at !== bytes.length) throw new RlpError(`length ${bytes.length}, consumed ${reader.at}`)
  return item
}

class Reader {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The next item, which has to end before `limit`. */
  item(limit: number, depth: number): RlpItem {
    const bytes = this.#bytes
    const { at } = this
    if (at >= limit) throw new RlpError("data is empty")
    if (depth > MAX_DEPTH) throw new RlpError(`list nesting depth exceeds limit of ${MAX_DEPTH}`)
    const first = bytes[at]!
    if (first < STRING) {
      this.at = at + 1
      return bytes.subarray(at, at + 1)
    }
    const isList = first >= LIST
    let start = at + 1
    let length = first - (isList ? LIST : STRING)
    if (length > MAX_SHORT) {
      const lengthBytes = length - MAX_SHORT
      length = readLength(bytes, start, limit, lengthBytes)
      start += lengthBytes
      if (length <= MAX_SHORT) throw new RlpError(`non-canonical ${isList ? "list" : "string"} length encoding`)
    }
    const end = start + length
    if (end > limit) throw new RlpError(`out of bound while parsing ${isList ? "list" : "string"}`)
    if (!isList) {
      if (first === STRING + 1 && bytes[start]! < STRING) throw new RlpError("non-canonical single byte encoding")
      this.at = end
      return bytes.subarray(start, end)
    }
    this.at = start
    const items: RlpItem[] = []
    while (this.at < end) items.push(this.item(end, depth + 1))
    return items
  }
}

function readLength(bytes: Uint8Array, at: number, limit: number, lengthBytes: number): number {
  if (at + lengthBytes > limit) throw new RlpError("out of bound while parsing length")
  if (bytes[at] === 0) throw new RlpError("non-canonical length encoding with leading zeros")
  let length = 0
  for (let i = 0; i < lengthBytes; i++) {
    length = length * 256 + bytes[at + i]!
    if (length > limit) throw new RlpError("out of bound while parsing length")
  }
  if (length > limit - at - lengthBytes) throw new RlpError("out of bound while parsing length")
  return length
}

/** Byte strings one after the other, each with its header: what a list of them has inside. */
export function encodeRlpItems(items: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + rlpLength(item), 0))
  let at = 0
  for (const item of items) {
    if (!isOwnCode(item)) at = writeHeader(bytes, at, STRING, item.length)
    bytes.set(item, at)
    at += item.length
  }
  return bytes
}

/** The list with these encoded items, with `before` in front of it. */
export function encodeRlpList(items: Uint8Array, before: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(before.length + headerLength(items.length) + items.length)
  bytes.set(before)
  bytes.set(items, writeHeader(bytes, before.length, LIST, items.length))
  return bytes
}

/** Bytes of a byte string with its header. */
export function rlpLength(item: Uint8Array): number {
  return isOwnCode(item) ? 1 : headerLength(item.length) + item.length
}

/** A single byte below 0x80 stands for itself. */
function isOwnCode(item: Uint8Array): boolean {
  return item.length === 1 && item[0]! < STRING
}

function headerLength(length: number): number {
  return length <= MAX_SHORT ? 1 : 1 + byteLength(length)
}

function byteLength(length: number): number {
  let bytes = 1
  for (let rest = length; rest >= 256; rest = Math.floor(rest / 256)) bytes++
  return bytes
}

/** @returns Where the content begins. */
function writeHeader(bytes: Uint8Array, at: number, kind: typeof STRING | typeof LIST, length: number): number {
  if (length <= MAX_SHORT) {
    bytes[at] = kind + length
    return at + 1
  }
  const lengthBytes = byteLength(length)
  bytes[at] = kind + MAX_SHORT + lengthBytes
  for (let i = lengthBytes, rest = length; i > 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256
  return at + 1 + lengthBytes
}
