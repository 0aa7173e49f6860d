/**
 * Reads what the storage actors hand to the proof syscalls: CBOR lists of fields, in the order of the reference's structs.
 *
 * All of these throw `CborError` or `ShapeError` (of `src/ipld`) on anything else.
 *
 * @see ref-fvm shared/src/sector/{seal,post}.rs, shared/src/piece/mod.rs
 */
import {
  decode,
  expectBytes,
  expectInt64,
  expectLink,
  expectList,
  expectTuple,
  expectUint,
  expectUint64,
} from "../../ipld/dag-cbor.ts"
import type { PieceInfo } from "./pieces.ts"
import type { AggregateSeals, ReplicaUpdate, SealInfo, WindowPost } from "./proofs.ts"

/** `[[size, CID], ...]` */
export function decodePieces(bytes: Uint8Array): PieceInfo[] {
  return expectList(decode(bytes), "pieces", (value, path) => {
    const [size, cid] = expectTuple(value, 2, path)
    return { size: expectUint64(size, `${path}.size`), cid: expectLink(cid, `${path}.cid`) }
  })
}

/** `[randomness, [[type, proof], ...], [[seal type, sector, CommR], ...], prover]` */
export function decodeWindowPost(bytes: Uint8Array): WindowPost {
  const [randomness, proofs, sectors, prover] = expectTuple(decode(bytes), 4, "post")
  return {
    randomness: expectBytes(randomness, "post.randomness"),
    proofs: expectList(proofs, "post.proofs", (value, path) => {
      const [type, proof] = expectTuple(value, 2, path)
      return { postProof: expectInt64(type, `${path}.type`), proof: expectBytes(proof, `${path}.proof`) }
    }),
    challengedSectors: expectList(sectors, "post.sectors", (value, path) => {
      const [type, sector, sealed] = expectTuple(value, 3, path)
      return {
        sealProof: expectInt64(type, `${path}.type`),
        sectorNumber: expectUint64(sector, `${path}.sector`),
        sealedCid: expectLink(sealed, `${path}.sealed`),
      }
    }),
    prover: expectUint64(prover, "post.prover"),
  }
}

/** `[miner, seal type, aggregate type, proof, [[sector, randomness, interactive randomness, CommR, CommD], ...]]` */
export function decodeAggregateSeals(bytes: Uint8Array): AggregateSeals {
  const [miner, sealProof, aggregateProof, proof, infos] = expectTuple(decode(bytes), 5, "aggregate")
  return {
    miner: expectUint64(miner, "aggregate.miner"),
    sealProof: expectInt64(sealProof, "aggregate.sealProof"),
    aggregateProof: expectInt64(aggregateProof, "aggregate.aggregateProof"),
    proof: expectBytes(proof, "aggregate.proof"),
    infos: expectList(infos, "aggregate.infos", (value, path) => {
      const [sector, randomness, interactive, sealed, unsealed] = expectTuple(value, 5, path)
      return {
        sectorNumber: expectUint64(sector, `${path}.sector`),
        randomness: expectBytes(randomness, `${path}.randomness`),
        interactiveRandomness: expectBytes(interactive, `${path}.interactiveRandomness`),
        sealedCid: expectLink(sealed, `${path}.sealed`),
        unsealedCid: expectLink(unsealed, `${path}.unsealed`),
      }
    }),
  }
}

/** `[type, old CommR, new CommR, new CommD, proof]`; the proof is a list of integers, not a byte string. */
export function decodeReplicaUpdate(bytes: Uint8Array): ReplicaUpdate {
  const [type, oldSealed, newSealed, newUnsealed, proof] = expectTuple(decode(bytes), 5, "update")
  return {
    updateProof: expectInt64(type, "update.type"),
    oldSealedCid: expectLink(oldSealed, "update.oldSealed"),
    newSealedCid: expectLink(newSealed, "update.newSealed"),
    newUnsealedCid: expectLink(newUnsealed, "update.newUnsealed"),
    proof: Uint8Array.from(expectList(proof, "update.proof", (value, path) => expectUint(value, path, 255))),
  }
}

/** `[[type, [miner, sector], deals, randomness, interactive randomness, proof, CommR, CommD], ...]` */
export function decodeSeals(bytes: Uint8Array): SealInfo[] {
  return expectList(decode(bytes), "seals", (seal, path) => {
    const [type, sector, deals, randomness, interactive, proof, sealed, unsealed] = expectTuple(seal, 8, path)
    const [miner, number] = expectTuple(sector, 2, `${path}.sector`)
    return {
      sealProof: expectInt64(type, `${path}.type`),
      sector: {
        miner: expectUint64(miner, `${path}.sector.miner`),
        number: expectUint64(number, `${path}.sector.number`),
      },
      dealIds: expectList(deals, `${path}.deals`, expectUint64),
      randomness: expectBytes(randomness, `${path}.randomness`),
      interactiveRandomness: expectBytes(interactive, `${path}.interactiveRandomness`),
      proof: expectBytes(proof, `${path}.proof`),
      sealedCid: expectLink(sealed, `${path}.sealed`),
      unsealedCid: expectLink(unsealed, `${path}.unsealed`),
    }
  })
}
