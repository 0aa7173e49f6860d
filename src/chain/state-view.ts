import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { Blockstore } from "../ipld/blockstore.ts"
import type { Actor, AttoFil } from "./types.ts"

/** The state at one moment, to read from. */
export interface StateView {
  readonly root: CID
  /** The actor that an address of any kind leads to; undefined if there is none. */
  actor(address: Address): Promise<Actor | undefined>
  /** 0 if the actor does not exist. */
  balanceOf(address: Address): Promise<AttoFil>
  /** 0 if the actor does not exist. */
  sequenceOf(address: Address): Promise<bigint>
  /** The ID that an address resolves to; undefined if the address was never seen. */
  resolveId(address: Address): Promise<bigint | undefined>
  /** Raw bytes of a block reachable from the state. */
  block(cid: CID): Promise<Uint8Array | undefined>
  /** All actors, in no order that means anything. */
  actors(): AsyncIterable<Actor>
}

/** What an edit of the state works on; synchronous, for it runs within one step of the chain. */
export interface EditableState {
  /** Code CIDs of the bundle by name. */
  readonly codes: ReadonlyMap<string, CID>
  /** Where the blocks of heads are read from and written to. */
  readonly store: Blockstore
  actor(address: Address): Actor | undefined
  resolveId(address: Address): bigint | undefined
  /** The actor's ID, registered with the init actor if the address is new (f1, f2, f3, f4); no actor is made by that. */
  registerAddress(address: Address): bigint
  /** Makes or replaces an actor. */
  setActor(actor: Omit<Actor, "kind">): void
  deleteActor(id: bigint): void
}
