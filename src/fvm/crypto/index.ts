/**
 * Hashes, signatures, commitments and proofs, as the syscalls need them; no gas and no actor's memory here.
 *
 * Hashes and signatures are real. So is the commitment to a sector's data. Proofs of storage are checked for their form, then handed to a
 * `ProofVerifier`: whoever runs the machine brings one (`MockProofVerifier` for devnets), or the syscall answers with its error number.
 */
export { HASH_FUNCTIONS, hashFunctionOf } from "./hashes.ts"
export { MockProofVerifier } from "./mock-proofs.ts"
export { computeUnsealedSectorCid, type PieceInfo } from "./pieces.ts"
export {
  type AggregateSeals,
  ProofError,
  type ProofVerifier,
  type ReplicaUpdate,
  type SealInfo,
  type WindowPost,
} from "./proofs.ts"
export { recoverSecp256k1, SIGNATURE_TYPES, verifyBlsAggregate, verifySignature } from "./signatures.ts"
