import type { Address } from "../../address/address.ts"
import type { CID } from "../../ipld/cid.ts"
import { DefaultCallManager } from "../call-manager/call-manager.ts"
import { eventsRoot } from "../call-manager/events.ts"
import type { Block, InvocationResult, Runtime } from "../call-manager/index.ts"
import { BudgetExceeded, Fatal, MessageRefused, OutOfGas, SyscallError } from "../errors.ts"
import { EXIT_CODES } from "../exit-code.ts"
import type { Charge } from "../gas/charge.ts"
import { MILLIGAS_PER_GAS } from "../gas/charge.ts"
import { computeGasOutputs, type GasOutputs } from "../gas/outputs.ts"
import { BURNT_FUNDS_ACTOR_ID, EAM_ACTOR_ID, REWARD_ACTOR_ID } from "../machine/index.ts"
import type { Machine } from "../machine/machine.ts"
import type { Message } from "../message.ts"
import type { Receipt } from "../receipt.ts"
import { formatTokenAmount } from "../token-amount.ts"
import type { ApplyFailure, ApplyKind, ApplyResult } from "./index.ts"

const METHOD_SEND = 0n
const RAW = 0x55
const CBOR = 0x51
const I64_MAX = (1n << 63n) - 1n
const NO_CHARGE: Charge = { name: "none", compute: 0n, other: 0n }
const NO_FEES: GasOutputs = {
  baseFeeBurn: 0n,
  overEstimationBurn: 0n,
  minerPenalty: 0n,
  minerTip: 0n,
  refund: 0n,
  gasRefund: 0n,
  gasBurned: 0n,
}

interface Preflight {
  readonly sender: bigint
  /** attoFIL taken from the sender: fee cap times gas limit. */
  readonly gasCost: bigint
  readonly inclusion: Charge
}

/**
 * Applies messages to a machine.
 *
 * @see ref-fvm fvm/src/executor/default.rs
 */
export class Executor {
  readonly machine: Machine
  readonly #runtime: Runtime

  /** @param runtime - Runs actors' code; shared between executors of one thread, so that compiled code and instances are. */
  constructor(machine: Machine, runtime: Runtime) {
    this.machine = machine
    this.#runtime = runtime
  }

