import { Address } from "../../address/address.ts"
import type { Blockstore } from "../../ipld/blockstore.ts"
import { CborReader, CborWriter } from "../../ipld/cbor.ts"
import { type CID, cidEquals, cidOfBlock, DAG_CBOR } from "../../ipld/cid.ts"
import { Hamt } from "../../ipld/hamt.ts"
import { Fatal, MachineError } from "../errors.ts"
import { actorCodec } from "./actor-codec.ts"
import type { ActorState } from "./actor-state.ts"
import { HistoryMap } from "./history-map.ts"
import { HAMT_BIT_WIDTH, type InitState, loadAddressMap, loadInitState, storeInitState } from "./init-actor.ts"

/** The one state tree version that the kernel knows: network version 18 and later. */
export const STATE_TREE_VERSION = 5

/** ID of the init actor, whose map tells which address is which actor. */
const INIT_ACTOR_ID = 1n

const writer = new CborWriter()

interface Entry {
  /** Undefined: the actor does not exist. */
  readonly actor: ActorState | undefined
  /** The HAMT below does not have it yet. */
  readonly dirty: boolean
}

interface Layer {
  readonly actors: number
  readonly addresses: number
}

/**
 * All actors by ID, over an IPLD store: a cache of actors with layers that can be taken back, before a HAMT (bit width 5) that is
 * written at `flush`.
 *
 * The root is the DAG-CBOR tuple `[version, HAMT, info]`; the info is an empty tuple.
 *
 * @see ref-fvm fvm/src/state_tree.rs
 */
export class StateTree {
  readonly store: Blockstore
  readonly #hamt: Hamt<ActorState>
  readonly #info: CID
  readonly #actors = new HistoryMap<bigint, Entry>()
  readonly #addresses = new HistoryMap<string, bigint>()
  readonly #layers: Layer[] = []
  /** IDs that may have a dirty entry. */
  readonly #touched = new Set<bigint>()
  #initState: { readonly root: CID; readonly state: InitState; readonly map: Hamt<bigint> } | undefined

  private constructor(store: Blockstore, hamt: Hamt<ActorState>, info: CID) {
    this.store = store
    this.#hamt = hamt
    this.#info = info
  }

  /** An empty tree: for a genesis. */
  static create(store: Blockstore): StateTree {
    const bytes = writer.arrayHeader(0).finish()
    const info = cidOfBlock(DAG_CBOR, bytes)
    store.put(info, bytes)
    return new StateTree(store, Hamt.create(store, actorCodec, { bitWidth: HAMT_BIT_WIDTH }), info)
  }

  /** @throws MachineError - The root is missing, is no state root, or is of another version than 5. */
  static load(store: Blockstore, root: CID): StateTree {
    const bytes = store.get(root)
    if (bytes === undefined) throw new MachineError(`the state root ${root} is not in the store`)
    try {
      const reader = new CborReader(bytes)
      reader.tuple(3, "state root")
      const version = reader.uint("state root.version")
      if (version !== STATE_TREE_VERSION)
        throw new MachineError(`the state tree ${root} has version ${version}, only ${STATE_TREE_VERSION} is supported`)
      const actors = reader.link("state root.actors")
      const info = reader.link("state root.info")
      reader.finish("state root")
      return new StateTree(store, Hamt.load(store, actors, actorCodec, { bitWidth: HAMT_BIT_WIDTH }), info)
    } catch (cause) {
      if (cause instanceof MachineError) throw cause
      throw new MachineError(`the state tree ${root} cannot be loaded`, { cause })
    }
  }

  /**
   * An actor by its ID; undefined if it does not exist or was deleted.
   *
   * @throws Fatal - The store lacks a part of the tree.
   */
  getActor(id: bigint): ActorState | undefined {
    const cached = this.#actors.get(id)
    if (cached !== undefined) return cached.actor
    let actor: ActorState | undefined
    try {
      actor = this.#hamt.get(Address.id(id).bytes)
    } catch (cause) {
      throw new Fatal(`failed to look up actor ${id}`, { cause })
    }
    this.#actors.cache(id, { actor, dirty: false })
    return actor
  }

  setActor(id: bigint, actor: ActorState): void {
    this.#write(id, { actor, dirty: true })
  }

  deleteActor(id: bigint): void {
    this.#write(id, { actor: undefined, dirty: true })
  }

