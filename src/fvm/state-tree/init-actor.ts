import type { Blockstore } from "../../ipld/blockstore.ts"
import { type CID, cidOfBlock, DAG_CBOR } from "../../ipld/cid.ts"
import { cborCodec } from "../../ipld/codec.ts"
import { decode, encode, expectLink, expectText, expectTuple, expectUint64 } from "../../ipld/dag-cbor.ts"
import { Hamt } from "../../ipld/hamt.ts"
import { Fatal } from "../errors.ts"

/** Bit width of the init actor's address map and of the state tree. */
export const HAMT_BIT_WIDTH = 5

const idCodec = cborCodec<bigint>(
  (id) => id,
  (value) => expectUint64(value, "actor ID"),
)

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
    const [addressMap, nextId, networkName] = expectTuple(decode(bytes), 3, "init state")
    return {
      addressMap: expectLink(addressMap, "init state.addressMap"),
      nextId: expectUint64(nextId, "init state.nextId"),
      networkName: expectText(networkName, "init state.networkName"),
    }
  } catch (cause) {
    throw new Fatal(`the init actor's state ${root} cannot be read`, { cause })
  }
}

/** Puts the state into the store. */
export function storeInitState(store: Blockstore, state: InitState): CID {
  const bytes = encode([state.addressMap, state.nextId, state.networkName])
  const cid = cidOfBlock(DAG_CBOR, bytes)
  store.put(cid, bytes)
  return cid
}

/** The address map, to be read or changed. */
export function loadAddressMap(store: Blockstore, root: CID): Hamt<bigint> {
  return Hamt.load(store, root, idCodec, { bitWidth: HAMT_BIT_WIDTH })
}

/** A new, empty address map: for a genesis. */
export function createAddressMap(store: Blockstore): Hamt<bigint> {
  return Hamt.create(store, idCodec, { bitWidth: HAMT_BIT_WIDTH })
}
