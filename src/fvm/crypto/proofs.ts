import type { CID } from "multiformats/cid"

/** A sector of a storage provider. */
export interface SectorId {
  /** Actor ID of the provider. */
  readonly miner: bigint
  readonly number: bigint
}

/** A seal to be verified. Proof types are the numbers on chain; unknown ones are kept. */
export interface SealInfo {
  readonly sealProof: bigint
  readonly sector: SectorId
  readonly dealIds: readonly bigint[]
  /** 32 bytes by convention; any length passes the decoder. */
  readonly randomness: Uint8Array
  readonly interactiveRandomness: Uint8Array
  readonly proof: Uint8Array
  /** CommR. */
  readonly sealedCid: CID
  /** CommD. */
  readonly unsealedCid: CID
}

/** One sector of an aggregate. */
export interface AggregatedSeal {
  readonly sectorNumber: bigint
  readonly randomness: Uint8Array
  readonly interactiveRandomness: Uint8Array
  readonly sealedCid: CID
  readonly unsealedCid: CID
}

/** Many seals of one provider under one proof. */
export interface AggregateSeals {
  readonly miner: bigint
  readonly sealProof: bigint
  readonly aggregateProof: bigint
  readonly proof: Uint8Array
  readonly infos: readonly AggregatedSeal[]
}

/** A proof that an empty sector was filled. */
export interface ReplicaUpdate {
  readonly updateProof: bigint
  readonly oldSealedCid: CID
  readonly newSealedCid: CID
  readonly newUnsealedCid: CID
  readonly proof: Uint8Array
}

/** A sector that a window PoSt covers. */
export interface PostSector {
  readonly sealProof: bigint
  readonly sectorNumber: bigint
  readonly sealedCid: CID
}

/** A window proof of spacetime. */
export interface WindowPost {
  readonly randomness: Uint8Array
  readonly proofs: readonly { readonly postProof: bigint; readonly proof: Uint8Array }[]
  readonly challengedSectors: readonly PostSector[]
  readonly prover: bigint
}

/**
 * Whoever can tell whether a proof of storage holds.
 *
 * What is checked without looking at a proof (known types, commitments inside the CIDs, one PoSt type per message)
 * has been checked before any of these is called.
 *
 * @throws ProofError - The proof cannot be judged at all: the actor gets IllegalArgument.
 * @see ref-fvm fvm/src/kernel/filecoin.rs; lotus storage/sealer/storiface Verifier
 */
export interface ProofVerifier {
  verifySeal(info: SealInfo): boolean
  verifyAggregateSeals(info: AggregateSeals): boolean
  verifyReplicaUpdate(info: ReplicaUpdate): boolean
  verifyWindowPost(info: WindowPost): boolean
}

/** A proof, piece or commitment that cannot be judged. */
export class ProofError extends Error {
  override readonly name = "ProofError"
}
