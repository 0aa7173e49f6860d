import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { ActorState } from "../fvm/state-tree/actor-state.ts"
import { StateTree } from "../fvm/state-tree/state-tree.ts"
import type { Blockstore } from "../ipld/blockstore.ts"
import { cidKey } from "../ipld/cid.ts"
import { OverlayBlockstore } from "../ipld/overlay-blockstore.ts"
import type { SenderAccount } from "./mempool.ts"
import type { EditableState, StateView } from "./state-view.ts"
import type { Actor, AttoFil, StateOverlay } from "./types.ts"

/** Names of the bundle's actors, both ways. */
export interface BundleCodes {
  readonly codes: ReadonlyMap<string, CID>
  kindOf(code: CID): string | undefined
}

/** Looks names up in a manifest's rows. */
export function bundleCodes(actors: Iterable<readonly [name: string, code: CID]>): BundleCodes {
  const codes = new Map(actors)
  const kinds = new Map([...codes].map(([name, code]) => [cidKey(code), name]))
  return { codes, kindOf: (code) => kinds.get(cidKey(code)) }
}

function toActor(id: bigint, state: ActorState, codes: BundleCodes): Actor {
  return {
    id,
    code: state.code,
    head: state.state,
    sequence: state.sequence,
    balance: state.balance,
    delegatedAddress: state.delegatedAddress,
    kind: codes.kindOf(state.code),
  }
}

/** The actor behind an address; undefined if there is none. */
export function findActor(tree: StateTree, address: Address, codes: BundleCodes): Actor | undefined {
  const id = tree.lookupId(address)
  const state = id === undefined ? undefined : tree.getActor(id)
  return id === undefined || state === undefined ? undefined : toActor(id, state, codes)
}

/** A sender as the mempool wants it. */
export function findSender(tree: StateTree, address: Address, codes: BundleCodes): SenderAccount | undefined {
  const actor = findActor(tree, address, codes)
  if (actor === undefined) return undefined
  const { id, sequence, balance, kind, delegatedAddress } = actor
  const maySend =
    kind === "account" ||
    kind === "ethaccount" ||
    (kind === "placeholder" && sequence === 0n && delegatedAddress?.namespace === 10n)
  return { id, sequence, balance, maySend }
}

/** The state under a root, read by a tree of this thread. */
export class StateReader implements StateView {
  readonly root: CID
  readonly #tree: StateTree
  readonly #codes: BundleCodes

  constructor(tree: StateTree, root: CID, codes: BundleCodes) {
    this.root = root
    this.#tree = tree
    this.#codes = codes
  }

  async actor(address: Address): Promise<Actor | undefined> {
    return findActor(this.#tree, address, this.#codes)
  }

  async balanceOf(address: Address): Promise<AttoFil> {
    return findActor(this.#tree, address, this.#codes)?.balance ?? 0n
  }

  async sequenceOf(address: Address): Promise<bigint> {
    return findActor(this.#tree, address, this.#codes)?.sequence ?? 0n
  }

  async resolveId(address: Address): Promise<bigint | undefined> {
    return this.#tree.lookupId(address)
  }

  async block(cid: CID): Promise<Uint8Array | undefined> {
    return this.#tree.store.get(cid)
  }

  async *actors(): AsyncGenerator<Actor> {
    for (const [id, state] of this.#tree.actors()) yield toActor(id, state, this.#codes)
  }
}

/** Runs an edit on top of a root. @returns The new root and the blocks that it needs beyond the store's. */
export function editOverlay(
  store: Blockstore,
  root: CID,
  codes: BundleCodes,
  edit: (state: EditableState) => void,
): StateOverlay {
  const overlay = new OverlayBlockstore(store)
  const tree = StateTree.load(overlay, root)
  edit({
    codes: codes.codes,
    store: overlay,
    actor: (address) => findActor(tree, address, codes),
    resolveId: (address) => tree.lookupId(address),
    registerAddress: (address) => tree.lookupId(address) ?? tree.registerAddress(address),
    setActor: ({ id, code, head, sequence, balance, delegatedAddress }) =>
      tree.setActor(id, { code, state: head, sequence, balance, delegatedAddress }),
    deleteActor: (id) => tree.deleteActor(id),
  })
  const edited = tree.flush()
  return { root: edited, blocks: overlay.reachable(edited) }
}
