/**
 * The machine: network values, state tree, bundle manifest, buffered store and externs under which messages are applied. A
 * machine is made for one tipset and thrown away; modules and instances live on in the engine, which is shared.
 *
 * @see ref-fvm fvm/src/machine/mod.rs
 */
import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import type { Blockstore } from "../../ipld/blockstore.ts"
import type { Externs } from "../externs/index.ts"
import type { WorkBudget } from "../gas/budget.ts"
import type { PriceList } from "../gas/price-list.ts"
import type { StateTree } from "../state-tree/state-tree.ts"
import type { Manifest } from "./manifest.ts"

/** Limits of the machine; part of consensus. */
export interface MachineLimits {
  /** Actors on the call stack, bare sends included. Default: 1024. */
  readonly maxCallDepth: number
  /** Values on the metered Wasm stack. Default: 2048. */
  readonly maxWasmStack: number
  /** Bytes of memory of one instance. Default: 512 MiB. */
  readonly maxInstanceMemoryBytes: number
  /** Bytes of memory of all instances on the call stack; a table element counts 8. Default: 2 GiB. */
  readonly maxMemoryBytes: number
  /** Bytes of a block. Default: 1 MiB. */
  readonly maxBlockSize: number
}

/** What is in force for the tipset that is being applied. */
export interface MachineContext extends MachineLimits {
  /** Network version, 21 to 29. */
  readonly networkVersion: number
  /** EIP-155 chain ID. */
  readonly chainId: bigint
  readonly epoch: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
  /** attoFIL per unit of gas. */
  readonly baseFee: bigint
  /** attoFIL in circulation. */
  readonly circSupply: bigint
  /** Whether results carry an execution trace; costs time, changes nothing else. */
  readonly tracing: boolean
  /** Whether `debug.*` do anything; changes gas. */
  readonly actorDebugging: boolean
  readonly prices: PriceList
}

/** Actors that the kernel itself knows, by ID. */
export const SYSTEM_ACTOR_ID = 0n
export const INIT_ACTOR_ID = 1n
export const REWARD_ACTOR_ID = 2n
/** The Ethereum address manager, and the namespace of f410 addresses. */
export const EAM_ACTOR_ID = 10n
export const BURNT_FUNDS_ACTOR_ID = 99n

/** Counts the memory of all instances on the call stack; what an instance took is given back when it returns. */
export interface MemoryLimiter {
  /** Bytes in use now: memory, and 8 for each table element. */
  readonly memoryUsed: number
  /** Takes `bytes` more, or answers false and takes nothing. */
  growMemory(bytes: number): boolean
}

/** Hears of a call to an address that is nobody's: what was called, and the parameters. */
export type UnreachedListener = (to: Address, method: bigint, params: Uint8Array | undefined) => void

/** What the call manager and the kernel see of the machine. */
export interface MachineView {
  readonly context: MachineContext
  readonly externs: Externs
  readonly manifest: Manifest
  readonly stateTree: StateTree
  /** Reads fall through to the node's store; writes stay in memory until `flush`. */
  readonly store: Blockstore
  /** What the execution may take of this thread's time, if that is limited. */
  readonly budget: WorkBudget | undefined
  /** Told of calls to addresses where nobody is; changes nothing. */
  readonly onUnreached: UnreachedListener | undefined
  /** Wasm of a code CID, or undefined if neither the store nor the bundle has it. */
  code(cid: CID): Uint8Array | undefined
}
