import { bytesToHex } from "@noble/hashes/utils.js"
import { z } from "zod"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Tipset } from "../chain/types.ts"
import { describeEvmExit, describeExitCode } from "../fvm-bridge/exit-code.ts"
import { logFromEvent } from "../fvm-bridge/logs.ts"
import { type EthLog, logsOfEvents } from "../fvm-bridge/receipt.ts"
import { decodeRevertReason, describePanic } from "../fvm-bridge/revert.ts"
import { type EthTrace, touchedActors, viewTrace } from "../fvm-bridge/trace.ts"
import type { DecodedTransaction } from "../fvm-bridge/transaction.ts"
import type { RpcError } from "../json-rpc/errors.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Decoder } from "../json-rpc/method.ts"
import type { Block, BlockTransaction } from "./block-reader.ts"
import { codeOf, contextOf, type Overrides, placeOfCall, trialOf } from "./calls.ts"
import { type BlockRef, blockRef, toTipsetRef } from "./codecs/block-ref.ts"
import { type BlockOverride, blockOverride, type CallObject, type StateOverride, stateOverride } from "./codecs/call.ts"
import { ethAddress, smallQuantity, toHex, toQuantity } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { ethError } from "./errors.ts"
import { lookUpEmitters } from "./lookup.ts"
import { findBlock, transactionAt } from "./reads.ts"
import { type PrestateOptions, type StatesAround, tracePrestate } from "./state-traces.ts"
import {
  readStructLogOptions,
  type StructLogOptions,
  slotsOfCall,
  slotsOfTransaction,
  structLogFields,
  structLogsOfBlock,
  structLogsOfTransaction,
  type TouchedSlots,
} from "./struct-logs.ts"

/** A transaction of a block with its trace. */
export interface TracedTransaction {
  readonly block: Block
  readonly transaction: BlockTransaction
  readonly traces: readonly EthTrace[]
}

/** With the IDs of the actors that it reached. */
interface ReachingTransaction extends TracedTransaction {
  readonly actors: readonly bigint[]
}

/** What geth's tracers look at. */
export interface TraceSubject {
  readonly traces: readonly EthTrace[]
  readonly message: TracedMessage
  /** By position of the event; undefined for events that are no logs. */
  readonly logs: readonly (TracedLog | undefined)[]
  readonly actors: readonly bigint[]
  readonly states: () => Promise<StatesAround>
  /** Read or written. */
  readonly slots: () => Promise<TouchedSlots>
}

/** What geth's first frame shows, whatever came of it. */
interface TracedMessage {
  readonly from: Uint8Array
  /** Undefined for a creation. */
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly input: Uint8Array
  readonly gasLimit: bigint
  readonly gasUsed: bigint
  readonly exitCode: number
}

/** A log in a trace. */
interface TracedLog extends EthLog {
  /** Position in the block. */
  readonly index: number
}

/** A transaction of a block, as geth's tracers look at it. */
function subjectOf(context: EthContext, { block, transaction, traces, actors }: ReachingTransaction): TraceSubject {
  const { chain } = context
  let next = 0
  const logs = transaction.executed.events.map(({ entries }) => {
    const log = logFromEvent(entries) && transaction.logs[next++]
    return log && { ...log, index: log.logIndex }
  })
  const states = async (): Promise<StatesAround> => {
    const { before, after } = await chain.replayStates(block.tipset, transaction.index)
    return { before: await chain.stateOf(before), after: await chain.stateOf(after) }
  }
  const { from, to, value, input, gasLimit } = transaction.view
  const { gasUsed, exitCode } = transaction.executed.receipt
  const message = { from, to, value, input, gasLimit, gasUsed, exitCode }
  return { traces, message, logs, actors, states, slots: () => slotsOfTransaction(context, block, transaction) }
}

/** Executes a tipset again, and shows what its messages did. @param upTo - Position of the last one. Default: all */
export async function traceBlock(
  { chain, blocks }: EthContext,
  tipset: Tipset,
  upTo?: number,
): Promise<ReachingTransaction[]> {
  if (tipset.messageCount === 0) return []
  const block = await blocks.read(tipset)
  const { results } = await chain.replay(tipset, upTo)
  const actors = { evm: chain.bundle.codes.get("evm")! }
  return results.flatMap(({ trace, events }, i) => {
    const transaction = block.transactions[i]
    if (!transaction) return []
    const traces = viewTrace(trace, transaction.view.from, actors, events)
    return [{ block, transaction, traces, actors: touchedActors(trace) }]
  })
}

