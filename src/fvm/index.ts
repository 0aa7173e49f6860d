/**
 * The kernel as a library: `import { Executor, Machine, machineContext, runtimeFor } from "fevm/fvm"`.
 *
 *     const [bundle] = readBundleFiles("builtin-actors-mainnet.car")
 *     const context = machineContext({ networkVersion: 28, chainId: 31415926n, epoch: 100n, timestamp: 1_700_000_000n })
 *     const machine = new Machine({ context, stateRoot, store, externs, code: codeOfBundles([bundle]) })
 *     const executor = new Executor(machine, runtimeFor(context))
 *     const { receipt } = executor.applyMessage(message, "explicit", chainLength)
 *     const newRoot = executor.flush()
 *
 * Run it in a worker with a stack of {@link KERNEL_STACK_MB}: calls between actors nest up to 1,024 deep.
 */
export { formatBacktrace } from "./call-manager/backtrace.ts"
export { EVENTS_AMT_BIT_WIDTH, eventCodec, eventsRoot, storeEvents } from "./call-manager/events.ts"
export type { Backtrace, Cause, Frame, Runtime } from "./call-manager/index.ts"
export { MockProofVerifier } from "./crypto/mock-proofs.ts"
export { ProofError, type ProofVerifier } from "./crypto/proofs.ts"
export {
  ActorExit,
  BundleError,
  ERROR_NUMBERS,
  type ErrorNumber,
  Fatal,
  MachineError,
  MessageRefused,
  OutOfGas,
  SyscallError,
} from "./errors.ts"
export { Executor } from "./executor/executor.ts"
export type { ApplyFailure, ApplyKind, ApplyResult } from "./executor/index.ts"
export { EXIT_CODES, type ExitCodeName, exitCodeName, FIRST_ACTOR_EXIT_CODE } from "./exit-code.ts"
export type { ConsensusFault, Externs } from "./externs/index.ts"
export type { Charge, Milligas } from "./gas/charge.ts"
export { computeGasOutputs, type GasOutputs } from "./gas/outputs.ts"
export { NETWORK_VERSIONS, PriceList, priceListOf } from "./gas/price-list.ts"
export { KERNEL_STACK_MB, startKernelWorker, workerScript } from "./kernel-worker.ts"
export { type Bundle, codeOfBundles, loadBundle, loadManifest, readBundleFiles } from "./machine/bundle.ts"
export { DEFAULT_LIMITS, type MachineOptions, machineContext } from "./machine/context.ts"
export {
  BURNT_FUNDS_ACTOR_ID,
  EAM_ACTOR_ID,
  INIT_ACTOR_ID,
  type MachineContext,
  type MachineLimits,
  REWARD_ACTOR_ID,
  SYSTEM_ACTOR_ID,
} from "./machine/index.ts"
export { EMPTY_LIST_CID, Machine, type MachineParts } from "./machine/machine.ts"
export { Manifest } from "./machine/manifest.ts"
export type { Message } from "./message.ts"
export type { EventEntry, Receipt, StampedEvent } from "./receipt.ts"
export { runtimeFor } from "./runtime.ts"
export { actorCodec } from "./state-tree/actor-codec.ts"
export type { ActorState } from "./state-tree/actor-state.ts"
export {
  createAddressMap,
  type InitState,
  loadAddressMap,
  loadInitState,
  storeInitState,
} from "./state-tree/init-actor.ts"
export { STATE_TREE_VERSION, StateTree } from "./state-tree/state-tree.ts"
export type { ExecutionEvent, ExecutionTrace } from "./trace/index.ts"