  /**
   * Applies one message to the state tree and makes its receipt. A failed message has a receipt too, even a fatal one.
   *
   * @param message - `gasFeeCap` and `gasPremium` in attoFIL per unit of gas.
   * @param kind - `implicit` pays nothing and skips the checks of sender and sequence.
   * @param chainLength - Bytes of the message as it stands on chain, signature included; sets the inclusion charge.
   * @param anySender - Let any actor be the sender of an explicit message: for trials and for dev nodes that play somebody. Not consensus.
   *   Default: false
   * @throws MessageRefused - No receipt exists and a block must not contain the message: gas limit 0 or above 2^63 - 1, a negative
   *   premium, a sender that deleted itself. BudgetExceeded - The machine has a budget, and it did not suffice.
   * @see FIP-0032 (gas model)
   */
  applyMessage(message: Message, kind: ApplyKind, chainLength: number, anySender: boolean = false): ApplyResult {
    const preflight = this.#refuseOnFatal(() => this.#preflight(message, kind, chainLength, anySender))
    if ("receipt" in preflight) return preflight
    const { machine } = this
    const { sender, gasCost, inclusion } = preflight
    const receiver = this.#refuseOnFatal(() => machine.stateTree.lookupId(message.to))
    const callManager = new DefaultCallManager({
      machine,
      runtime: this.#runtime,
      gasLimit: message.gasLimit,
      origin: sender,
      originAddress: message.from,
      receiver,
      receiverAddress: message.to,
      nonce: message.sequence,
      gasPremium: effectivePremium(message, machine.context.baseFee),
    })
    const { backtrace } = callManager
    try {
      callManager.charge(inclusion)
    } catch (cause) {
      if (cause instanceof BudgetExceeded) throw cause
      throw new MessageRefused("the inclusion cost does not fit the gas limit after all", true, { cause })
    }
    let result: InvocationResult
    let gasUsed: bigint
    try {
      result = callManager.send({
        from: sender,
        to: message.to,
        method: message.method,
        params: paramsOf(message),
        value: message.value,
        gasLimit: undefined,
        readOnly: false,
      })
      gasUsed = callManager.gasUsed
      if (result.exitCode === EXIT_CODES.OK) backtrace.clear()
    } catch (error) {
      gasUsed = callManager.gasUsed
      if (error instanceof OutOfGas) result = { exitCode: EXIT_CODES.SYS_OUT_OF_GAS, value: undefined }
      else if (error instanceof SyscallError) {
        // The call could not be made at all.
        result = { exitCode: exitCodeOf(error), value: undefined }
        const { errorNumber, message: text } = error
        backtrace.begin({ kind: "syscall", module: "send", function: "send", errorNumber, message: text })
      } else if (error instanceof Fatal) {
        // All nodes must answer a fatal error alike, so the gas limit is what was used.
        result = { exitCode: EXIT_CODES.SYS_ASSERTION_FAILED, value: undefined }
        gasUsed = message.gasLimit
        backtrace.setCause({ kind: "fatal", message: describeFatal(error, message, machine.context.epoch), error })
      } else throw error
    }
    const { events } = callManager
    const receipt: Receipt = {
      exitCode: result.exitCode,
      returnData: result.value?.data ?? new Uint8Array(0),
      gasUsed,
      eventsRoot: eventsRoot(events),
    }
    const failure: ApplyFailure | undefined =
      backtrace.isEmpty || receipt.exitCode === EXIT_CODES.OK ? undefined : { kind: "backtrace", ...backtrace.build() }
    const fees = kind === "explicit" ? this.#settle(message, sender, gasUsed, gasCost) : NO_FEES
    return {
      receipt,
      returnCodec: result.value?.codec,
      events,
      penalty: fees.minerPenalty,
      minerTip: fees.minerTip,
      baseFeeBurn: fees.baseFeeBurn,
      overEstimationBurn: fees.overEstimationBurn,
      refund: fees.refund,
      gasRefund: fees.gasRefund,
      gasBurned: fees.gasBurned,
      failure,
      gasWasSeen: callManager.gas.wasSeen,
      trace: callManager.trace,
    }
  }

  /**
   * Writes the state and the blocks it needs to the node's store.
   *
   * @returns The state root.
   * @throws Fatal - The state cannot be written.
   */
  flush(): CID {
    return this.machine.flush()
  }

  /** Checks the message and takes the fee from the sender. A result is that of a message that fails here. */
  #preflight(message: Message, kind: ApplyKind, chainLength: number, anySender: boolean): Preflight | ApplyResult {
    const { context, stateTree, manifest } = this.machine
    if (message.gasLimit <= 0n) throw new MessageRefused("the message has no gas limit", false)
    if (message.gasLimit > I64_MAX)
      throw new MessageRefused(`the gas limit ${message.gasLimit} is above ${I64_MAX}`, false)
    let inclusion = NO_CHARGE
    let penalty = 0n
    if (kind === "explicit") {
      inclusion = context.prices.onChainMessage(chainLength)
      const cost = (inclusion.compute + inclusion.other + MILLIGAS_PER_GAS - 1n) / MILLIGAS_PER_GAS
      if (cost > message.gasLimit)
        return refusal(
          EXIT_CODES.SYS_OUT_OF_GAS,
          `the gas limit ${message.gasLimit} does not cover the inclusion cost ${cost}`,
          context.baseFee * cost,
        )
      penalty = context.baseFee * message.gasLimit
    }
    const sender = stateTree.lookupId(message.from)
    if (sender === undefined)
      return refusal(EXIT_CODES.SYS_SENDER_INVALID, `the sender ${message.from} does not exist`, penalty)
    if (kind === "implicit") return { sender, gasCost: 0n, inclusion }