/** One transaction, traced. @throws RpcError - It is not known, or in no block yet. */
export async function traceTransaction(context: EthContext, hash: Uint8Array): Promise<ReachingTransaction> {
  const found = await transactionAt(context, hash)
  if (!found) throw ethError("noSuchTransaction", { hash: toHex(hash) })
  const traced = await traceBlock(context, found.block.tipset, found.transaction.index)
  return traced[found.transaction.index]!
}

/** The tipset of a block. @throws RpcError, ChainError - There is none. */
export async function requireTipset({ chain }: EthContext, ref: BlockRef): Promise<Tipset> {
  return chain.resolve(toTipsetRef(ref))
}

/** A call that is only tried out, traced. */
export async function traceCall(
  context: EthContext,
  call: CallObject,
  ref: BlockRef,
  overrides: Overrides = { state: undefined, block: undefined },
): Promise<TraceSubject> {
  const { chain } = context
  const { at, overlay, context: values } = await placeOfCall(chain, ref, overrides)
  const { results, state } = await chain.trial({
    at,
    overlay,
    context: values,
    messages: [trialOf(chain, call)],
    trace: true,
    keepState: true,
  })
  const { trace, events, receipt } = results[0]!
  const before = overlay ? await chain.stateOf(overlay) : await chain.stateAt(at)
  const after = state ? await chain.stateOf(state) : before
  const lookup = await lookUpEmitters(events, after)
  return {
    traces: viewTrace(trace, call.from ?? new Uint8Array(20), { evm: chain.bundle.codes.get("evm")! }, events),
    message: {
      from: call.from ?? new Uint8Array(20),
      to: call.to,
      value: call.value,
      input: call.input,
      gasLimit: chain.blockGasLimit,
      gasUsed: receipt.gasUsed,
      exitCode: receipt.exitCode,
    },
    logs: events.map((event, index) => {
      const [log] = logsOfEvents([event], lookup)
      return log && { ...log, index }
    }),
    actors: touchedActors(trace),
    states: async () => ({ before, after }),
    slots: () => slotsOfCall(context, call, ref, overrides),
  }
}

/** A transaction through one of geth's tracers. @throws RpcError - It is not known, or there is no such tracer. */
export async function debugTransaction(
  context: EthContext,
  hash: Uint8Array,
  options: TracerOptions | undefined,
): Promise<Json> {
  if (options?.tracer === undefined) return structLogsOfTransaction(context, hash, options?.structLogs ?? {})
  const run = async (): Promise<Json> => runTracer(subjectOf(context, await traceTransaction(context, hash)), options)
  return inTime(run(), options)
}

/** Waits as long as the tracer's option `timeout` says. @throws RpcError - It took longer; what was begun goes on unheard. */
export async function inTime<T>(work: Promise<T>, { structLogs: { timeoutMs } }: TracerOptions): Promise<T> {
  if (timeoutMs === undefined) return work
  const tooLate = (): RpcError =>
    ethError("unavailable", { message: `execution timeout: the trace took more than ${timeoutMs} ms` })
  const begun = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), timeoutMs)
  })
  try {
    const done = await Promise.race([work, late])
    // What was done in one go gave the timer no chance.
    if (performance.now() - begun > timeoutMs) throw tooLate()
    return done
  } finally {
    clearTimeout(timer)
  }
}

/** Gas used is without that of the calls below, as Lotus has it. @see lotus chain/types/ethtypes/eth_types.go (EthTrace) */
export function encodeTrace(trace: EthTrace): { readonly [key: string]: Json } {
  const common = {
    type: trace.type,
    ...(trace.error !== "" && { error: trace.error }),
    subtraces: trace.subtraces,
    traceAddress: [...trace.traceAddress],
  }
  const gas = { gas: toQuantity(trace.gas), value: toQuantity(trace.value) }
  if (trace.type === "call")
    return {
      ...common,
      action: {
        callType: trace.callType,
        from: toHex(trace.from),
        to: toHex(trace.to),
        ...gas,
        input: toHex(trace.input),
      },
      result: { gasUsed: toQuantity(trace.ownGas), output: toHex(trace.output) },
    }
  return {
    ...common,
    action: { from: toHex(trace.from), ...gas, init: toHex(trace.init) },
    result: {
      ...(trace.address && { address: toHex(trace.address) }),
      gasUsed: toQuantity(trace.ownGas),
      code: toHex(trace.code),
    },
  }
}

