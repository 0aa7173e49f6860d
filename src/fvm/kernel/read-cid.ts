import { CID } from "multiformats/cid"
import { BLAKE2B_256, isUsualCid } from "../../ipld/cid.ts"

/** A CID, and how many bytes it took. */
export interface ReadCid {
  readonly cid: CID
  readonly length: number
}

/** Longest digest that a CID may carry. */
const MAX_DIGEST_LENGTH = 64
/** Bytes of a CIDv1 with a one-byte codec and a blake2b-256 hash. */
const STATE_CID_LENGTH = 38
const DAG_PB = 0x70
const SHA2_256 = 0x12

/** CIDs read lately, each in the slot that two bytes of its digest name: the same few are read again and again. */
const SLOTS = 8192
const recent: (ReadCid | undefined)[] = new Array(SLOTS).fill(undefined)

function slotOf(bytes: Uint8Array, offset: number): number {
  return (bytes[offset + 6]! | (bytes[offset + 7]! << 8)) & (SLOTS - 1)
}

/**
 * Reads the CID that begins at `offset` and ends before `end`, copying its bytes.
 *
 * A CID is `varint 1, varint codec, varint hash code, varint length, digest`, or 0x12 0x20 and 32 bytes (CIDv0). Varints
 * hold up to 64 bits and must be as short as they can be; digests have at most 64 bytes. A codec or hash code beyond
 * 2^53 is rounded in the CID's numbers, never in its bytes.
 *
 * @returns undefined if there is no CID, or it does not end in time.
 * @see multiformats CID specification; crates cid 0.11, multihash 0.19, unsigned-varint 0.8
 */
export function readCid(bytes: Uint8Array, offset: number, end: number): ReadCid | undefined {
  // Nearly every CID in state, read without the general parser.
  if (offset + STATE_CID_LENGTH <= end && isUsualCid(bytes, offset, offset + STATE_CID_LENGTH)) {
    const slot = slotOf(bytes, offset)
    const known = recent[slot]
    if (known !== undefined && isAt(known.cid.bytes, bytes, offset)) return known
    const read = { cid: stateCid(bytes, offset), length: STATE_CID_LENGTH }
    recent[slot] = read
    return read
  }
  return readAnyCid(bytes, offset, end)
}

function isAt(cid: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  if (cid[1] !== bytes[offset + 1]) return false
  for (let i = 6; i < STATE_CID_LENGTH; i++) if (cid[i] !== bytes[offset + i]) return false
  return true
}

/** Slices rather than views: a view of a small array makes its buffer move out of the heap, which costs more than a copy. */
function stateCid(bytes: Uint8Array, offset: number): CID {
  const end = offset + STATE_CID_LENGTH
  const multihash = {
    code: BLAKE2B_256,
    size: 32,
    digest: bytes.slice(offset + 6, end),
    bytes: bytes.slice(offset + 2, end),
  }
  return new CID(1, bytes[offset + 1]!, multihash, bytes.slice(offset, end) as Uint8Array<ArrayBuffer>)
}

function readAnyCid(bytes: Uint8Array, offset: number, end: number): ReadCid | undefined {
  const version = readVarint(bytes, offset, end)
  if (version === undefined) return undefined
  const codec = readVarint(bytes, offset + version.length, end)
  if (codec === undefined) return undefined
  let at = offset + version.length + codec.length
  if (version.value === 0x12n && codec.value === 0x20n) {
    if (at + 32 > end) return undefined
    const own = bytes.slice(at - 2, at + 32) as Uint8Array<ArrayBuffer>
    const multihash = { code: SHA2_256, size: 32, digest: own.subarray(2), bytes: own } as const
    return { cid: new CID(0, DAG_PB, multihash, own), length: 34 }
  }
  if (version.value !== 1n) return undefined
  const code = readVarint(bytes, at, end)
  if (code === undefined) return undefined
  const size = readVarint(bytes, at + code.length, end)
  if (size === undefined || size.value > MAX_DIGEST_LENGTH) return undefined
  at += code.length + size.length
  const digestLength = Number(size.value)
  if (at + digestLength > end) return undefined

  // Written anew: a varint of ten bytes can have bits beyond the 64th, which do not count.
  const head = [1, ...varint(codec.value)]
  const middle = [...varint(code.value), digestLength]
  const own = new Uint8Array(head.length + middle.length + digestLength)
  own.set(head)
  own.set(middle, head.length)
  own.set(bytes.subarray(at, at + digestLength), head.length + middle.length)
  const multihash = {
    code: Number(code.value),
    size: digestLength,
    digest: own.subarray(head.length + middle.length),
    bytes: own.subarray(head.length),
  }
  return { cid: new CID(1, Number(codec.value), multihash, own), length: at + digestLength - offset }
}

/**
 * Reads an unsigned varint of at most ten bytes, as short as it can be; bits beyond the 64th are dropped.
 *
 * @returns undefined if there is none, or it does not end before `end`.
 */
export function readVarint(
  bytes: Uint8Array,
  offset: number,
  end: number,
): { value: bigint; length: number } | undefined {
  let value = 0n
  for (let i = 0; i < 10 && offset + i < end; i++) {
    const byte = bytes[offset + i]!
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) {
      if (byte === 0 && i > 0) return undefined
      return { value: BigInt.asUintN(64, value), length: i + 1 }
    }
  }
  return undefined
}

function varint(value: bigint): number[] {
  const bytes: number[] = []
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80)
  bytes.push(Number(value))
  return bytes
}
