/**
 * Reads what the storage actors hand to the proof syscalls: CBOR lists of fields, in the order of the reference's structs.
 *
 * All of these throw `CborError` (of `src/ipld`) on anything else.
 *
 * @see ref-fvm shared/src/sector/{seal,post}.rs, shared/src/piece/mod.rs
 */
import { CborReader } from "./cbor-reader.ts"
import type { PieceInfo } from "./pieces.ts"
import type { AggregateSeals, ReplicaUpdate, SealInfo, WindowPost } from "./proofs.ts"

function decodeWhole<T>(bytes: Uint8Array, read: (reader: CborReader) => T): T {
  const reader = new CborReader(bytes)
  const value = read(reader)
  reader.end()
  return value
}

/** `[[size, CID], ...]` */
export function decodePieces(bytes: Uint8Array): PieceInfo[] {
  return decodeWhole(bytes, (reader) =>
    reader.list(() => {
      reader.tuple(2)
      return { size: reader.uint64(), cid: reader.link() }
    }),
  )
}

// The fields of an object literal are read in the order in which they stand.

/** `[randomness, [[type, proof], ...], [[seal type, sector, CommR], ...], prover]` */
export function decodeWindowPost(bytes: Uint8Array): WindowPost {
  return decodeWhole(bytes, (reader) => {
    reader.tuple(4)
    return {
      randomness: reader.byteString(),
      proofs: reader.list(() => {
        reader.tuple(2)
        return { postProof: reader.int64(), proof: reader.byteString() }
      }),
      challengedSectors: reader.list(() => {
        reader.tuple(3)
        return { sealProof: reader.int64(), sectorNumber: reader.uint64(), sealedCid: reader.link() }
      }),
      prover: reader.uint64(),
    }
  })
}

/** `[miner, seal type, aggregate type, proof, [[sector, randomness, interactive randomness, CommR, CommD], ...]]` */
export function decodeAggregateSeals(bytes: Uint8Array): AggregateSeals {
  return decodeWhole(bytes, (reader) => {
    reader.tuple(5)
    return {
      miner: reader.uint64(),
      sealProof: reader.int64(),
      aggregateProof: reader.int64(),
      proof: reader.byteString(),
      infos: reader.list(() => {
        reader.tuple(5)
        return {
          sectorNumber: reader.uint64(),
          randomness: reader.byteString(),
          interactiveRandomness: reader.byteString(),
          sealedCid: reader.link(),
          unsealedCid: reader.link(),
        }
      }),
    }
  })
}

/** `[type, old CommR, new CommR, new CommD, proof]`; the proof is a list of integers, not a byte string. */
export function decodeReplicaUpdate(bytes: Uint8Array): ReplicaUpdate {
  return decodeWhole(bytes, (reader) => {
    reader.tuple(5)
    return {
      updateProof: reader.int64(),
      oldSealedCid: reader.link(),
      newSealedCid: reader.link(),
      newUnsealedCid: reader.link(),
      proof: Uint8Array.from(reader.list(() => reader.uint8())),
    }
  })
}

/** `[[type, [miner, sector], deals, randomness, interactive randomness, proof, CommR, CommD], ...]` */
export function decodeSeals(bytes: Uint8Array): SealInfo[] {
  return decodeWhole(bytes, (reader) =>
    reader.list(() => {
      reader.tuple(8)
      const sealProof = reader.int64()
      reader.tuple(2)
      return {
        sealProof,
        sector: { miner: reader.uint64(), number: reader.uint64() },
        dealIds: reader.list(() => reader.uint64()),
        randomness: reader.byteString(),
        interactiveRandomness: reader.byteString(),
        proof: reader.byteString(),
        sealedCid: reader.link(),
        unsealedCid: reader.link(),
      }
    }),
  )
}