/** The traces of a transaction, each with its place on chain. */
export function encodePlaced({ block, transaction, traces }: TracedTransaction): { readonly [key: string]: Json }[] {
  const place = {
    blockHash: toHex(block.tipset.hash),
    blockNumber: block.tipset.epoch,
    transactionHash: toHex(transaction.view.hash),
    transactionPosition: transaction.index,
  }
  return traces.map((trace) => ({ ...encodeTrace(trace), ...place }))
}

/** What `trace_replay...` give for a transaction. */
export function encodeReplay(traces: readonly EthTrace[], hash: Uint8Array | undefined): Json {
  const [first] = traces
  return {
    output: first ? toHex(first.type === "call" ? first.output : first.code) : "0x",
    stateDiff: null,
    trace: traces.map(encodeTrace),
    ...(hash && { transactionHash: toHex(hash) }),
    vmTrace: null,
  }
}

/** The kinds of trace that are asked for; only `trace` can be given. @throws RpcError - Another one. */
export function checkTraceTypes(types: readonly string[]): void {
  const other = types.find((type) => type !== "trace")
  if (other !== undefined)
    throw ethError("invalidInput", {
      message: `invalid argument 1 (types): got "${other.slice(0, 50)}", only "trace" can be served`,
    })
}

/** What `trace_filter` looks for. */
export interface TraceFilter {
  readonly fromBlock: BlockRef | undefined
  readonly toBlock: BlockRef | undefined
  readonly fromAddress: readonly Uint8Array[]
  readonly toAddress: readonly Uint8Array[]
  readonly after: number
  readonly count: number | undefined
}

const absent = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  schema.nullish().transform((value) => value ?? undefined)
const addresses = z
  .union([ethAddress.schema.transform((address) => [address]), z.array(ethAddress.schema)])
  .nullish()
  .transform((value) => value ?? [])

/** The parameter of `trace_filter`. */
export const traceFilter: Decoder<TraceFilter> = {
  expected: "a trace filter: fromBlock, toBlock, fromAddress, toAddress, after, count",
  schema: z
    .looseObject({
      fromBlock: absent(blockRef.schema),
      toBlock: absent(blockRef.schema),
      fromAddress: addresses,
      toAddress: addresses,
      after: absent(smallQuantity.schema),
      count: absent(smallQuantity.schema),
    })
    .transform(({ after, ...rest }) => ({ ...rest, after: after ?? 0 })),
}

/** The traces that pass a filter, in order. */
export async function filterTraces(context: EthContext, filter: TraceFilter): Promise<Json> {
  const { chain } = context
  const last = (await chain.resolve(toTipsetRef(filter.toBlock ?? { tag: "latest" }), "previous")).epoch
  let tipset: Tipset | undefined = await chain.resolve(toTipsetRef(filter.fromBlock ?? { tag: "latest" }), "next")
  const found: Json[] = []
  let passed = 0
  while (tipset && tipset.epoch <= last) {
    for (const traced of await traceBlock(context, tipset)) {
      const encoded = encodePlaced(traced)
      for (const [i, trace] of traced.traces.entries()) {
        if (!passes(trace, filter) || ++passed <= filter.after) continue
        if (filter.count !== undefined && found.length >= filter.count) return found
        found.push(encoded[i]!)
      }
    }
    tipset = await chain.childOf(tipset)
  }
  return found
}

function passes(trace: EthTrace, { fromAddress, toAddress }: TraceFilter): boolean {
  const to = trace.type === "call" ? trace.to : trace.address
  const isIn = (list: readonly Uint8Array[], address: Uint8Array | undefined): boolean =>
    list.length === 0 || (address !== undefined && list.some((wanted) => bytesToHex(wanted) === bytesToHex(address)))
  return isIn(fromAddress, trace.from) && isIn(toAddress, to)
}

