import { Address } from "../../src/address/address.ts"
import type { Runtime } from "../../src/fvm/call-manager/index.ts"
import { ERROR_NUMBERS, MessageRefused } from "../../src/fvm/errors.ts"
import { Executor } from "../../src/fvm/executor/executor.ts"
import type { ApplyResult } from "../../src/fvm/executor/index.ts"
import type { Bundle } from "../../src/fvm/machine/bundle.ts"
import { codeOfBundles } from "../../src/fvm/machine/bundle.ts"
import { machineContext } from "../../src/fvm/machine/context.ts"
import type { MachineContext } from "../../src/fvm/machine/index.ts"
import { Machine } from "../../src/fvm/machine/machine.ts"
import type { Message } from "../../src/fvm/message.ts"
import type { ActorState } from "../../src/fvm/state-tree/actor-state.ts"
import { StateTree } from "../../src/fvm/state-tree/state-tree.ts"
import type { ExecutionEvent, TracedBlock } from "../../src/fvm/trace/index.ts"
import { type Blockstore, MemoryBlockstore } from "../../src/ipld/blockstore.ts"
import { decodeCar } from "../../src/ipld/car.ts"
import { parseCid } from "../../src/ipld/cid.ts"
import { OverlayBlockstore } from "../../src/ipld/overlay-blockstore.ts"
import type { Vector, VectorCase, VectorMessage, VectorNetwork, VectorReceipt, VectorTraceEntry } from "./format.ts"
import { oracleExterns } from "./oracle-externs.ts"

/** What came of a vector. */
export type VectorOutcome =
  | { readonly kind: "passed" }
  /** `difference` is the first one, in words. */
  | { readonly kind: "failed"; readonly difference: string }
  | { readonly kind: "skipped"; readonly reason: string }

/** What vectors are run with. */
export interface ReplayOptions {
  readonly bundles: readonly Bundle[]
  /** Gives the runtime for a machine's limits and prices; the same one for the same values. */
  readonly runtimeFor: (context: MachineContext) => Runtime
}

const base64 = (text: string): Uint8Array => new Uint8Array(globalThis.Buffer.from(text, "base64"))
const toBase64 = (bytes: Uint8Array): string => globalThis.Buffer.from(bytes).toString("base64")
/** Integers of a vector are numbers or decimal strings: both sides are compared as text. */
const text = (value: unknown): string => JSON.stringify(value, (_, part) => normalize(part))

function normalize(part: unknown): unknown {
  if (typeof part === "bigint" || typeof part === "number") return String(part)
  return part
}

/**
 * Runs all cases of a vector and compares everything that the kernel's README lists; a second time without a trace, since a node that
 * writes none may take shorter ways.
 */
export function replayVector(vector: Vector, options: ReplayOptions): VectorOutcome {
  const { needs_bundle: needed } = vector.pre
  if (needed !== null && !options.bundles.some(({ root }) => root.toString() === needed))
    return { kind: "skipped", reason: `needs the bundle ${needed}` }
  const store = new MemoryBlockstore()
  store.putMany(decodeCar(base64(vector.pre.car)).blocks)
  for (const one of vector.cases) {
    const difference = replayCase(vector, one, store, options) ?? replayUntraced(vector, one, store, options)
    if (difference !== undefined)
      return { kind: "failed", difference: vector.cases.length > 1 ? `case ${one.name}: ${difference}` : difference }
  }
  return { kind: "passed" }
}

function contextOf(network: VectorNetwork, tracing: boolean): MachineContext {
  return machineContext({
    networkVersion: network.version,
    chainId: BigInt(network.chain_id),
    epoch: BigInt(network.epoch),
    timestamp: BigInt(network.timestamp),
    baseFee: BigInt(network.base_fee),
    circSupply: BigInt(network.circ_supply),
    tracing,
    actorDebugging: network.actor_debugging,
    maxCallDepth: network.max_call_depth,
    maxWasmStack: network.max_wasm_stack,
    maxInstanceMemoryBytes: network.max_inst_memory_bytes,
    maxMemoryBytes: network.max_memory_bytes,
    maxBlockSize: network.max_block_size,
  })
}

