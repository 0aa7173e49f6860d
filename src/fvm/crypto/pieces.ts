import { sha256 } from "@noble/hashes/sha2.js"
import type { CID } from "multiformats/cid"
import { dataCommitmentCid, dataCommitmentOf } from "./commitment.ts"
import { SEAL_PROOFS } from "./proof-types.ts"
import { ProofError } from "./proofs.ts"

/** A piece of a sector: a power-of-two run of padded bytes and its commitment (CommP). */
export interface PieceInfo {
  /** Padded bytes, as the actor gave it: any u64. */
  readonly size: bigint
  readonly cid: CID
}

/** A subtree of the sector: how much it covers, in bytes before padding (127 of each 128), and its root. */
interface Subtree {
  readonly unpadded: bigint
  readonly commitment: Uint8Array
}

/** Least and greatest padded size for which there is a zero piece, as powers of two: 128 bytes to 2 TiB. */
const LEAST_ZERO_PIECE = 7
const GREATEST_ZERO_PIECE = 41
/** Bytes before padding of the least piece. */
const LEAST_UNPADDED = 127n

/** Sizes are 64-bit and wrap in the reference. */
const wrap = (size: bigint): bigint => BigInt.asUintN(64, size)
const unpaddedOf = (padded: bigint): bigint => padded - padded / 128n
/** Two bits are put after each 254; counted in bits, that is where the reference's sizes wrap, and rounded up as a double. */
function paddedOf(unpadded: bigint): bigint {
  const bits = wrap(unpadded * 8n)
  return BigInt(Math.ceil(Number((bits / 254n) * 256n + (bits % 254n)) / 8))
}
const isPowerOfTwo = (n: bigint): boolean => n > 0n && (n & (n - 1n)) === 0n

/** Two nodes of 32 bytes under one: sha2-256 without its top two bits, so that it is an element of the field. */
function hashNodes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(64)
  both.set(left)
  both.set(right, 32)
  const digest = sha256(both)
  digest[31]! &= 0x3f
  return digest
}

/** Roots over zeros: the n-th covers 2^n padded bytes, from 2^5. */
const zeroRoots: Uint8Array[] = []

function zeroRoot(power: number): Uint8Array {
  zeroRoots[5] ??= new Uint8Array(32)
  for (let n = 6; n <= power; n++) {
    const below = zeroRoots[n - 1]!
    zeroRoots[n] ??= hashNodes(below, below)
  }
  return zeroRoots[power]!
}

function powerOf(size: bigint): number {
  return size.toString(2).length - 1
}

/** A piece of zeros. @throws ProofError - Not a power of two from 128 bytes to 2 TiB. */
function zeroPiece(padded: bigint): Subtree {
  const power = powerOf(padded)
  if (!isPowerOfTwo(padded) || power < LEAST_ZERO_PIECE || power > GREATEST_ZERO_PIECE) {
    throw new ProofError(`there is no piece of ${padded} zero bytes`)
  }
  return { unpadded: unpaddedOf(padded), commitment: zeroRoot(power) }
}

/** The zero pieces, small ones first, that bring `used` to a multiple of `size`. */
function paddingUpTo(used: bigint, size: bigint): Subtree[] {
  if (size === 0n) throw new ProofError("a piece has no bytes")
  const pieces: Subtree[] = []
  const missing = wrap(-used) % size
  for (let bit = 1n; bit <= missing; bit <<= 1n) if ((missing & bit) !== 0n) pieces.push(zeroPiece(bit))
  return pieces
}

/**
 * The commitment to a sector's data (CommD) from its pieces, in order, each aligned to its size, zeros between and after them.
 *
 * @param sealProof - Gives the sector's size.
 * @throws ProofError - Unknown proof; a commitment that is none; pieces that are no powers of two or do not fit the sector.
 * @see ref-fvm fvm/src/kernel/filecoin.rs (compute_unsealed_sector_cid); rust-fil-proofs filecoin-proofs/src/pieces.rs
 */
export function computeUnsealedSectorCid(sealProof: bigint, pieces: readonly PieceInfo[]): CID {
  const sector = SEAL_PROOFS.get(sealProof)?.sectorBytes
  if (sector === undefined) throw new ProofError(`unknown seal proof ${sealProof}`)

  const all: Subtree[] = []
  if (pieces.length === 0) {
    all.push(zeroPiece(sector))
  } else {
    let used = 0n
    const add = (padding: readonly Subtree[]): void => {
      for (const piece of padding) {
        all.push(piece)
        used = wrap(used + paddedOf(piece.unpadded))
      }
    }
    for (const { size, cid } of pieces) {
      add(paddingUpTo(used, size))
      all.push({ unpadded: unpaddedOf(size), commitment: dataCommitmentOf(cid) })
      used = wrap(used + size)
    }
    add(paddingUpTo(used, sector))
  }
  return dataCommitmentCid(mergePieces(sector, all))
}

function mergePieces(sector: bigint, pieces: readonly Subtree[]): Uint8Array {
  if (BigInt(pieces.length) > unpaddedOf(sector) / LEAST_UNPADDED) throw new ProofError("too many pieces")
  let total = 0n
  for (const piece of pieces) total = wrap(total + paddedOf(piece.unpadded))
  if (total > sector) throw new ProofError(`pieces of ${total} bytes do not fit a sector of ${sector}`)

  const stack: Subtree[] = []
  const top = (): Subtree => stack[stack.length - 1]!
  const push = (piece: Subtree): void => {
    stack.push(piece)
    while (stack.length > 1 && stack[stack.length - 2]!.unpadded === top().unpadded) {
      const right = stack.pop()!
      const left = stack.pop()!
      stack.push({
        unpadded: wrap(left.unpadded + right.unpadded),
        commitment: hashNodes(left.commitment, right.commitment),
      })
    }
  }
  const pad = (): void => {
    const padded = paddedOf(top().unpadded)
    // Only sizes that are no powers of two can get so far; their padding would never end.
    if (!isPowerOfTwo(padded) || padded < 64n || padded > sector) throw new ProofError(`no padding of ${padded} bytes`)
    push({ unpadded: top().unpadded, commitment: zeroRoot(powerOf(padded)) })
  }
  for (const piece of pieces) {
    const padded = paddedOf(piece.unpadded)
    if (!isPowerOfTwo(padded)) throw new ProofError(`a piece has ${padded} bytes, which is no power of two`)
    while (stack.length > 0 && top().unpadded < piece.unpadded) pad()
    push(piece)
  }
  while (stack.length > 1) pad()
  return top().commitment
}
