import { Address } from "../../address/address.ts"
import type { CID } from "../../ipld/cid.ts"
import { BudgetExceeded, Fatal, OutOfGas, SyscallError } from "../errors.ts"
import { EXIT_CODES } from "../exit-code.ts"
import type { Cost } from "../gas/charge.ts"
import { MILLIGAS_PER_GAS } from "../gas/charge.ts"
import { GasTracker } from "../gas/tracker.ts"
import { EAM_ACTOR_ID, type MachineView, SYSTEM_ACTOR_ID } from "../machine/index.ts"
import { MessageMemoryLimiter } from "../machine/limiter.ts"
import { EMPTY_LIST_CID } from "../machine/machine.ts"
import type { StampedEvent } from "../receipt.ts"
import type { ActorState } from "../state-tree/actor-state.ts"
import { formatTokenAmount } from "../token-amount.ts"
import type { ExecutionEvent, ExecutionTrace, TracedBlock } from "../trace/index.ts"
import { AccessTracker, READ, UPDATED } from "./access-tracker.ts"
import { BacktraceBuilder } from "./backtrace.ts"
import { EventAccumulator } from "./events.ts"
import type { Block, Call, CallManager, InvocationResult, Runtime } from "./index.ts"

/** A bare send: moves value, runs no code. */
const METHOD_SEND = 0n
const METHOD_CONSTRUCTOR = 1n
const CBOR = 0x51
const BLS_PROTOCOL = 3
const U64_MAX = (1n << 64n) - 1n
const NO_LINKS: readonly CID[] = []

/** The message that a call stack executes. */
export interface CallStackOptions {
  readonly machine: MachineView
  readonly runtime: Runtime
  /** Whole units of gas. */
  readonly gasLimit: bigint
  /** ID of the sender. */
  readonly origin: bigint
  /** The sender as the message names it: new f2 addresses follow from it. */
  readonly originAddress: Address
  /** ID of the receiver, if it exists already. */
  readonly receiver: bigint | undefined
  readonly receiverAddress: Address
  readonly nonce: bigint
  /** attoFIL per unit of gas, as it is really paid. */
  readonly gasPremium: bigint
}

/**
 * Executes the call stack of one message.
 *
 * @see ref-fvm fvm/src/call_manager/default.rs
 */
export class DefaultCallManager implements CallManager {
  readonly machine: MachineView
  readonly gas: GasTracker
  readonly origin: bigint
  readonly nonce: bigint
  readonly gasPremium: bigint
  readonly limiter: MessageMemoryLimiter
  readonly tracing: boolean
  readonly backtrace: BacktraceBuilder = new BacktraceBuilder()
  invocationCount = 0

  readonly #runtime: Runtime
  readonly #originAddress: Address
  readonly #access: AccessTracker
  readonly #events = new EventAccumulator()
  readonly #trace: ExecutionEvent[] = []
  #actorsCreated = 0n
  #depth = 0

  constructor(options: CallStackOptions) {
    const { machine, origin, originAddress, receiver, receiverAddress } = options
    this.machine = machine
    this.#runtime = options.runtime
    this.tracing = machine.context.tracing
    this.gas = new GasTracker(
      options.gasLimit,
      this.tracing ? (charge) => this.#trace.push({ kind: "gas", charge }) : undefined,
      machine.budget,
    )
    this.origin = origin
    this.#originAddress = originAddress
    this.nonce = options.nonce
    this.gasPremium = options.gasPremium
    this.limiter = new MessageMemoryLimiter(machine.context.maxMemoryBytes)
    this.#access = new AccessTracker(machine.context.prices.data.preloadedActors)
    // Inclusion has paid for updating the sender, and for looking up what the message names.
    this.#access.recordUpdate(origin)
    this.#access.recordAddress(originAddress)
    if (receiver !== undefined) this.#access.recordRead(receiver)
    this.#access.recordAddress(receiverAddress)
  }

  /** Events that were not taken back, in order. */
  get events(): readonly StampedEvent[] {
    return this.#events.events
  }

  /** All that happened; empty when tracing is off. */
  get trace(): ExecutionTrace {
    return this.#trace
  }

  /** Gas used so far in whole units, rounded up. */
  get gasUsed(): bigint {
    return roundUp(this.gas.used)
  }

