import {
  decodeAggregateSeals,
  decodePieces,
  decodeReplicaUpdate,
  decodeSeals,
  decodeWindowPost,
} from "../crypto/decode.ts"
import { SEAL_PROOFS } from "../crypto/proof-types.ts"
import { SECP_PUBLIC_KEY_LENGTH, SECP_SIGNATURE_LENGTH } from "../crypto/signatures.ts"
import { Fatal, SyscallError } from "../errors.ts"
import type { CryptoOps, ProofOps } from "../kernel/index.ts"
import { writeCid } from "./memory.ts"
import {
  address,
  blsAggregate,
  buffer,
  bytes,
  bytesOf,
  cbor,
  i64,
  pointer,
  returns,
  returnsBytes,
  type SyscallModule,
  struct,
  syscall,
  u32,
  u64,
} from "./schema.ts"

const HASH_LENGTH = 32

const verdict = (valid: boolean): number => (valid ? 0 : -1)

/** `crypto`: hashes, signatures, and the proofs of storage. */
export const crypto: SyscallModule = {
  verify_signature: syscall({
    summary: "Tells whether a key address (f1, f3) has signed a text: 0 yes, -1 no.",
    params: { sig_type: u32, sig: bytes, addr: address, plaintext: bytes },
    result: returns.i32,
    errors: { IllegalArgument: "unknown signature type, no key address, or out of memory" },
    source: "FIP-0030; ref-fvm fvm/src/syscalls/crypto.rs",
    run: (kernel: CryptoOps, args) =>
      verdict(kernel.verifySignature(args.sig_type, args.sig, args.addr, args.plaintext)),
  }),
  verify_bls_aggregate: syscall({
    summary: "Tells whether one BLS signature is that of each key over its text: 0 yes, -1 no.",
    params: { aggregate: blsAggregate },
    result: returns.i32,
    errors: { IllegalArgument: "too many signers, lengths that do not add up, or out of memory" },
    source: "FIP-0079; ref-fvm sdk/src/sys/crypto.rs",
    run: (kernel: CryptoOps, { aggregate }) =>
      verdict(
        kernel.verifyBlsAggregate(
          aggregate.signature,
          aggregate.publicKeys,
          aggregate.plaintexts,
          aggregate.plaintextLengths,
        ),
      ),
  }),
  recover_secp_public_key: syscall({
    summary: "Writes the uncompressed secp256k1 public key (65 bytes) that signed a hash.",
    params: { hash: bytesOf(HASH_LENGTH), sig: bytesOf(SECP_SIGNATURE_LENGTH) },
    result: returnsBytes(SECP_PUBLIC_KEY_LENGTH),
    errors: { IllegalArgument: "no key has made this signature, or out of memory" },
    source: "FIP-0054; ref-fvm sdk/src/sys/crypto.rs",
    run: (kernel: CryptoOps, { hash, sig }) => kernel.recoverSecpPublicKey(hash, sig),
  }),
  hash: syscall({
    summary: "Writes the digest of data, as much of it as the buffer takes, and returns how much that is.",
    params: { hash_code: u64, data: bytes, digest: buffer },
    result: returns.u32,
    errors: { IllegalArgument: "unknown multihash code, or out of memory" },
    source: "FIP-0054; ref-fvm sdk/src/sys/crypto.rs",
    run: (kernel: CryptoOps, { hash_code, data, digest }) => {
      const whole = kernel.hash(hash_code, data)
      const length = Math.min(whole.length, digest.length)
      digest.set(length === whole.length ? whole : whole.subarray(0, length))
      return length
    },
  }),
  compute_unsealed_sector_cid: syscall({
    summary: "Writes the CID of a sector's data (CommD), computed from its pieces, and returns its length.",
    params: { proof_type: i64, pieces: cbor(decodePieces), cid: buffer },
    result: returns.u32,
    errors: {
      IllegalArgument: "unknown proof type, malformed pieces, pieces that do not fit, or out of memory",
      BufferTooSmall: "the CID does not fit; it is charged all the same",
    },
    source: "ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: ProofOps, { proof_type, pieces, cid }) => {
      if (!SEAL_PROOFS.has(proof_type)) throw new SyscallError("IllegalArgument", `unknown seal proof ${proof_type}`)
      return writeCid(kernel.computeUnsealedSectorCid(proof_type, pieces), cid)
    },
  }),
  verify_post: syscall({
    summary: "Tells whether a window proof of spacetime holds: 0 yes, -1 no.",
    params: { info: cbor(decodeWindowPost) },
    result: returns.i32,
    errors: { IllegalArgument: "malformed, impossible to judge, or out of memory" },
    source: "ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: ProofOps, { info }) => verdict(kernel.verifyPost(info)),
  }),
  verify_consensus_fault: syscall({
    summary: "Tells which consensus fault two block headers prove, who did it and when; fault 0 for none.",
    params: { h1: bytes, h2: bytes, extra: bytes },
    result: struct({ epoch: "i64", target: "u64", fault: "u32" }),
    errors: { IllegalArgument: "the node cannot judge these headers, or out of memory" },
    source: "ref-fvm shared/src/sys/out.rs (crypto::VerifyConsensusFault)",
    run: (kernel: ProofOps, { h1, h2, extra }) => {
      const found = kernel.verifyConsensusFault(h1, h2, extra)
      if (found === undefined) return { epoch: 0, target: 0, fault: 0 }
      if (found.target.protocol !== 0)
        throw new Fatal(`the node names ${found.target} at fault, which is no ID address`)
      return { epoch: found.epoch, target: found.target.actorId, fault: found.faultType }
    },
  }),
  verify_aggregate_seals: syscall({
    summary: "Tells whether an aggregate of seal proofs holds: 0 yes, -1 no.",
    params: { agg: cbor(decodeAggregateSeals) },
    result: returns.i32,
    errors: { IllegalArgument: "malformed, impossible to judge, or out of memory" },
    source: "FIP-0013; ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: ProofOps, { agg }) => verdict(kernel.verifyAggregateSeals(agg)),
  }),
  verify_replica_update: syscall({
    summary: "Tells whether an empty sector was filled as a proof says: 0 yes, -1 no.",
    params: { rep: cbor(decodeReplicaUpdate) },
    result: returns.i32,
    errors: { IllegalArgument: "malformed, impossible to judge, or out of memory" },
    source: "FIP-0019; ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: ProofOps, { rep }) => verdict(kernel.verifyReplicaUpdate(rep)),
  }),
  batch_verify_seals: syscall({
    summary: "Writes one byte for each seal of a batch: 1 if its proof holds, else 0.",
    params: { batch: cbor(decodeSeals), result: pointer },
    errors: { IllegalArgument: "malformed, or out of memory" },
    source: "FIP-0030; ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: ProofOps, { batch, result }) => {
      const out = result.slice(batch.length)
      kernel.batchVerifySeals(batch).forEach((valid, i) => {
        out[i] = valid ? 1 : 0
      })
    },
  }),
}