    const state = stateTree.getActor(sender)
    if (state === undefined)
      return refusal(EXIT_CODES.SYS_SENDER_INVALID, `the sender ${message.from} does not exist`, penalty)
    let { code } = state
    const isPlaceholder =
      manifest.is("placeholder", code) && state.sequence === 0n && isEthAddress(state.delegatedAddress)
    if (isPlaceholder) code = manifest.codeOf("ethaccount")
    else if (!anySender && !manifest.is("account", code) && !manifest.is("ethaccount", code))
      return refusal(EXIT_CODES.SYS_SENDER_INVALID, `actor ${sender} may not send messages`, penalty)
    if (message.sequence !== state.sequence)
      return refusal(
        EXIT_CODES.SYS_SENDER_STATE_INVALID,
        `the sequence is ${message.sequence}, the sender's is ${state.sequence}`,
        penalty,
      )
    const gasCost = message.gasFeeCap * message.gasLimit
    if (state.balance < gasCost)
      return refusal(
        EXIT_CODES.SYS_SENDER_STATE_INVALID,
        `Actor balance less than needed: ${formatTokenAmount(state.balance)} < ${formatTokenAmount(gasCost)}`,
        penalty,
      )
    stateTree.setActor(sender, { ...state, code, sequence: state.sequence + 1n, balance: state.balance - gasCost })
    return { sender, gasCost, inclusion }
  }

  /** Pays burn, tip and refund out of what the sender has paid. */
  #settle(message: Message, sender: bigint, gasUsed: bigint, gasCost: bigint): GasOutputs {
    const fees = computeGasOutputs(
      gasUsed,
      message.gasLimit,
      this.machine.context.baseFee,
      message.gasFeeCap,
      message.gasPremium,
    )
    this.#pay(REWARD_ACTOR_ID, fees.minerTip)
    this.#pay(BURNT_FUNDS_ACTOR_ID, fees.baseFeeBurn + fees.overEstimationBurn)
    this.#pay(sender, fees.refund)
    if (fees.baseFeeBurn + fees.overEstimationBurn + fees.refund + fees.minerTip !== gasCost)
      throw new MessageRefused("burn, tip and refund do not add up to what the sender has paid", true)
    return fees
  }

  #pay(id: bigint, amount: bigint): void {
    if (amount === 0n) return
    if (amount < 0n) throw new MessageRefused(`actor ${id} would be paid ${amount} attoFIL`, true)
    const actor = this.machine.stateTree.getActor(id)
    if (actor === undefined) throw new MessageRefused(`actor ${id} does not exist and cannot be paid`, true)
    this.machine.stateTree.setActor(id, { ...actor, balance: actor.balance + amount })
  }

  /** Outside of a call stack there is nobody to charge for a fatal error: the message is refused. */
  #refuseOnFatal<T>(run: () => T): T {
    try {
      return run()
    } catch (cause) {
      if (cause instanceof Fatal) throw new MessageRefused(cause.message, false, { cause })
      throw cause
    }
  }
}

function refusal(exitCode: number, message: string, penalty: bigint): ApplyResult {
  return {
    receipt: { exitCode, returnData: new Uint8Array(0), gasUsed: 0n, eventsRoot: undefined },
    returnCodec: undefined,
    events: [],
    penalty,
    minerTip: 0n,
    baseFeeBurn: 0n,
    overEstimationBurn: 0n,
    refund: 0n,
    gasRefund: 0n,
    gasBurned: 0n,
    failure: { kind: "prevalidation", message },
    gasWasSeen: false,
    trace: [],
  }
}

function exitCodeOf(error: SyscallError): number {
  switch (error.errorNumber) {
    case "InsufficientFunds":
      return EXIT_CODES.SYS_INSUFFICIENT_FUNDS
    case "NotFound":
      return EXIT_CODES.SYS_INVALID_RECEIVER
    default:
      return EXIT_CODES.SYS_ASSERTION_FAILED
  }
}

function paramsOf({ method, params }: Message): Block | undefined {
  if (params.length === 0) return undefined
  // CBOR, not DAG-CBOR: links that come from outside reach nothing.
  return { codec: method === METHOD_SEND ? RAW : CBOR, data: params, links: [] }
}

function effectivePremium({ gasFeeCap, gasPremium }: Message, baseFee: bigint): bigint {
  const most = gasFeeCap - baseFee
  const premium = gasPremium < most ? gasPremium : most
  return premium > 0n ? premium : 0n
}

function isEthAddress(address: Address | undefined): boolean {
  return address !== undefined && address.protocol === 4 && address.namespace === EAM_ACTOR_ID
}

function describeFatal(error: Fatal, { from, to, sequence, method }: Message, epoch: bigint): string {
  return `[from=${from}, to=${to}, seq=${sequence}, m=${method}, h=${epoch}]: ${error.message}`
}