  /**
   * The ID behind an address, by the init actor's map; undefined if it has none. An f0 address is taken at its word.
   *
   * @throws Fatal - The init actor or its map cannot be read.
   */
  lookupId(address: Address): bigint | undefined {
    if (address.protocol === 0) return address.actorId
    const known = this.#addresses.get(address.key)
    if (known !== undefined) return known
    let id: bigint | undefined
    try {
      id = this.#loadInit().map.get(address.bytes)
    } catch (cause) {
      if (cause instanceof Fatal) throw cause
      throw new Fatal(`failed to look up ${address} in the init actor's map`, { cause })
    }
    if (id !== undefined) this.#addresses.set(address.key, id)
    return id
  }

  /**
   * Gives an address the next free actor ID, in the init actor's state.
   *
   * @throws Fatal - The init actor or its map cannot be read.
   */
  registerAddress(address: Address): bigint {
    const init = this.#init()
    const { state } = this.#loadInit()
    const id = state.nextId
    try {
      const map = loadAddressMap(this.store, state.addressMap)
      map.set(address.bytes, id)
      const root = storeInitState(this.store, { ...state, addressMap: map.flush(), nextId: id + 1n })
      this.setActor(INIT_ACTOR_ID, { ...init, state: root })
    } catch (cause) {
      throw new Fatal(`failed to register ${address} in the init actor's map`, { cause })
    }
    this.#addresses.set(address.key, id)
    return id
  }

  get inTransaction(): boolean {
    return this.#layers.length > 0
  }

  /** Opens a layer; layers stack. */
  beginTransaction(): void {
    this.#layers.push({ actors: this.#actors.height, addresses: this.#addresses.height })
  }

  /**
   * Closes the layer opened last.
   *
   * @param revert - Take back all that was done in it.
   */
  endTransaction(revert: boolean): void {
    const layer = this.#layers.pop()
    if (layer === undefined) throw new Fatal("no state transaction to end")
    if (revert) {
      this.#actors.rollback(layer.actors)
      this.#addresses.rollback(layer.addresses)
    }
    if (this.#layers.length === 0) {
      this.#actors.forgetHistory()
      this.#addresses.forgetHistory()
    }
  }

  /**
   * Writes all changes into the store and tells the new root.
   *
   * @throws Fatal - A transaction is open, or the store failed.
   */
  flush(): CID {
    if (this.inTransaction) throw new Fatal("the state tree cannot be flushed inside of a transaction")
    for (const id of this.#touched) {
      const entry = this.#actors.get(id)
      if (entry === undefined || !entry.dirty) continue
      const key = Address.id(id).bytes
      if (entry.actor === undefined) this.#hamt.delete(key)
      else this.#hamt.set(key, entry.actor)
      this.#actors.cache(id, { actor: entry.actor, dirty: false })
    }
    this.#touched.clear()
    this.#actors.forgetHistory()
    const actors = this.#hamt.flush()
    const bytes = writer.arrayHeader(3).integer(STATE_TREE_VERSION).link(actors).link(this.#info).finish()
    const root = cidOfBlock(DAG_CBOR, bytes)
    this.store.put(root, bytes)
    return root
  }

  /** All actors as of the last flush, in the tree's order. */
  *actors(): IterableIterator<readonly [id: bigint, actor: ActorState]> {
    for (const [key, actor] of this.#hamt.entries()) yield [Address.fromBytes(key).actorId, actor]
  }

  #write(id: bigint, entry: Entry): void {
    this.#touched.add(id)
    // Outside of a transaction there is no way back to remember.
    if (this.#layers.length === 0) this.#actors.cache(id, entry)
    else this.#actors.set(id, entry)
  }

  #init(): ActorState {
    const init = this.getActor(INIT_ACTOR_ID)
    if (init === undefined) throw new Fatal("the init actor does not exist")
    return init
  }

  /** The init actor's state and map, kept as long as its root stays the same. */
  #loadInit(): { readonly state: InitState; readonly map: Hamt<bigint> } {
    const { state: root } = this.#init()
    if (this.#initState !== undefined && cidEquals(this.#initState.root, root)) return this.#initState
    const state = loadInitState(this.store, root)
    this.#initState = { root, state, map: loadAddressMap(this.store, state.addressMap) }
    return this.#initState
  }
}
