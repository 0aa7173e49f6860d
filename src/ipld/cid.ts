import { CID } from "multiformats/cid"
import { blake2b256 } from "./blake2b.ts"
import { CidError } from "./errors.ts"

export { CID } from "multiformats/cid"

/** Multicodec of DAG-CBOR, the only codec whose blocks link to other blocks. */
export const DAG_CBOR = 0x71
/** Multicodec of raw bytes: no links. */
export const RAW = 0x55
/** Multicodec of plain CBOR: its tag 42 is no link. */
export const CBOR = 0x51
/** Multihash code of "the digest is the data itself". */
export const IDENTITY = 0x00
/** Multihash code of sha2-256. */
export const SHA2_256 = 0x12
/** Multihash code of blake2b with 256 bits, Filecoin's hash for state, messages and blocks. */
export const BLAKE2B_256 = 0xb220
/** Multicodec of an unsealed commitment (a piece): a link that leads to no block. */
export const FIL_COMMITMENT_UNSEALED = 0xf101
/** Multicodec of a sealed commitment (a replica): a link that leads to no block. */
export const FIL_COMMITMENT_SEALED = 0xf102

/** Multihash prefix of blake2b-256: varint 0xb220, length 32. */
const BLAKE2B_256_PREFIX = [0xa0, 0xe4, 0x02, 0x20] as const

function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++
  return length
}

/**
 * The CIDv1 of a block: blake2b-256 of its bytes under the given codec.
 *
 * @param codec - A multicodec, for example {@link DAG_CBOR}.
 */
export function cidOfBlock(codec: number, bytes: Uint8Array): CID {
  return cidOfDigest(codec, blake2b256(bytes))
}

/** The CIDv1 of a codec and a 32-byte blake2b-256 digest that is known already. */
export function cidOfDigest(codec: number, digest: Uint8Array): CID {
  const codecLength = varintLength(codec)
  const bytes = new Uint8Array(1 + codecLength + 4 + 32)
  bytes[0] = 1
  let at = 1
  let rest = codec
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80
  bytes[at++] = rest
  const multihashAt = at
  for (const byte of BLAKE2B_256_PREFIX) bytes[at++] = byte
  bytes.set(digest, at)
  const multihash = { code: BLAKE2B_256, size: 32, digest: bytes.slice(at), bytes: bytes.slice(multihashAt) }
  return new CID(1, codec, multihash, bytes)
}

/** A CIDv1 that carries its data in itself (identity hash). Such a CID has no block in a store. */
export function identityCid(codec: number, data: Uint8Array): CID {
  const head = [0, ...uvarint(data.length)]
  const multihash = new Uint8Array(head.length + data.length)
  multihash.set(head)
  multihash.set(data, head.length)
  return CID.createV1(codec, {
    code: IDENTITY,
    size: data.length,
    digest: multihash.subarray(head.length),
    bytes: multihash,
  })
}

function uvarint(value: number): number[] {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80)
  bytes.push(value)
  return bytes
}

/**
 * The CID as a string fit for a `Map` key: its bytes as Latin-1 characters. Equal CIDs, and only they, have equal keys.
 * Four times faster than the base32 text, and not for people.
 */
export function cidKey(cid: CID): string {
  return bytesKey(cid.bytes)
}

/** The bytes as a string of Latin-1 characters, for use as a `Map` key. */
export function bytesKey(bytes: Uint8Array): string {
  // apply() spreads its argument on the stack: fine for CIDs and addresses, not for megabytes.
  if (bytes.length <= 1024) return String.fromCharCode.apply(null, bytes as unknown as number[])
  let key = ""
  for (let at = 0; at < bytes.length; at += 1024)
    key += String.fromCharCode.apply(null, bytes.subarray(at, at + 1024) as unknown as number[])
  return key
}

/** Inverse of {@link bytesKey}. */
export function bytesFromKey(key: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(key.length)
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i)
  return bytes
}

/** Inverse of {@link cidKey}. */
export function cidFromKey(key: string): CID {
  return decodeCid(bytesFromKey(key))
}

/** Slices rather than views: a view of a small array makes its buffer move out of the heap, which costs more than a copy. */
function blake2bCid(bytes: Uint8Array<ArrayBuffer>): CID {
  const multihash = { code: BLAKE2B_256, size: 32, digest: bytes.slice(6), bytes: bytes.slice(2) }
  return new CID(1, bytes[1]!, multihash, bytes)
}

/**
 * Whether bytes[start..end] are a CID as nearly all in state are: version 1, a codec of one byte, at bytes[start + 1], and blake2b-256.
 */
export function isUsualCid(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 38 &&
    bytes[start] === 1 &&
    bytes[start + 1]! < 0x80 &&
    bytes[start + 2] === 0xa0 &&
    bytes[start + 3] === 0xe4 &&
    bytes[start + 4] === 0x02 &&
    bytes[start + 5] === 0x20
  )
}

/**
 * Reads a CID that fills the bytes exactly. The CID keeps a view of them: hand in a copy if the bytes will change.
 *
 * @throws CidError - No CID, an unknown version, or trailing bytes.
 */
export function decodeCid(bytes: Uint8Array): CID {
  // The common case without the general parser.
  if (isUsualCid(bytes, 0, bytes.length)) return blake2bCid(bytes as Uint8Array<ArrayBuffer>)
  try {
    return CID.decode(bytes)
  } catch (cause) {
    throw new CidError(`${bytes.length} bytes are not a CID: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}

/**
 * Reads a CID from its text form (any multibase prefix that multiformats knows by default).
 *
 * @throws CidError - The text is not a CID.
 */
export function parseCid(text: string): CID {
  try {
    return CID.parse(text)
  } catch (cause) {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
    throw new CidError(`"${shown}" is not a CID: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/** Odd, and another in each process: nobody can make blocks whose CIDs fall into one place of our tables. */
const HASH_FACTOR = (Math.random() * 2 ** 32) | 1

/** A hash of the CID that ends at bytes[end], for tables in memory: 32 bits, signed. The last bytes of a digest are as good as any. */
export function hashOfCid(bytes: Uint8Array, end: number): number {
  const last = bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16) | (bytes[end - 1]! << 24)
  return Math.imul(last, HASH_FACTOR)
}

/** Whether a[aStart..aEnd] and b[start..end] are the same bytes. */
export function sameBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (a === b && aStart === start) return aEnd === end
  if (aEnd - aStart !== end - start) return false
  for (let i = start, at = aStart; i < end; i++, at++) if (a[at] !== b[i]) return false
  return true
}

/** Whether two CIDs are the same, version, codec and hash. */
export function cidEquals(a: CID, b: CID): boolean {
  if (a === b) return true
  const left = a.bytes
  const right = b.bytes
  if (left.length !== right.length) return false
  // From the end: digests differ at once, prefixes almost never.
  for (let i = left.length - 1; i >= 0; i--) if (left[i] !== right[i]) return false
  return true
}
