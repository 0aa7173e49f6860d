/**
 * The call manager: one for each message. It holds what a call stack shares (gas, events, depth, created actors, trace), finds or
 * creates receivers, moves value, and rolls back what failed.
 *
 * The kernel (syscalls of one invocation) sees it through `CallManager`; it sees the kernel through `Runtime`, which runs one
 * invocation of an actor's code and tells how it ended.
 *
 * @see ref-fvm fvm/src/call_manager/{mod,default}.rs
 */
import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import type { ErrorNumber, Fatal } from "../errors.ts"
import type { Cost, Milligas } from "../gas/charge.ts"
import type { GasTracker } from "../gas/tracker.ts"
import type { MachineView, MemoryLimiter } from "../machine/index.ts"
import type { StampedEvent } from "../receipt.ts"
import type { ActorState } from "../state-tree/actor-state.ts"

/** The handle that stands for "no block". */
export const NO_BLOCK = 0

/** Parameters or return data on their way from one actor to another. Immutable. */
export interface Block {
  /** IPLD codec: 0x51 (CBOR), 0x55 (raw), 0x71 (DAG-CBOR). */
  readonly codec: number
  readonly data: Uint8Array
  /** CIDs that become reachable to whoever receives the block; found by the scan when it was created. */
  readonly links: readonly CID[]
}

/** How a call ended for its caller. */
export interface InvocationResult {
  readonly exitCode: number
  readonly value: Block | undefined
}

/** A call of an actor by an actor. */
export interface Call {
  /** ID of the calling actor. */
  readonly from: bigint
  readonly to: Address
  readonly method: bigint
  readonly params: Block | undefined
  /** attoFIL. */
  readonly value: bigint
  /** A limit of its own; undefined means all that is left. */
  readonly gasLimit: Milligas | undefined
  readonly readOnly: boolean
}

/** What the kernel may ask of the call stack it runs on. Charges gas where it says so. */
export interface CallManager {
  readonly machine: MachineView
  readonly gas: GasTracker
  /** ID of the message's sender. */
  readonly origin: bigint
  /** The message's sequence. */
  readonly nonce: bigint
  /** attoFIL per unit of gas: the premium that is really paid, never negative. */
  readonly gasPremium: bigint
  /** Memory of all instances on the stack. */
  readonly limiter: MemoryLimiter
  /** Code invocations so far in this message. */
  readonly invocationCount: number

  /** @throws OutOfGas */
  charge(cost: Cost): void

  /**
   * Calls an actor in a transaction of its own: a failure, or an exit code other than 0, takes back state, events and access charges.
   *
   * Out of gas under a limit of its own is a result with exit code 7 as long as the caller has gas left.
   *
   * @throws SyscallError - The call could not be made: LimitExceeded (depth), NotFound, InsufficientFunds, ReadOnly, IllegalArgument.
   * @throws OutOfGas | Fatal
   */
  send(call: Call): InvocationResult

  /** The f2 address of the next actor this message creates; stays the same until `createActor`. */
  nextActorAddress(): Address

  /**
   * Creates an actor, or puts code in the place of a placeholder. Who may do so is the kernel's check.
   *
   * @throws SyscallError - Forbidden: placeholder code, an existing actor, or another delegated address than the placeholder's.
   */
  createActor(code: CID, id: bigint, delegatedAddress: Address | undefined): void

  /** The ID behind an address; undefined if there is none. An f0 address is not checked for existence. */
  resolveAddress(address: Address): bigint | undefined

  /** An actor's state, charged once per message; undefined if it does not exist or was deleted. */
  getActor(id: bigint): ActorState | undefined

  /** Sets an actor's state, charged once per message. */
  setActor(id: bigint, state: ActorState): void

  /** Deletes an actor, charged like an update. */
  deleteActor(id: bigint): void

  /**
   * Moves attoFIL between existing actors.
   *
   * @throws SyscallError - IllegalArgument (negative value), InsufficientFunds, NotFound (receiver).
   */
  transfer(from: bigint, to: bigint, value: bigint): void

  /** Adds an event to those of the current transaction. */
  appendEvent(event: StampedEvent): void

  /** Whether a trace is kept; what only a trace needs need not be computed otherwise. */
  readonly tracing: boolean
  /** A line for the trace from `debug.log`. */
  log(message: string): void
  /** Notes a block_open (`get`) or block_link (`put`) in the trace. */
  traceIpld(operation: "get" | "put", cid: CID, size: number): void
}

/** The last syscall error an actor saw before it ended, or the fatal error that ended the message. */
export type Cause =
  | {
      readonly kind: "syscall"
      readonly module: string
      readonly function: string
      readonly errorNumber: ErrorNumber
      readonly message: string
    }
  | { readonly kind: "fatal"; readonly message: string; readonly error: Error }

/** An actor that ended with an exit code other than 0. */
export interface Frame {
  readonly source: bigint
  readonly method: bigint
  readonly exitCode: number
  readonly message: string
}

/** Why a message failed: frames from the innermost actor outwards. */
export interface Backtrace {
  readonly frames: readonly Frame[]
  readonly cause: Cause | undefined
}

/** One invocation of an actor's code. */
export interface Invocation {
  /** ID of the immediate caller. */
  readonly caller: bigint
  /** ID of the actor that runs. */
  readonly receiver: bigint
  readonly method: bigint
  /** attoFIL, already transferred. */
  readonly value: bigint
  readonly readOnly: boolean
  /** Becomes block 1 of the invocation, its links reachable; undefined: `invoke` gets handle 0. */
  readonly params: Block | undefined
  /** The receiver's code. */
  readonly code: CID
}

/** How an actor's code ended. Nothing is thrown for it: the call manager turns it into a result or an error. */
export type InvocationEnd =
  /** `invoke` returned; `blockId` 0 means no data. */
  | { readonly kind: "return"; readonly blockId: number }
  /** `vm.exit` (also with code 0), a trap (4), a failed instantiation (4) or a missing entry point (5). */
  | { readonly kind: "exit"; readonly exitCode: number; readonly message: string; readonly blockId: number }
  | { readonly kind: "outOfGas" }
  | { readonly kind: "fatal"; readonly error: Fatal }

/** What is left of an invocation when it has ended. */
export interface InvocationRun {
  readonly end: InvocationEnd
  /** The last syscall error that no other syscall followed. */
  readonly lastError: Cause | undefined
  /** A block of the invocation's registry by its handle; undefined if there is none. */
  block(blockId: number): Block | undefined
}

/**
 * Runs one invocation: instantiates the code (charging for memory and start function), calls `invoke`, settles the execution gas.
 * Implemented by the syscalls room over an engine.
 */
export interface Runtime {
  /**
   * @throws Nothing but faults of ours: every end of an actor is in the result.
   */
  run(callManager: CallManager, invocation: Invocation): InvocationRun
  /**
   * Compiles the code of the manifest ahead of the first message.
   *
   * @throws MachineError - The code is missing or is not a valid actor.
   */
  preload(machine: MachineView): void
}
