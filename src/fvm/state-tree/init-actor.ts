import type { Blockstore } from "../../ipld/blockstore.ts"
import { CborReader, CborWriter } from "../../ipld/cbor.ts"
import { type CID, cidOfBlock, DAG_CBOR } from "../../ipld/cid.ts"
import { uint64Codec } from "../../ipld/codec.ts"
import { Hamt } from "../../ipld/hamt.ts"
import { Fatal } from "../errors.ts"

/** Bit width of the init actor's address map and of the state tree. */
export const HAMT_BIT_WIDTH = 5

const writer = new CborWriter()

/**
 * The init actor's state: which address is which actor.
 *
 * The kernel reads it to resolve addresses and writes it when a send creates an actor; all else is the init actor's own.
 *
 * @see ref-fvm fvm/src/init_actor.rs
 */
export interface InitState {
  /** HAMT (bit width 5) from address bytes to actor ID. */
  readonly addressMap: CID
  readonly nextId: bigint
  readonly networkName: string
}

/** @throws Fatal - The block is missing or is not an init actor's state. */
export function loadInitState(store: Blockstore, root: CID): InitState {
  const bytes = store.get(root)
  if (bytes === undefined) throw new Fatal(`the init actor's state ${root} is missing`)
  try {
    const reader = new CborReader(bytes)
    reader.tuple(3, "init state")
    const addressMap = reader.link("init state.addressMap")
    const nextId = reader.uint64("init state.nextId")
    const networkName = reader.text("init state.networkName")
    reader.finish("init state")
    return { addressMap, nextId, networkName }
  } catch (cause) {
    throw new Fatal(`the init actor's state ${root} cannot be read`, { cause })
  }
}

/** Puts the state into the store. */
export function storeInitState(store: Blockstore, state: InitState): CID {
  const bytes = writer.arrayHeader(3).link(state.addressMap).integer(state.nextId).text(state.networkName).finish()
  const cid = cidOfBlock(DAG_CBOR, bytes)
  store.put(cid, bytes)
  return cid
}

/** The address map, to be read or changed. */
export function loadAddressMap(store: Blockstore, root: CID): Hamt<bigint> {
  return Hamt.load(store, root, uint64Codec, { bitWidth: HAMT_BIT_WIDTH })
}

/** A new, empty address map: for a genesis. */
export function createAddressMap(store: Blockstore): Hamt<bigint> {
  return Hamt.create(store, uint64Codec, { bitWidth: HAMT_BIT_WIDTH })
}