/** The message that a vector describes. */
export function messageOf(message: VectorMessage): Message {
  return {
    version: BigInt(message.version),
    from: Address.parse(message.from),
    to: Address.parse(message.to),
    sequence: BigInt(message.sequence),
    value: BigInt(message.value),
    method: BigInt(message.method),
    params: base64(message.params),
    gasLimit: BigInt(message.gas_limit),
    gasFeeCap: BigInt(message.gas_fee_cap),
    gasPremium: BigInt(message.gas_premium),
  }
}

function replayUntraced(vector: Vector, one: VectorCase, pre: Blockstore, options: ReplayOptions): string | undefined {
  if (!(one.network ?? vector.network).tracing) return undefined
  const difference = replayCase(vector, one, pre, options, false)
  return difference && `without a trace: ${difference}`
}

function replayCase(
  vector: Vector,
  one: VectorCase,
  pre: Blockstore,
  options: ReplayOptions,
  traced: boolean = true,
): string | undefined {
  const network = one.network ?? vector.network
  const context = contextOf(network, network.tracing && traced)
  const store = new OverlayBlockstore(pre)
  const stateRoot = parseCid(vector.pre.root)
  const machine = new Machine({
    context,
    store,
    stateRoot,
    externs: oracleExterns,
    code: codeOfBundles(options.bundles),
  })
  const executor = new Executor(machine, options.runtimeFor(context))
  for (const [index, message] of one.messages.entries()) {
    const expected = one.results[index]
    if (expected === undefined) return `message ${index}: the vector has no result`
    const at = one.messages.length > 1 ? `message ${index}: ` : ""
    let result: ApplyResult
    try {
      result = executor.applyMessage(
        messageOf(message),
        message.implicit ? "implicit" : "explicit",
        message.chain_length,
      )
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error
      if (!("refused" in expected)) return `${at}refused: ${error.message}`
      if (expected.root === null)
        return error.afterExecution ? undefined : `${at}refused before it ran, expected after (${error.message})`
      if (error.afterExecution) return `${at}refused after it ran, expected before (${error.message})`
      const root = executor.flush().toString()
      if (root !== expected.root) return `${at}root after refusal: ${root}, expected ${expected.root}`
      continue
    }
    if ("refused" in expected)
      return `${at}not refused (exit code ${result.receipt.exitCode}), expected: ${expected.refused}`
    const { trace: expectedTrace, ...untraced } = expected
    const wanted = context.tracing ? expected : untraced
    const difference = compareReceipt(result, wanted)
    const flushed = executor.flush().toString()
    const root = flushed === expected.root ? undefined : `root ${flushed}, expected ${expected.root}`
    const failure = difference ?? root
    if (failure === undefined) continue
    const trace = compareTrace(result.trace, context.tracing ? expectedTrace : undefined)
    const actors =
      trace === undefined && index === one.messages.length - 1
        ? compareActors(one, store, flushed, stateRoot.toString())
        : undefined
    return `${at}${[failure, trace, actors].filter((part) => part !== undefined).join("; ")}`
  }
  return undefined
}

function compareActors(one: VectorCase, store: Blockstore, root: string, _pre: string): string | undefined {
  if (one.post === null) return undefined
  const tree = StateTree.load(store, parseCid(root))
  for (const [id, expected] of Object.entries(one.post.actors)) {
    const actor = tree.getActor(BigInt(id))
    const got = actor === undefined ? null : actorToJson(actor)
    if (text(got) !== text(expected)) return `actor ${id}: ${text(got)}, expected ${text(expected)}`
  }
  return undefined
}

function actorToJson(actor: ActorState): Record<string, unknown> {
  return {
    code: actor.code.toString(),
    head: actor.state.toString(),
    sequence: actor.sequence,
    balance: String(actor.balance),
    ...(actor.delegatedAddress === undefined ? {} : { delegated: actor.delegatedAddress.toString() }),
  }
}

function failureOf({ failure }: ApplyResult): unknown {
  if (failure === undefined) return null
  if (failure.kind === "prevalidation") return "prevalidation"
  const { cause } = failure
  return {
    frames: failure.frames.map(({ source, method, exitCode }) => [source, method, exitCode]),
    cause:
      cause === undefined
        ? null
        : cause.kind === "fatal"
          ? "fatal"
          : [`${cause.module}.${cause.function}`, ERROR_NUMBERS[cause.errorNumber]],
  }
}

