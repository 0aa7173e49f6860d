import { decode } from "@ipld/dag-cbor"
import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import { isMaskedId, maskedIdAddress, toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import type { EXIT_CODES } from "../fvm/exit-code.ts"
import type { StampedEvent } from "../fvm/receipt.ts"
import type { ExecutionTrace, TracedBlock } from "../fvm/trace/index.ts"
import { decodeByteString } from "./cbor-bytes.ts"
import { decodeCreateReturn, MalformedCreateReturn } from "./create-return.ts"
import { NotAnEthereumTransaction } from "./errors.ts"
import { describeExitCode, EXIT_CODE_INSUFFICIENT_FUNDS, EXIT_CODE_OUT_OF_GAS } from "./exit-code.ts"
import { METHOD_INVOKE_EVM } from "./transaction.ts"
import { encodeNativePayload } from "./transaction-view.ts"

/** An event that an entry of a trace emitted. */
export interface TracedEvent {
  /** Position among the events of the message. */
  readonly event: number
  /** How many of the entry's own calls came before it. */
  readonly position: number
}

/** A call between contracts or actors, as Parity's traces show it. Amounts in attoFIL, gas in FVM units. */
export interface CallTrace {
  readonly type: "call"
  readonly callType: "call" | "staticcall" | "delegatecall"
  /** Which call of which call of which call ... of the transaction; empty for the transaction itself. */
  readonly traceAddress: readonly number[]
  readonly subtraces: number
  readonly from: Uint8Array
  readonly to: Uint8Array
  /** What the callee might use. */
  readonly gas: bigint
  readonly gasUsed: bigint
  /** Without that of the calls that it makes: what Lotus shows as gas used. */
  readonly ownGas: bigint
  readonly value: bigint
  readonly input: Uint8Array
  readonly output: Uint8Array
  /** Empty if it succeeded. */
  readonly error: string
  /** Those that stayed: without those of calls that failed. */
  readonly events: readonly TracedEvent[]
}

/** A creation of a contract or actor. */
export interface CreateTrace {
  readonly type: "create"
  readonly traceAddress: readonly number[]
  readonly subtraces: number
  readonly from: Uint8Array
  readonly gas: bigint
  readonly gasUsed: bigint
  /** Without that of the calls that it makes: what Lotus shows as gas used. */
  readonly ownGas: bigint
  readonly value: bigint
  readonly init: Uint8Array
  /** Whether its address comes from a salt: CREATE2. */
  readonly salted: boolean
  /** 0xfe for the code of one that succeeded, since a trace does not carry it; else what the init code reverted with. */
  readonly code: Uint8Array
  /** Undefined if it failed. */
  readonly address: Uint8Array | undefined
  readonly error: string
  readonly events: readonly TracedEvent[]
}

/** One entry of a transaction's trace, in the order of the calls, each before those that it makes. */
export type EthTrace = CallTrace | CreateTrace

/** IDs of the actors that a message came from or reached, in order of appearance. */
export function touchedActors(trace: ExecutionTrace): readonly bigint[] {
  const ids = new Set<bigint>()
  for (const event of trace)
    if (event.kind === "call") ids.add(event.from)
    else if (event.kind === "invoke") ids.add(event.id)
  return [...ids]
}

/** Inputs of the calls to an Ethereum address, also where nobody is there to take them. */
export function inputsTo(trace: ExecutionTrace, address: Uint8Array): Uint8Array[] {
  const wanted = toFilecoinAddress(address)
  return trace.flatMap((event) => {
    if (event.kind !== "call" || event.method !== METHOD_INVOKE_EVM || !event.to.equals(wanted)) return []
    const input = payloadOf(event.params)
    return input ? [input] : []
  })
}

/** What has to be known of the chain's actors to tell contracts from others. */
export interface TraceActors {
  /** Code CID of the EVM actor. */
  readonly evm: CID
}

/** A trace of the kernel that calls and returns do not fit together in. It is a fault of ours. */
export class MalformedTrace extends Error {
  override readonly name = "MalformedTrace"
}

type CallEvent = Extract<ExecutionTrace[number], { kind: "call" }>
type Invoked = Extract<ExecutionTrace[number], { kind: "invoke" }>

interface Call {
  readonly message: CallEvent
  invoked: Invoked | undefined
  exitCode: number
  returned: TracedBlock | undefined
  /** Milligas, that of its calls included. */
  milligas: bigint
  /** Whole units, each charge rounded up, without those of its calls: as Lotus counts. */
  ownGas: bigint
  readonly calls: Call[]
  /** Where it emitted events: the number of calls before each, and the order of it among all of the message. */
  readonly emitted: { readonly position: number; readonly order: number; event: number | undefined }[]
}

const SYS_INVALID_RECEIVER: (typeof EXIT_CODES)["SYS_INVALID_RECEIVER"] = 5
const SYS_ASSERTION_FAILED: (typeof EXIT_CODES)["SYS_ASSERTION_FAILED"] = 10
const EXIT_REVERTED = 33
const FIRST_ACTOR_EXIT_CODE = 16

const INIT_ID = 1n
const EAM_ID = 10n
const METHOD_CONSTRUCTOR = 1n
const INIT_EXEC = 2n
const INIT_EXEC4 = 3n
const EAM_METHODS: readonly bigint[] = [2n, 3n, 4n]
const EAM_CREATE2 = 3n
const EAM_CREATE_EXTERNAL = 4n
const EVM_RESURRECT = 2n
const EVM_GET_BYTECODE = 3n
const EVM_INVOKE_DELEGATE = 6n
const FIRST_PUBLIC_METHOD = 1024n

const CODEC_RAW = 0x55
const MILLIGAS = 1000n
/** Name of the charge for an event: the trace has no other word of it. */
const CHARGE_EVENT = "OnActorEvent"
const INVALID_CODE = Uint8Array.of(0xfe)
const NOTHING = new Uint8Array()

/** Exit codes of the EVM actor in the words of Parity's traces. @see lotus node/impl/eth/trace.go (traceErrMsg) */
const EVM_ERRORS: Readonly<Record<number, string>> = {
  33: "Reverted",
  34: "invalid instruction",
  35: "undefined instruction",
  36: "stack underflow",
  37: "stack overflow",
  38: "illegal memory access",
  39: "invalid jump destination",
  40: "self destruct failed",
}

/**
 * Shows what happened while a message ran as Parity's traces, as Lotus does: calls of the EVM actor's own methods are left out, those of
 * DELEGATECALL and CREATE put together again, calls that never began dropped.
 *
 * @param sender - Of the message, as Ethereum sees it.
 * @param events - Of the message, to be told who emitted which. Default: none
 * @throws MalformedTrace - The kernel's trace breaks its own rules.
 * @see lotus node/impl/eth/trace.go
 */
export function viewTrace(
  trace: ExecutionTrace,
  sender: Uint8Array,
  actors: TraceActors,
  events: readonly Pick<StampedEvent, "emitter">[] = [],
): EthTrace[] {
  const root = readCalls(trace)
  if (!root) return []
  assignEvents(root, events)
  const traces: Mutable<EthTrace>[] = []
  build({ caller: sender, isEvm: false, count: 0, lastBytecode: undefined }, [], root, actors, traces)
  return traces
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Whole units: a part of one counts as one. */
const toGas = (milligas: bigint): bigint => (milligas + MILLIGAS - 1n) / MILLIGAS

/** The calls as a tree. */
function readCalls(trace: ExecutionTrace): Call | undefined {
  let root: Call | undefined
  const open: Call[] = []
  const before = { milligas: 0n, gas: 0n }
  let emitted = 0
  for (const event of trace) {
    const current = open.at(-1)
    switch (event.kind) {
      case "gas": {
        const milligas = event.charge.compute + event.charge.other
        const gas = toGas(milligas)
        // What is charged outside of any call (inclusion, and at the end) is the message's own.
        if (event.charge.name === CHARGE_EVENT && current)
          current.emitted.push({ position: current.calls.length, order: emitted++, event: undefined })
        const owner = current ?? root
        if (owner) owner.ownGas += gas
        if (current) for (const call of open) call.milligas += milligas
        else if (root) root.milligas += milligas
        else {
          before.milligas += milligas
          before.gas += gas
        }
        break
      }
      case "call": {
        const call: Call = {
          message: event,
          invoked: undefined,
          exitCode: 0,
          returned: undefined,
          milligas: current ? 0n : before.milligas,
          ownGas: current ? 0n : before.gas,
          calls: [],
          emitted: [],
        }
        if (current) current.calls.push(call)
        else root ??= call
        open.push(call)
        break
      }
      case "invoke":
        if (current) current.invoked = event
        break
      case "return":
      case "error": {
        const call = open.pop()
        if (!call) throw new MalformedTrace("a call returns that never began")
        call.exitCode = event.kind === "return" ? event.exitCode : exitCodeOf(event.error.errorNumber)
        call.returned = event.kind === "return" ? event.data : undefined
        break
      }
      case "log":
      case "ipld":
        break
    }
  }
  return root
}

/** Finds the events that stayed: those of calls that succeeded, and all of whose callers did, in order. */
function assignEvents(root: Call, events: readonly Pick<StampedEvent, "emitter">[]): void {
  const kept: { readonly place: Call["emitted"][number]; readonly emitter: bigint | undefined }[] = []
  const visit = (call: Call): void => {
    if (call.exitCode !== 0) return
    for (const place of call.emitted) kept.push({ place, emitter: call.invoked?.id })
    for (const inner of call.calls) visit(inner)
  }
  visit(root)
  kept.sort((a, b) => a.place.order - b.place.order)
  let next = 0
  // An event that the kernel charged for and then refused has no place in the receipt.
  for (const { place, emitter } of kept) if (events[next]?.emitter === emitter) place.event = next++
}

function exitCodeOf(error: string): number {
  if (error === "InsufficientFunds") return EXIT_CODE_INSUFFICIENT_FUNDS
  return error === "NotFound" ? SYS_INVALID_RECEIVER : SYS_ASSERTION_FAILED
}

interface Environment {
  readonly caller: Uint8Array
  readonly isEvm: boolean
  /** Calls that were shown so far. */
  count: number
  /** Whose code was asked for last: the target of a DELEGATECALL that follows. */
  lastBytecode: Uint8Array | undefined
}

interface Built {
  readonly trace: EthTrace
  /** Whose calls come below it. */
  readonly inside: Call
}

function build(
  env: Environment,
  path: readonly number[],
  call: Call,
  actors: TraceActors,
  out: Mutable<EthTrace>[],
): void {
  const built = buildOne(env, path, call, actors)
  if (!built) return
  const trace: Mutable<EthTrace> = { ...built.trace }
  out.push(trace)
  env.count++
  const { invoked, calls, emitted } = built.inside
  if (!invoked) return
  const inner: Environment = {
    caller: addressOfInvoked(invoked),
    isEvm: invoked.state.code.equals(actors.evm),
    count: 0,
    lastBytecode: undefined,
  }
  const told: TracedEvent[] = []
  const tell = (before: number): void => {
    for (const { position, event } of emitted)
      if (position === before && event !== undefined) told.push({ event, position: inner.count })
  }
  for (const [i, child] of calls.entries()) {
    tell(i)
    build(inner, [...path, inner.count], child, actors, out)
  }
  tell(calls.length)
  trace.events = told
  trace.subtraces = inner.count
}

function buildOne(env: Environment, path: readonly number[], call: Call, actors: TraceActors): Built | undefined {
  const { message, invoked, exitCode } = call
  if (path.length > 0 && (exitCode === EXIT_CODE_INSUFFICIENT_FUNDS || exitCode === SYS_ASSERTION_FAILED))
    return undefined
  if (!invoked) return undefined // it never happened
  const { method, to } = message
  if (method === METHOD_INVOKE_EVM) return showEvmCall(env, path, call, invoked, actors)
  if (isId(to, INIT_ID) && (method === INIT_EXEC || method === INIT_EXEC4))
    return showNativeCreate(env, path, call, invoked, actors)
  if (isId(to, EAM_ID) && EAM_METHODS.includes(method)) return showCreate(env, path, call, invoked, actors)
  if (env.isEvm && method > 0n && method < FIRST_PUBLIC_METHOD) return showPrivate(env, path, call, invoked, actors)
  return showNativeCall(env, path, call, invoked, actors)
}

function showCall(
  env: Environment,
  path: readonly number[],
  call: Call,
  invoked: Invoked,
  actors: TraceActors,
  shown: Pick<CallTrace, "input" | "output"> & Partial<Pick<CallTrace, "callType" | "to">>,
): Built {
  const { message, milligas, ownGas } = call
  const trace: CallTrace = {
    type: "call",
    callType: message.readOnly ? "staticcall" : "call",
    traceAddress: path,
    subtraces: 0,
    from: env.caller,
    to: addressOfInvoked(invoked),
    gas: message.gasLimit,
    gasUsed: toGas(milligas),
    ownGas,
    value: message.value,
    error: describeError(call, actors),
    events: [],
    ...shown,
  }
  return { trace, inside: call }
}

function showNativeCall(
  env: Environment,
  path: readonly number[],
  call: Call,
  invoked: Invoked,
  actors: TraceActors,
): Built {
  const { message, exitCode, returned } = call
  const encode = (first: bigint, block: TracedBlock | undefined): Uint8Array =>
    encodeNativePayload(first, BigInt(block?.codec ?? 0), block?.data ?? NOTHING)
  const input = new Uint8Array([...NATIVE_SELECTOR, ...encode(message.method, message.params)])
  return showCall(env, path, call, invoked, actors, { input, output: encode(BigInt(exitCode), returned) })
}

/** `handle_filecoin_method(uint64,uint64,bytes)` */
const NATIVE_SELECTOR: readonly number[] = [0x86, 0x8e, 0x10, 0xc4]

function showEvmCall(
  env: Environment,
  path: readonly number[],
  call: Call,
  invoked: Invoked,
  actors: TraceActors,
): Built {
  const input = payloadOf(call.message.params)
  const output = payloadOf(call.returned)
  if (!input || !output) return showNativeCall(env, path, call, invoked, actors)
  return showCall(env, path, call, invoked, actors, { input, output })
}

/** A constructor among the calls: proof that the creation got as far as running it. */
function constructorIn(call: Call): Call | undefined {
  return call.calls.find(({ message }) => message.method === METHOD_CONSTRUCTOR)
}

function showNativeCreate(
  env: Environment,
  path: readonly number[],
  call: Call,
  _invoked: Invoked,
  actors: TraceActors,
): Built | undefined {
  const { message, milligas, ownGas, exitCode, returned } = call
  const inside = constructorIn(call)
  if (message.readOnly || !inside) return undefined
  const trace: CreateTrace = {
    type: "create",
    salted: false,
    traceAddress: path,
    subtraces: 0,
    from: env.caller,
    gas: message.gasLimit,
    gasUsed: toGas(milligas),
    ownGas,
    value: message.value,
    init: INVALID_CODE,
    code: exitCode === 0 ? INVALID_CODE : NOTHING,
    address: exitCode === 0 ? createdActor(returned) : undefined,
    error: describeError(call, actors),
    events: [],
  }
  return { trace, inside }
}

function showCreate(
  env: Environment,
  path: readonly number[],
  call: Call,
  _invoked: Invoked,
  actors: TraceActors,
): Built | undefined {
  const { message, milligas, ownGas, exitCode, returned, calls } = call
  if (message.readOnly) return undefined
  const viaInit = calls.find(({ message: { to } }) => isId(to, INIT_ID))
  const inside =
    (viaInit && constructorIn(viaInit)) ?? calls.find(({ message: { method } }) => method === EVM_RESURRECT)
  if (!inside) return undefined
  const trace: CreateTrace = {
    type: "create",
    salted: message.method === EAM_CREATE2,
    traceAddress: path,
    subtraces: 0,
    from: env.caller,
    gas: message.gasLimit,
    gasUsed: toGas(milligas),
    ownGas,
    value: message.value,
    init: initCodeOf(message),
    code:
      exitCode === 0 ? INVALID_CODE : exitCode === EXIT_REVERTED ? (payloadOf(inside.returned) ?? NOTHING) : NOTHING,
    address: exitCode === 0 && returned ? createdContract(returned.data) : undefined,
    error: describeError(call, actors),
    events: [],
  }
  return { trace, inside }
}

/** Methods that only the EVM actor itself calls: of these a DELEGATECALL is worth telling. */
function showPrivate(
  env: Environment,
  path: readonly number[],
  call: Call,
  invoked: Invoked,
  actors: TraceActors,
): Built | undefined {
  const { message, exitCode, returned } = call
  if (message.method === EVM_GET_BYTECODE) {
    env.lastBytecode = exitCode === 0 ? addressOfInvoked(invoked) : undefined
    return undefined
  }
  if (message.method !== EVM_INVOKE_DELEGATE || !env.lastBytecode) return undefined
  const params = message.params && decodeTuple(message.params.data)
  const input = params?.[1]
  return showCall(env, path, call, invoked, actors, {
    callType: "delegatecall",
    to: env.lastBytecode,
    input: input instanceof Uint8Array ? input : NOTHING,
    output: payloadOf(returned) ?? NOTHING,
  })
}

function describeError({ exitCode, invoked }: Call, actors: TraceActors): string {
  if (exitCode === 0) return ""
  if (exitCode === EXIT_CODE_OUT_OF_GAS) return "out of gas"
  if (exitCode < FIRST_ACTOR_EXIT_CODE) return `vm error: ${describeExitCode(exitCode)}`
  const isEvm = invoked && (invoked.id === EAM_ID || invoked.state.code.equals(actors.evm))
  return (isEvm && EVM_ERRORS[exitCode]) || `actor error: ${describeExitCode(exitCode)}`
}

function addressOfInvoked({ id, state }: Invoked): Uint8Array {
  const own = state.delegatedAddress && toEthAddress(state.delegatedAddress)
  return own && !isMaskedId(own) ? own : maskedIdAddress(id)
}

function isId(address: Address, id: bigint): boolean {
  return address.protocol === 0 && address.actorId === id
}

/** The bytes in a block of parameters or return data; undefined if it is not what the EVM actor would have written. */
function payloadOf(block: TracedBlock | undefined): Uint8Array | undefined {
  if (!block || block.data.length === 0) return NOTHING
  if (block.codec === CODEC_RAW) return block.data
  try {
    return decodeByteString(block.data)
  } catch (error) {
    if (error instanceof NotAnEthereumTransaction) return undefined // data of a native actor
    throw error
  }
}

function decodeTuple(data: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = decode(data)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined // anyone may send garbage; there is nothing to show then
  }
}

function initCodeOf({ method, params }: CallEvent): Uint8Array {
  if (method === EAM_CREATE_EXTERNAL) return payloadOf(params) ?? NOTHING
  const init = params && decodeTuple(params.data)?.[0]
  return init instanceof Uint8Array ? init : NOTHING
}

function createdContract(returned: Uint8Array): Uint8Array | undefined {
  try {
    return decodeCreateReturn(returned).ethAddress
  } catch (error) {
    if (error instanceof MalformedCreateReturn) return undefined
    throw error
  }
}

/** The actor that `Exec` made: its return data are `[ID address, robust address]`. */
function createdActor(returned: TracedBlock | undefined): Uint8Array | undefined {
  const id = returned && decodeTuple(returned.data)?.[0]
  if (!(id instanceof Uint8Array) || id[0] !== 0) return undefined
  let value = 0n
  for (let i = id.length - 1; i > 0; i--) value = (value << 7n) | BigInt(id[i]! & 0x7f)
  return maskedIdAddress(value)
}
