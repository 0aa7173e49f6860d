import type { Blockstore } from "../../ipld/blockstore.ts"
import { type CID, cidKey, cidOfBlock, DAG_CBOR } from "../../ipld/cid.ts"
import { decode, expectLink, expectTuple } from "../../ipld/dag-cbor.ts"
import { OverlayBlockstore } from "../../ipld/overlay-blockstore.ts"
import { Fatal, MachineError } from "../errors.ts"
import type { Externs } from "../externs/index.ts"
import type { WorkBudget } from "../gas/budget.ts"
import { StateTree } from "../state-tree/state-tree.ts"
import { loadManifest } from "./bundle.ts"
import { type MachineContext, type MachineView, SYSTEM_ACTOR_ID, type UnreachedListener } from "./index.ts"
import type { Manifest } from "./manifest.ts"

/** The empty DAG-CBOR list: the state that new actors begin with, so it must always be there. */
const EMPTY_LIST: Uint8Array = new Uint8Array([0x80])
/** CID of the empty list. */
export const EMPTY_LIST_CID: CID = cidOfBlock(DAG_CBOR, EMPTY_LIST)

/** Manifests by the state of the system actor that names them, as a map key. A chain has one, or a few. */
export type ManifestCache = Map<string, Manifest>

/** What a machine is made of. */
export interface MachineParts {
  readonly context: MachineContext
  /** Root of the state that messages are applied to. */
  readonly stateRoot: CID
  /** The node's store. Nothing is written to it but the empty list, until `flush`. */
  readonly store: Blockstore
  readonly externs: Externs
  /** Where to find Wasm that is not in the store, such as that of a bundle. Default: nowhere. */
  readonly code?: ((code: CID) => Uint8Array | undefined) | undefined
  /**
   * A machine of the same state root whose state, store and manifest are used instead of others that are loaded; only one of the two may be
   * at work. Default: there is none
   */
  readonly sharing?: Machine | undefined
  /** Manifests that were read before; what is read is added. Default: every machine reads its own. */
  readonly manifests?: ManifestCache | undefined
  /** Ends executions that take longer, with BudgetExceeded. Default: there is none. */
  readonly budget?: WorkBudget | undefined
  /** Told of calls to addresses where nobody is. Default: nobody is told */
  readonly onUnreached?: UnreachedListener | undefined
}

/**
 * A state and what is in force while messages are applied to it.
 *
 * For one tipset and one thread. After a `Fault` (any exception that is not documented) it must be thrown away.
 *
 * @see ref-fvm fvm/src/machine/default.rs
 */
export class Machine implements MachineView {
  readonly context: MachineContext
  readonly externs: Externs
  readonly manifest: Manifest
  readonly stateTree: StateTree
  readonly store: OverlayBlockstore
  readonly budget: WorkBudget | undefined
  readonly onUnreached: UnreachedListener | undefined
  readonly #code: ((code: CID) => Uint8Array | undefined) | undefined

  /**
   * @throws MachineError - The state root is missing or of another version, or the manifest that the system actor names is
   *   missing or incomplete.
   */
  constructor(parts: MachineParts) {
    const { context, externs } = parts
    const { store, stateTree, manifest } = parts.sharing ?? loadState(parts)
    this.context = context
    this.externs = externs
    this.store = store
    this.stateTree = stateTree
    this.manifest = manifest
    this.#code = parts.code
    this.budget = parts.budget
    this.onUnreached = parts.onUnreached
  }

  code(cid: CID): Uint8Array | undefined {
    return this.#code?.(cid) ?? this.store.get(cid)
  }

  /** Runs what applies messages, and takes back all that they did. */
  tryOut<T>(run: () => T): T {
    this.stateTree.beginTransaction()
    try {
      return run()
    } finally {
      this.stateTree.endTransaction(true)
      this.store.discard()
    }
  }

  /**
   * Writes the state, and of all new blocks those that it reaches, to the node's store.
   *
   * @returns The new state root.
   * @throws Fatal - A transaction is open, or a block links to what cannot be in a state.
   */
  flush(): CID {
    const root = this.stateTree.flush()
    try {
      this.store.flushReachable(root)
    } catch (cause) {
      throw new Fatal(`the state ${root} cannot be written`, { cause })
    }
    return root
  }
}

/** @throws As the constructor of Machine. */
function loadState({ stateRoot, store, manifests }: MachineParts): Pick<Machine, "store" | "stateTree" | "manifest"> {
  if (!store.has(stateRoot)) throw new MachineError(`the state root ${stateRoot} is not in the store`)
  if (!store.has(EMPTY_LIST_CID)) store.put(EMPTY_LIST_CID, EMPTY_LIST)
  const overlay = new OverlayBlockstore(store)
  const stateTree = StateTree.load(overlay, stateRoot)
  return { store: overlay, stateTree, manifest: manifestOf(stateTree, manifests) }
}

function manifestOf(tree: StateTree, known: ManifestCache | undefined): Manifest {
  const system = tree.getActor(SYSTEM_ACTOR_ID)
  const key = system && cidKey(system.state)
  const manifest =
    (key === undefined ? undefined : known?.get(key)) ?? loadManifest(tree.store, loadBuiltinActors(tree))
  if (key !== undefined) known?.set(key, manifest)
  return manifest
}

/** CID of the manifest data, from the system actor's state `[manifest data]`. @throws MachineError - There is none. */
export function loadBuiltinActors(tree: StateTree): CID {
  const system = tree.getActor(SYSTEM_ACTOR_ID)
  if (system === undefined) throw new MachineError("the state has no system actor")
  const bytes = tree.store.get(system.state)
  if (bytes === undefined) throw new MachineError("the system actor's state is missing")
  try {
    return expectLink(expectTuple(decode(bytes), 1, "system state")[0], "system state.builtinActors")
  } catch (cause) {
    throw new MachineError("the system actor's state cannot be read", { cause })
  }
}
