import { type NestedUint8Array, RLP } from "@ethereumjs/rlp"

/** An RLP item: bytes, or a list of items. */
export type RlpItem = Uint8Array | NestedUint8Array

/** Lists deeper than this are refused: a run of 0xc1 bytes costs a stack frame each. */
const MAX_DEPTH = 32

/** Why bytes are not one canonical RLP item. The texts are the ones tools show after "invalid rlp data". */
export class RlpError extends Error {
  override readonly name = "RlpError"
}

/**
 * Reads exactly one RLP item; no byte may be left over.
 *
 * Lengths are checked before the library sees the bytes, so that the error names what is wrong: it has one text for most faults.
 *
 * @throws RlpError - Cut off, left over, or not canonical.
 * @see Ethereum Yellow Paper, appendix B
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const end = checkItem(bytes, 0, bytes.length, 0)
  if (end !== bytes.length) throw new RlpError(`length ${bytes.length}, consumed ${end}`)
  return RLP.decode(bytes)
}

/** Checks the item at `at` within `limit` and returns where it ends. */
function checkItem(bytes: Uint8Array, at: number, limit: number, depth: number): number {
  if (at >= limit) throw new RlpError("data is empty")
  if (depth > MAX_DEPTH) throw new RlpError(`list nesting depth exceeds limit of ${MAX_DEPTH}`)
  const first = bytes[at]!
  if (first < 0x80) return at + 1
  const isList = first >= 0xc0
  const short = isList ? 0xc0 : 0x80
  let start = at + 1
  let length = first - short
  if (length > 55) {
    const lengthBytes = length - 55
    length = readLength(bytes, start, limit, lengthBytes)
    start += lengthBytes
    if (length <= 55) throw new RlpError(`non-canonical ${isList ? "list" : "string"} length encoding`)
  }
  const end = start + length
  if (end > limit) throw new RlpError(`out of bound while parsing ${isList ? "list" : "string"}`)
  if (!isList) {
    if (first === 0x81 && bytes[start]! < 0x80) throw new RlpError("non-canonical single byte encoding")
    return end
  }
  let next = start
  while (next < end) next = checkItem(bytes, next, end, depth + 1)
  return end
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