/** Options of geth's tracers. */
export interface TracerOptions extends PrestateOptions {
  readonly tracer: string | undefined
  readonly onlyTopCall: boolean
  readonly withLog: boolean
  /** Without a tracer: what is to be in the struct logs. */
  readonly structLogs: StructLogOptions
  /** Of the muxTracer: the tracers to run. */
  readonly mux: readonly { readonly name: string; readonly options: TracerOptions }[]
}

const flag = absent(z.boolean("true or false"))

const tracerFields = {
  ...structLogFields,
  tracer: absent(z.string()),
  tracerConfig: absent(
    z.looseObject({ onlyTopCall: flag, withLog: flag, diffMode: flag, disableCode: flag, disableStorage: flag }),
  ),
}

type TracerFlag = Exclude<keyof TracerOptions, "tracer" | "structLogs" | "mux">

function readTracer({
  tracer,
  tracerConfig = {},
  ...rest
}: {
  tracer?: string | undefined
  tracerConfig?: Partial<Record<TracerFlag, boolean | undefined>> | undefined
} & Parameters<typeof readStructLogOptions>[0]): TracerOptions {
  return {
    tracer: tracer === "" ? undefined : tracer,
    structLogs: readStructLogOptions(rest),
    onlyTopCall: tracerConfig.onlyTopCall ?? false,
    withLog: tracerConfig.withLog ?? false,
    diffMode: tracerConfig.diffMode ?? false,
    disableCode: tracerConfig.disableCode ?? false,
    disableStorage: tracerConfig.disableStorage ?? false,
    mux: tracer === "muxTracer" ? readMux(tracerConfig) : [],
  }
}

/** The muxTracer's configuration is one for each tracer. A mux of muxes is none. */
function readMux(config: Readonly<Record<string, unknown>>): TracerOptions["mux"] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (value === undefined) return []
    const inner =
      name === "muxTracer" ? undefined : tracerOptions.schema.safeParse({ tracer: name, tracerConfig: value })
    return [{ name, options: inner?.success ? inner.data : { ...readTracer({ tracer: name }) } }]
  })
}

/** The last parameter of `debug_trace...`. */
export const tracerOptions: Decoder<TracerOptions> = {
  expected: "tracer options: {tracer, tracerConfig}",
  schema: z.looseObject(tracerFields).transform(readTracer),
}

/** Options of `debug_traceCall`. */
export interface CallTracerOptions extends TracerOptions {
  readonly stateOverrides: StateOverride | undefined
  readonly blockOverrides: BlockOverride | undefined
}

/** The third parameter of `debug_traceCall`: overrides can stand in it too, as geth has it. */
export const callTracerOptions: Decoder<CallTracerOptions> = {
  expected: "tracer options: {tracer, tracerConfig, stateOverrides, blockOverrides}",
  schema: z
    .looseObject({
      ...tracerFields,
      stateOverrides: absent(stateOverride.schema),
      blockOverrides: absent(blockOverride.schema),
    })
    .transform((given) => ({
      ...readTracer(given),
      stateOverrides: given.stateOverrides,
      blockOverrides: given.blockOverrides,
    })),
}

/** Runs one of geth's tracers over a transaction. @throws RpcError - It cannot be served. */
export async function runTracer(subject: TraceSubject, options: TracerOptions): Promise<Json> {
  const { traces } = subject
  const { tracer } = options
  switch (tracer) {
    case "callTracer":
      return traces[0]
        ? encodeFrame(
            { ...subject, codes: await codesOf(subject, options), callsOf: treeOf(traces) },
            traces[0],
            options,
          )
        : encodeBareFrame(subject.message)
    case "prestateTracer":
      return tracePrestate(subject.actors, await subject.states(), options, subject.slots)
    case "muxTracer": {
      const results: Record<string, Json> = {}
      for (const { name, options: inner } of options.mux) results[name] = await runTracer(subject, inner)
      return results
    }
    case "flatCallTracer":
      return traces.map(encodeTrace)
    case "noopTracer":
      return {}
    case "4byteTracer":
      return countSelectors(traces)
    default:
      throw ethError("invalidInput", {
        message: `tracer "${tracer?.slice(0, 50)}" cannot be served: callTracer, flatCallTracer, prestateTracer, 4byteTracer, muxTracer and noopTracer can`,
      })
  }
}

