import { CID } from "multiformats/cid"
import { FIL_COMMITMENT_SEALED, FIL_COMMITMENT_UNSEALED } from "../../ipld/cid.ts"
import { ProofError } from "./proofs.ts"

/** Multihash code of Poseidon over BLS12-381, the hash of replicas. */
const POSEIDON_BLS12_381_A1_FC1 = 0xb401
/** Multihash code of sha2-256 without its top two bits, the hash of data. */
const SHA2_256_TRUNC254_PADDED = 0x1012
const COMMITMENT_LENGTH = 32

/** The commitment to a replica (CommR) inside a CID. @throws ProofError - It is none. */
export function replicaCommitmentOf(cid: CID): Uint8Array {
  return commitmentOf(cid, FIL_COMMITMENT_SEALED, POSEIDON_BLS12_381_A1_FC1)
}

/** The commitment to data (CommD, CommP) inside a CID. @throws ProofError - It is none. */
export function dataCommitmentOf(cid: CID): Uint8Array {
  return commitmentOf(cid, FIL_COMMITMENT_UNSEALED, SHA2_256_TRUNC254_PADDED)
}

/** The CID of a commitment to data, 32 bytes. */
export function dataCommitmentCid(commitment: Uint8Array): CID {
  const bytes = new Uint8Array([0x92, 0x20, COMMITMENT_LENGTH, ...commitment])
  return CID.createV1(FIL_COMMITMENT_UNSEALED, {
    code: SHA2_256_TRUNC254_PADDED,
    size: COMMITMENT_LENGTH,
    digest: bytes.subarray(3),
    bytes,
  })
}

function commitmentOf({ code, multihash }: CID, codec: number, hash: number): Uint8Array {
  if (code !== codec || multihash.code !== hash || multihash.digest.length !== COMMITMENT_LENGTH) {
    throw new ProofError(
      `a commitment has codec ${codec}, hash ${hash} and 32 bytes, not ${code}, ${multihash.code} and ${multihash.digest.length}`,
    )
  }
  return multihash.digest
}