function expectedFailureOf({ failure }: VectorReceipt): unknown {
  if (failure === null) return null
  if ("prevalidation" in failure) return "prevalidation"
  const { cause } = failure
  return {
    frames: failure.frames.map(({ source, method, code }) => [source, method, code]),
    cause: cause === null ? null : "fatal" in cause ? "fatal" : [cause.syscall, cause.errno],
  }
}

function compareReceipt(result: ApplyResult, expected: VectorReceipt): string | undefined {
  const { receipt } = result
  const fields: [name: string, got: unknown, expected: unknown][] = [
    ["exit_code", receipt.exitCode, expected.exit_code],
    ["return", toBase64(receipt.returnData), expected.return],
    ["return_codec", result.returnCodec ?? null, expected.return_codec],
    ["gas_used", receipt.gasUsed, expected.gas_used],
    [
      "events",
      result.events.map(({ emitter, entries }) => ({
        emitter,
        entries: entries.map(({ flags, key, codec, value }) => [flags, key, codec, toBase64(value)]),
      })),
      expected.events,
    ],
    ["events_root", receipt.eventsRoot?.toString() ?? null, expected.events_root],
    ["penalty", result.penalty, expected.penalty],
    ["miner_tip", result.minerTip, expected.miner_tip],
    ["base_fee_burn", result.baseFeeBurn, expected.base_fee_burn],
    ["over_estimation_burn", result.overEstimationBurn, expected.over_estimation_burn],
    ["refund", result.refund, expected.refund],
    ["gas_refund", result.gasRefund, expected.gas_refund],
    ["gas_burned", result.gasBurned, expected.gas_burned],
    ["failure", failureOf(result), expectedFailureOf(expected)],
  ]
  for (const [name, got, wanted] of fields)
    if (text(got) !== text(wanted)) {
      const why = name === "exit_code" ? ` (${shorten(text(result.failure ?? null))})` : ""
      return `${name} ${shorten(text(got))}, expected ${shorten(text(wanted))}${why}`
    }
  return compareTrace(result.trace, expected.trace)
}

const shorten = (value: string): string => (value.length > 300 ? `${value.slice(0, 300)}…` : value)

function blockToJson(block: TracedBlock | undefined): unknown {
  return block === undefined ? null : [block.codec, toBase64(block.data)]
}

function entryToJson(event: ExecutionEvent): unknown[] {
  switch (event.kind) {
    case "gas":
      return ["gas", event.charge.name, event.charge.compute, event.charge.other]
    case "call":
      return [
        "call",
        event.from,
        event.to.toString(),
        event.method,
        blockToJson(event.params),
        String(event.value),
        event.gasLimit,
        event.readOnly,
      ]
    case "invoke":
      return ["invoke", event.id, actorToJson(event.state)]
    case "return":
      return ["return", event.exitCode, blockToJson(event.data)]
    case "error":
      return ["error", event.error.code]
    case "ipld":
      return [event.operation, event.cid.toString(), event.size]
    case "log":
      return ["log", event.message]
  }
}

/** Error messages are the reference's wording: the number counts. */
const comparable = (entry: VectorTraceEntry): readonly unknown[] => (entry[0] === "error" ? entry.slice(0, 2) : entry)

function compareTrace(
  got: readonly ExecutionEvent[],
  expected: readonly VectorTraceEntry[] | undefined,
): string | undefined {
  if (expected === undefined) return undefined
  // Charges first: the first that differs names the rule.
  const isGas = (kind: unknown): boolean => kind === "gas"
  const gotGas = got.filter(({ kind }) => isGas(kind))
  const expectedGas = expected.filter(([kind]) => isGas(kind))
  return compareEntries("charge", gotGas, expectedGas) ?? compareEntries("trace", got, expected)
}

function compareEntries(
  what: string,
  got: readonly ExecutionEvent[],
  expected: readonly VectorTraceEntry[],
): string | undefined {
  for (let at = 0; at < Math.max(got.length, expected.length); at++) {
    const entry = got[at]
    const wanted = expected[at]
    const left = entry === undefined ? "nothing" : text(entryToJson(entry))
    const right = wanted === undefined ? "nothing" : text(comparable(wanted))
    if (left !== right) {
      const before = expected[at - 1]
      return `${what}[${at}] ${shorten(left)}, expected ${shorten(right)}${before === undefined ? "" : ` (after ${shorten(text(before))})`}`
    }
  }
  return undefined
}