/** What frames are made of. */
interface FrameSubject extends TraceSubject {
  /** Of contracts that were made, by address. */
  readonly codes: ReadonlyMap<string, Uint8Array>
  readonly callsOf: ReadonlyMap<EthTrace, readonly EthTrace[]>
}

/** The calls that each of the traces made itself. @param traces - In the order in which they began. */
function treeOf(traces: readonly EthTrace[]): Map<EthTrace, EthTrace[]> {
  const calls = new Map<EthTrace, EthTrace[]>()
  const open: EthTrace[] = []
  for (const trace of traces) {
    open.length = Math.min(open.length, trace.traceAddress.length)
    const caller = open.at(-1)
    if (caller) {
      const known = calls.get(caller)
      if (known) known.push(trace)
      else calls.set(caller, [trace])
    }
    open.push(trace)
  }
  return calls
}

/** Code of the contracts that were made, by address: a trace of the kernel does not carry it. */
async function codesOf(
  { traces, states }: TraceSubject,
  { onlyTopCall }: TracerOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const codes = new Map<string, Uint8Array>()
  const made = (onlyTopCall ? traces.slice(0, 1) : traces).flatMap((trace) =>
    trace.type === "create" && trace.address && trace.error === "" ? [trace.address] : [],
  )
  if (made.length === 0) return codes
  const { after } = await states()
  for (const address of made) codes.set(toHex(address), await codeOf(after, toFilecoinAddress(address)))
  return codes
}

/** @see geth eth/tracers/native/call.go */
function encodeFrame(
  subject: FrameSubject,
  trace: EthTrace,
  options: Pick<TracerOptions, "onlyTopCall" | "withLog">,
): Json {
  const { logs } = subject
  const { onlyTopCall, withLog } = options
  const calls = onlyTopCall ? [] : (subject.callsOf.get(trace) ?? [])
  const isCall = trace.type === "call"
  const to = isCall ? trace.to : trace.address
  const output = isCall ? trace.output : ((to && subject.codes.get(toHex(to))) ?? trace.code)
  const reason = trace.error === "Reverted" ? decodeRevertReason(output) : undefined
  const emitted = !withLog
    ? []
    : trace.events.flatMap(({ event, position }): Json[] => {
        const log = logs[event]
        if (!log) return []
        return [
          {
            address: toHex(log.address),
            topics: log.topics.map(toHex),
            data: toHex(log.data),
            index: toQuantity(log.index),
            position: toQuantity(position),
          },
        ]
      })
  const isStatic = isCall && trace.callType === "staticcall"
  return {
    from: toHex(trace.from),
    gas: toQuantity(trace.traceAddress.length === 0 ? subject.message.gasLimit : trace.gas),
    gasUsed: toQuantity(trace.traceAddress.length === 0 ? subject.message.gasUsed : trace.gasUsed),
    ...(to && { to: toHex(to) }),
    input: toHex(isCall ? trace.input : trace.init),
    ...(output.length > 0 && { output: toHex(output) }),
    ...(trace.error !== "" && { error: GETH_ERRORS[trace.error] ?? trace.error }),
    ...(reason?.kind === "error" && { revertReason: reason.message }),
    ...(reason?.kind === "panic" && { revertReason: describePanic(reason.code) }),
    ...(calls.length > 0 && { calls: calls.map((call) => encodeFrame(subject, call, options)) }),
    ...(emitted.length > 0 && { logs: emitted }),
    ...(!isStatic && { value: toQuantity(trace.value) }),
    type: isCall ? trace.callType.toUpperCase() : trace.salted ? "CREATE2" : "CREATE",
  }
}

/** The frame of a message that ended before its actor ran, for lack of gas: Lotus shows no call at all. */
function encodeBareFrame({ from, to, value, input, gasLimit, gasUsed, exitCode }: TracedMessage): Json {
  const error = describeEvmExit(exitCode) ?? `exit code ${describeExitCode(exitCode)}`
  return {
    from: toHex(from),
    gas: toQuantity(gasLimit),
    gasUsed: toQuantity(gasUsed),
    ...(to && { to: toHex(to) }),
    input: toHex(input),
    ...(exitCode !== 0 && { error: GETH_ERRORS[error] ?? error }),
    value: toQuantity(value),
    type: to ? "CALL" : "CREATE",
  }
}

