/**
 * What is wrong with a proof before anybody looks at it. The order does not matter: all of it is one error to the actor.
 *
 * @see ref-fvm fvm/src/kernel/filecoin.rs
 */
import { dataCommitmentOf, replicaCommitmentOf } from "./commitment.ts"
import { AGGREGATE_PROOFS, POST_PROOFS, SEAL_PROOFS, UPDATE_PROOFS, windowPostOf } from "./proof-types.ts"
import { type AggregateSeals, ProofError, type ReplicaUpdate, type SealInfo, type WindowPost } from "./proofs.ts"

const RANDOMNESS_LENGTH = 32

/** @throws ProofError */
export function checkSeal(seal: SealInfo): void {
  known(SEAL_PROOFS, seal.sealProof, "seal proof")
  replicaCommitmentOf(seal.sealedCid)
  dataCommitmentOf(seal.unsealedCid)
  checkRandomness(seal.randomness)
  checkRandomness(seal.interactiveRandomness)
}

/** @throws ProofError */
export function checkAggregateSeals(aggregate: AggregateSeals): void {
  if (aggregate.infos.length === 0) throw new ProofError("an aggregate of no seals")
  known(SEAL_PROOFS, aggregate.sealProof, "seal proof")
  known(AGGREGATE_PROOFS, aggregate.aggregateProof, "aggregate proof")
  for (const info of aggregate.infos) {
    replicaCommitmentOf(info.sealedCid)
    dataCommitmentOf(info.unsealedCid)
    checkRandomness(info.randomness)
    checkRandomness(info.interactiveRandomness)
  }
}

/** @throws ProofError */
export function checkReplicaUpdate(update: ReplicaUpdate): void {
  known(UPDATE_PROOFS, update.updateProof, "update proof")
  replicaCommitmentOf(update.oldSealedCid)
  replicaCommitmentOf(update.newSealedCid)
  dataCommitmentOf(update.newUnsealedCid)
}

/** @throws ProofError */
export function checkWindowPost(post: WindowPost): void {
  const first = post.proofs[0]
  if (first === undefined) throw new ProofError("a PoSt without a proof")
  checkRandomness(post.randomness)
  const type = first.postProof
  known(POST_PROOFS, type, "PoSt proof")
  for (const { postProof } of post.proofs) {
    if (postProof !== type) throw new ProofError(`proofs of two types, ${type} and ${postProof}`)
  }
  for (const sector of post.challengedSectors) {
    replicaCommitmentOf(sector.sealedCid)
    if (windowPostOf(sector.sealProof) !== type) {
      throw new ProofError(`sector ${sector.sectorNumber} of seal proof ${sector.sealProof} is not proven by ${type}`)
    }
  }
}

function known(table: ReadonlyMap<bigint, unknown>, type: bigint, what: string): void {
  if (!table.has(type)) throw new ProofError(`unknown ${what} ${type}`)
}

function checkRandomness(randomness: Uint8Array): void {
  if (randomness.length !== RANDOMNESS_LENGTH) {
    throw new ProofError(`randomness has ${randomness.length} bytes, not ${RANDOMNESS_LENGTH}`)
  }
}