  charge(cost: Cost): void {
    this.gas.charge(cost)
  }

  send(call: Call): InvocationResult {
    const { stateTree } = this.machine
    stateTree.beginTransaction()
    this.#events.beginTransaction()
    this.#access.beginTransaction()
    let revert = true
    try {
      const result = this.#call(call)
      revert = result.exitCode !== EXIT_CODES.OK
      return result
    } finally {
      stateTree.endTransaction(revert)
      this.#events.endTransaction(revert)
      this.#access.endTransaction(revert)
    }
  }

  nextActorAddress(): Address {
    const origin = this.#originAddress.bytes
    const head = origin.length < 24 ? [0x40 | origin.length] : [0x58, origin.length]
    const data = new Uint8Array(head.length + origin.length + 16)
    data.set(head)
    data.set(origin, head.length)
    const view = new DataView(data.buffer)
    view.setBigUint64(head.length + origin.length, this.nonce)
    view.setBigUint64(head.length + origin.length + 8, this.#actorsCreated)
    return Address.actor(data)
  }

  createActor(code: CID, id: bigint, delegatedAddress: Address | undefined): void {
    const { manifest } = this.machine
    if (manifest.is("placeholder", code))
      throw new SyscallError("Forbidden", "a placeholder cannot be created explicitly")
    const existing = this.getActor(id)
    let actor: ActorState
    if (existing === undefined) {
      // The init actor has assigned the address and paid for it.
      this.charge(this.machine.context.prices.onCreateActor(false))
      actor = newActor(code, delegatedAddress)
    } else {
      if (!manifest.is("placeholder", existing.code)) throw new SyscallError("Forbidden", `actor ${id} exists already`)
      const expected = existing.delegatedAddress
      if (expected === undefined) throw new Fatal(`placeholder ${id} has no delegated address`)
      if (delegatedAddress === undefined || !expected.equals(delegatedAddress))
        throw new SyscallError("Forbidden", `placeholder ${id} has the delegated address ${expected}`)
      actor = { ...existing, code }
    }
    this.setActor(id, actor)
    this.#actorsCreated++
  }

  resolveAddress(address: Address): bigint | undefined {
    if (address.protocol === 0) return address.actorId
    if (!this.#access.isAddressKnown(address)) this.charge(this.machine.context.prices.onResolveAddress())
    const id = this.machine.stateTree.lookupId(address)
    if (id !== undefined) this.#access.recordAddress(address)
    return id
  }

  getActor(id: bigint): ActorState | undefined {
    if (this.#access.access(id) < READ) this.charge(this.machine.context.prices.onActorLookup())
    const actor = this.machine.stateTree.getActor(id)
    this.#access.recordRead(id)
    return actor
  }

  setActor(id: bigint, state: ActorState): void {
    this.#chargeUpdate(id)
    this.machine.stateTree.setActor(id, state)
    this.#access.recordUpdate(id)
  }

  deleteActor(id: bigint): void {
    this.#chargeUpdate(id)
    this.machine.stateTree.deleteActor(id)
    this.#access.recordUpdate(id)
  }

  transfer(from: bigint, to: bigint, value: bigint): void {
    if (value < 0n)
      throw new SyscallError(
        "IllegalArgument",
        `attempted to transfer negative transfer value ${formatTokenAmount(value)}`,
      )
    const sender = this.getActor(from)
    // InsufficientFunds, so that a missing sender is not taken for a missing receiver.
    if (sender === undefined)
      throw new SyscallError("InsufficientFunds", `actor ${from} does not exist and cannot send ${value} attoFIL`)
    if (sender.balance < value)
      throw new SyscallError(
        "InsufficientFunds",
        `sender does not have funds to transfer (balance ${formatTokenAmount(sender.balance)}, transfer ${formatTokenAmount(value)})`,
      )
    if (from === to) return
    const receiver = this.getActor(to)
    if (receiver === undefined) throw new SyscallError("NotFound", `the receiver, actor ${to}, does not exist`)
    this.setActor(from, { ...sender, balance: sender.balance - value })
    this.setActor(to, { ...receiver, balance: receiver.balance + value })
  }

  appendEvent(event: StampedEvent): void {
    this.#events.append(event)
  }

  log(message: string): void {
    if (this.tracing) this.#trace.push({ kind: "log", message })
  }

  traceIpld(operation: "get" | "put", cid: CID, size: number): void {
    if (this.tracing) this.#trace.push({ kind: "ipld", operation, cid, size })
  }

  #chargeUpdate(id: bigint): void {
    const access = this.#access.access(id)
    const { prices } = this.machine.context
    if (access < READ) this.charge(prices.onActorLookup())
    if (access < UPDATED) this.charge(prices.onActorUpdate())
  }

  /** A call with its gas limit and its trace, without a transaction. */
  #call(call: Call): InvocationResult {
    const { gas } = this
    if (this.tracing) {
      const asked = roundUp(call.gasLimit ?? U64_MAX)
      const available = roundUp(gas.available)
      this.#trace.push({
        kind: "call",
        from: call.from,
        to: call.to,
        method: call.method,
        params: traced(call.params),
        value: call.value,
        gasLimit: least(asked, available),
        readOnly: call.readOnly,
      })
    }
    if (call.gasLimit !== undefined) gas.pushLimit(call.gasLimit)
    let result: InvocationResult
    try {
      try {
        result = this.#callInFrame(call)
      } finally {
        if (call.gasLimit !== undefined) gas.popLimit()
      }
    } catch (error) {
      // The call's own limit is used up, not the caller's: an answer like any other.
      if (error instanceof OutOfGas && gas.available > 0n)
        result = { exitCode: EXIT_CODES.SYS_OUT_OF_GAS, value: undefined }
      else {
        if (this.tracing) this.#traceError(error)
        throw error
      }
    }
    if (this.tracing) this.#trace.push({ kind: "return", exitCode: result.exitCode, data: traced(result.value) })
    return result
  }

  #traceError(error: unknown): void {
    if (error instanceof OutOfGas)
      this.#trace.push({ kind: "return", exitCode: EXIT_CODES.SYS_OUT_OF_GAS, data: undefined })
    else if (error instanceof Fatal) this.#trace.push({ kind: "error", error: new SyscallError("Forbidden", "fatal") })
    else if (error instanceof SyscallError) this.#trace.push({ kind: "error", error })
  }

  #callInFrame(call: Call): InvocationResult {
    const { context, budget } = this.machine
    if (this.#depth >= context.maxCallDepth)
      throw new SyscallError("LimitExceeded", `more than ${context.maxCallDepth} actors on the call stack`)
    if (budget !== undefined && this.#depth >= budget.maxCallDepth)
      throw new BudgetExceeded(`more than ${budget.maxCallDepth} actors on the call stack`)
    const memory = this.limiter.memoryUsed
    this.#depth++
    try {
      const receiver = this.#findOrCreate(call)
      return this.#invoke(call.from, receiver, call.method, call.params, call.value, call.readOnly, false)
    } finally {
      this.#depth--
      this.limiter.memoryUsed = memory
    }
  }

  #findOrCreate({ to, method, params, readOnly }: Call): bigint {
    const id = this.resolveAddress(to)
    if (id !== undefined) return id
    this.machine.onUnreached?.(to, method, params?.data)
    const isKey = to.protocol === 1 || to.protocol === BLS_PROTOCOL
    const isEth = to.protocol === 4 && to.namespace === EAM_ACTOR_ID
    if (!isKey && !isEth) throw new SyscallError("NotFound", `actor does not exist or cannot be created: ${to}`)
    if (readOnly) throw new SyscallError("ReadOnly", `${to} cannot be created in a read-only call`)
    const { manifest } = this.machine
    if (isEth) return this.#createFromSend(to, newActor(manifest.codeOf("placeholder"), to))
    if (isInfinity(to)) throw new SyscallError("IllegalArgument", `${to} cannot be created: its key signs everything`)
    const account = this.#createFromSend(to, newActor(manifest.codeOf("account"), undefined))
    // What the constructor answers is not looked at; it has no transaction of its own either.
    this.#invoke(
      SYSTEM_ACTOR_ID,
      account,
      METHOD_CONSTRUCTOR,
      { codec: CBOR, data: cborBytes(to.bytes), links: NO_LINKS },
      0n,
      false,
      true,
    )
    return account
  }

  #createFromSend(address: Address, actor: ActorState): bigint {
    this.charge(this.machine.context.prices.onCreateActor(true))
    const id = this.machine.stateTree.registerAddress(address)
    this.#access.recordAddress(address)
    this.setActor(id, actor)
    return id
  }

  /** @param implicit - The constructor that a send runs: it leaves no trace and no frame. */
  #invoke(
    from: bigint,
    to: bigint,
    method: bigint,
    params: Block | undefined,
    value: bigint,
    readOnly: boolean,
    implicit: boolean,
  ): InvocationResult {
    const { prices } = this.machine.context
    const state = this.getActor(to)
    if (state === undefined) throw new SyscallError("NotFound", `actor does not exist: ${to}`)
    if (this.tracing && !implicit) this.#trace.push({ kind: "invoke", id: to, state })
    if (value !== 0n) {
      this.charge(prices.onValueTransfer())
      this.transfer(from, to, value)
    }
    if (method === METHOD_SEND) return { exitCode: EXIT_CODES.OK, value: undefined }
    this.charge(prices.onMethodInvocation(params?.links.length ?? 0))
    this.invocationCount++

    const run = this.#runtime.run(this, {
      caller: from,
      receiver: to,
      method,
      value,
      readOnly,
      params,
      code: state.code,
    })

    const { end } = run
    let result: InvocationResult | undefined
    let failure: OutOfGas | Fatal | undefined
    let exitCode: number = EXIT_CODES.OK
    let message = ""
    switch (end.kind) {
      case "return": {
        const block = end.blockId === 0 ? undefined : run.block(end.blockId)
        if (end.blockId !== 0 && block === undefined) {
          exitCode = EXIT_CODES.SYS_MISSING_RETURN
          message = `returned block ${end.blockId} does not exist`
        }
        result = { exitCode, value: block }
        break
      }
      case "exit": {
        exitCode = end.exitCode
        message = end.message
        const block = end.blockId === 0 ? undefined : run.block(end.blockId)
        if (end.blockId !== 0 && block === undefined) {
          exitCode = EXIT_CODES.SYS_MISSING_RETURN
          message = `exit data block ${end.blockId} does not exist`
          failure = new Fatal(message)
        } else result = { exitCode, value: block }
        break
      }
      case "outOfGas":
        exitCode = EXIT_CODES.SYS_OUT_OF_GAS
        message = "out of gas"
        failure = new OutOfGas()
        break
      case "fatal":
        exitCode = EXIT_CODES.SYS_ASSERTION_FAILED
        message = "fatal error"
        failure = end.error
        break
    }
    if (exitCode !== EXIT_CODES.OK && !implicit) {
      if (run.lastError !== undefined) this.backtrace.begin(run.lastError)
      this.backtrace.push({ source: to, method, exitCode, message })
    }
    if (result === undefined) throw failure ?? new Fatal("an invocation ended without a result")
    if (result.value !== undefined)
      this.charge(prices.onMethodReturn(this.#depth, result.value.data.length, result.value.links.length))
    return result
  }
}

function newActor(code: CID, delegatedAddress: Address | undefined): ActorState {
  return { code, state: EMPTY_LIST_CID, sequence: 0n, balance: 0n, delegatedAddress }
}

/** The f3 address of the compressed point at infinity. */
function isInfinity(address: Address): boolean {
  if (address.protocol !== BLS_PROTOCOL) return false
  const key = address.payload
  return key[0] === 0xc0 && key.every((byte, index) => index === 0 || byte === 0)
}

/** Bytes (fewer than 256) as a CBOR byte string. */
function cborBytes(bytes: Uint8Array): Uint8Array {
  const head = bytes.length < 24 ? [0x40 | bytes.length] : [0x58, bytes.length]
  const out = new Uint8Array(head.length + bytes.length)
  out.set(head)
  out.set(bytes, head.length)
  return out
}

function traced(block: Block | undefined): TracedBlock | undefined {
  return block === undefined ? undefined : { codec: block.codec, data: block.data }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function roundUp(milligas: bigint): bigint {
  return (milligas + MILLIGAS_PER_GAS - 1n) / MILLIGAS_PER_GAS
}
