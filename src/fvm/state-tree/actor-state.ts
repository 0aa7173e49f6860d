import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"

/**
 * An actor in the state tree. Immutable: a change is a new object, so that snapshots can share it.
 *
 * On chain: the DAG-CBOR tuple `[code, state, sequence, balance, delegatedAddress | null]`.
 *
 * @see FIP-0048; ref-fvm shared/src/state.rs
 */
export interface ActorState {
  /** CID (raw) of the actor's Wasm. */
  readonly code: CID
  /** Root of the actor's own state. */
  readonly state: CID
  /** The nonce of the next message from this actor. */
  readonly sequence: bigint
  /** attoFIL. */
  readonly balance: bigint
  /** The f4 address it was created under, if any. */
  readonly delegatedAddress: Address | undefined
}