/** Ends of a call in geth's words, where Lotus has others. @see geth core/vm/errors.go */
const GETH_ERRORS: Readonly<Record<string, string>> = {
  Reverted: "execution reverted",
  "invalid instruction": "invalid opcode: INVALID",
  "undefined instruction": "invalid opcode",
  "stack overflow": "stack limit reached 1024",
  "illegal memory access": "gas uint64 overflow",
  "invalid jump destination": "invalid jump destination",
}

/** How often which selector was called with how much data. @see geth eth/tracers/native/4byte.go */
function countSelectors(traces: readonly EthTrace[]): Json {
  const counts: Record<string, number> = {}
  for (const trace of traces) {
    if (trace.type !== "call" || trace.input.length < 4) continue
    const key = `${toHex(trace.input.subarray(0, 4))}-${trace.input.length - 4}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Every transaction of a block through a tracer. */
export async function debugBlock(
  context: EthContext,
  ref: BlockRef,
  options: TracerOptions | undefined,
): Promise<Json> {
  const block = await findBlock(context, ref)
  if (!block) throw ethError("blockNotFound", { block: JSON.stringify("epoch" in ref ? ref.epoch : ref) })
  if (options?.tracer === undefined) return structLogsOfBlock(context, block, options?.structLogs ?? {})
  const answers: Json[] = []
  for (const traced of await inTime(traceBlock(context, block.tipset), options)) {
    const result = await inTime(runTracer(subjectOf(context, traced), options), options)
    answers.push({ txHash: toHex(traced.transaction.view.hash), result })
  }
  return answers
}

/** Calls that are only tried out, each on top of the ones before it, traced. */
export async function traceCalls(
  { chain }: EthContext,
  calls: readonly CallObject[],
  ref: BlockRef,
): Promise<(readonly EthTrace[])[]> {
  const { results } = await chain.trial({
    at: toTipsetRef(ref),
    context: contextOf(undefined),
    messages: calls.map((call) => trialOf(chain, call)),
    trace: true,
  })
  const actors = { evm: chain.bundle.codes.get("evm")! }
  return results.map(({ trace }, i) => viewTrace(trace, calls[i]!.from ?? new Uint8Array(20), actors))
}

/** A signed transaction, tried out as it would be on chain, traced. */
export async function traceRaw(
  { chain }: EthContext,
  { message, sender }: DecodedTransaction,
): Promise<readonly EthTrace[]> {
  const { results } = await chain.trial({
    at: { tag: "latest" },
    messages: [{ message, kind: "explicit" }],
    trace: true,
  })
  return viewTrace(results[0]!.trace, sender, { evm: chain.bundle.codes.get("evm")! })
}

/** @see otterscan docs/custom-jsonrpc.md (ots_traceTransaction) */
export function encodeOtsTrace(trace: EthTrace): Json {
  const isCall = trace.type === "call"
  return {
    type: isCall ? trace.callType.toUpperCase() : "CREATE",
    depth: trace.traceAddress.length,
    from: toHex(trace.from),
    to: isCall ? toHex(trace.to) : trace.address ? toHex(trace.address) : null,
    value: toQuantity(trace.value),
    input: toHex(isCall ? trace.input : trace.init),
    output: toHex(isCall ? trace.output : trace.code),
  }
}

const OTS_TRANSFER = 0
const OTS_CREATE = 2

/** Below the transaction itself: calls that moved value (0), and creations (2). */
export function internalOperations(traces: readonly EthTrace[]): Json {
  return traces.flatMap((trace) => {
    if (trace.traceAddress.length === 0 || trace.error !== "") return []
    const to = trace.type === "call" ? trace.to : trace.address
    if (!to || (trace.type === "call" && trace.value === 0n)) return []
    const type = trace.type === "call" ? OTS_TRANSFER : OTS_CREATE
    return [{ type, from: toHex(trace.from), to: toHex(to), value: toQuantity(trace.value) }]
  })
}
