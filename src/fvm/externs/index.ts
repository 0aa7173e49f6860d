/**
 * What the kernel asks of the node around it: randomness, tipset CIDs, consensus faults and proofs. Synchronous, since a
 * syscall is.
 *
 * @see ref-fvm fvm/src/externs/mod.rs
 */
import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import type { ProofVerifier } from "../crypto/proofs.ts"

/** A miner's provable misbehaviour. */
export interface ConsensusFault {
  /** The miner at fault; usually an ID address. */
  readonly target: Address
  /** Epoch of the fault. */
  readonly epoch: bigint
  /** 1 double fork mining, 2 time offset mining, 3 parent grinding. */
  readonly faultType: number
}

/**
 * The node's answers. An exception from any of them is an answer too: what it becomes (IllegalArgument for randomness, fatal for
 * tipset CIDs) is the syscall's business.
 */
export interface Externs {
  /** 32 bytes drawn from the ticket chain at `round`, without any further hashing by the kernel. */
  getChainRandomness(round: bigint): Uint8Array
  /** 32 bytes drawn from the beacon entry of `round`, without any further hashing by the kernel. */
  getBeaconRandomness(round: bigint): Uint8Array
  /** The key CID of the tipset at `epoch`; for a null round, of the last one before it. */
  getTipsetCid(epoch: bigint): CID
  /**
   * Judges two block headers.
   *
   * @returns The fault, or undefined if there is none.
   */
  verifyConsensusFault(header1: Uint8Array, header2: Uint8Array, extra: Uint8Array): ConsensusFault | undefined
  /** Who judges storage proofs. Default: nobody; the proof syscalls then answer with an error number and log it. */
  readonly proofs?: ProofVerifier | undefined
}
