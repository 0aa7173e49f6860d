import { bytesToHex } from "@noble/hashes/utils.js"
import { z } from "zod"
import { Address } from "../address/address.ts"
import type { StateView } from "../chain/state-view.ts"
import { STEP_FIELDS, STEP_WIDTH, type StepFrame, type StepOptions, type StepTrace } from "../chain/steps/types.ts"
import type { TrialResult } from "../chain/types.ts"
import { decodeCreateReturn } from "../fvm-bridge/create-return.ts"
import { describeExitCode } from "../fvm-bridge/exit-code.ts"
import { opcodeName } from "../fvm-bridge/opcode-names.ts"
import { revertData } from "../fvm-bridge/revert.ts"
import type { Json } from "../json-rpc/json.ts"
import { JsonStream } from "../json-rpc/json-stream.ts"
import type { Block, BlockTransaction } from "./block-reader.ts"
import { codeOf, type Overrides, placeOfCall, trialOf } from "./calls.ts"
import type { BlockRef } from "./codecs/block-ref.ts"
import type { CallObject } from "./codecs/call.ts"
import { smallQuantity, toHex } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { ethError } from "./errors.ts"
import { transactionAt } from "./reads.ts"

/*
 * Geth's struct logs: a message step by step, each with what was there before it ran.
 *
 * They come from executing the message again with a build of our EVM actor that tells of each instruction, over the state it had. So
 * they are there with the network's own actors too, whose contract state is the same to the byte. The price of that: gas columns are
 * what that second execution had left, in FVM gas; with other actors than ours, or close to a limit, they are near the real ones and
 * not the same. Whether a transaction failed, what it returned and the gas it used are those of the real execution.
 */

/** What geth takes beside a tracer, when there is none. */
export interface StructLogOptions extends StepOptions {
  /** Slots read and written so far, at SLOAD and SSTORE. Default: true */
  readonly storage?: boolean
  /** Milliseconds that one execution may take. Default: any */
  readonly timeoutMs?: number
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
}
const DURATION = /^(?:\d+(?:\.\d*)?(?:ms|us|µs|ns|h|m|s))+$/
const DURATION_PARTS = /([\d.]+)(ms|us|µs|ns|h|m|s)/g

/** A duration as Go writes it, `5s` or `1m30s`; milliseconds. */
const duration = z
  .string("a duration: 5s, 1m30s")
  .regex(DURATION, "a duration: 5s, 1m30s")
  .transform((text) =>
    [...text.matchAll(DURATION_PARTS)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * UNIT_MILLISECONDS[unit!]!,
      0,
    ),
  )

const optionalFlag = z.boolean("true or false").nullish()

type StructLogFlag =
  | "disableStack"
  | "disableMemory"
  | "enableMemory"
  | "disableStorage"
  | "disableReturnData"
  | "enableReturnData"

/** Fields of tracer options that speak of struct logs. Memory is left out unless asked for: geth before 1.10 had it the other way. */
export const structLogFields: Readonly<Record<StructLogFlag, z.ZodType<boolean | null | undefined>>> & {
  readonly limit: z.ZodType<number | null | undefined>
  readonly timeout: z.ZodType<number | null | undefined>
} = {
  disableStack: optionalFlag,
  disableMemory: optionalFlag,
  enableMemory: optionalFlag,
  disableStorage: optionalFlag,
  disableReturnData: optionalFlag,
  enableReturnData: optionalFlag,
  limit: smallQuantity.schema.nullish(),
  timeout: duration.nullish(),
}

/** Reads {@link structLogFields}. */
export function readStructLogOptions(
  given: { readonly [K in StructLogFlag]?: boolean | null | undefined } & {
    readonly limit?: number | null | undefined
    readonly timeout?: number | null | undefined
  },
): StructLogOptions {
  return {
    stack: given.disableStack !== true,
    memory: given.enableMemory ?? given.disableMemory === false,
    returnData: given.enableReturnData ?? given.disableReturnData === false,
    storage: given.disableStorage !== true,
    limit: given.limit ?? 0,
    ...(given.timeout && { timeoutMs: given.timeout }),
  }
}

/** A transaction step by step. @throws RpcError - It is not known. */
export async function structLogsOfTransaction(
  context: EthContext,
  hash: Uint8Array,
  options: StructLogOptions,
): Promise<JsonStream> {
  const found = await transactionAt(context, hash)
  if (!found) throw ethError("noSuchTransaction", { hash: toHex(hash) })
  return new JsonStream(await begin(executionOf(context, found.block, found.transaction, options), options))
}

/** Every transaction of a block step by step. */
export async function structLogsOfBlock(
  context: EthContext,
  block: Block,
  options: StructLogOptions,
): Promise<Json | JsonStream> {
  const [first, ...more] = block.transactions
  if (!first) return []
  const of = (transaction: BlockTransaction) => executionOf(context, block, transaction, options)
  // What cannot be traced at all is to be an error, not an answer that breaks off.
  const begun = await begin(of(first), options)
  async function* write(): AsyncGenerator<string> {
    yield `[{"txHash":"${toHex(first!.view.hash)}","result":`
    yield* begun
    for (const transaction of more) {
      yield `},{"txHash":"${toHex(transaction.view.hash)}","result":`
      yield* await begin(of(transaction), options)
    }
    yield "}]"
  }
  return new JsonStream(write())
}

/** A call that is only tried out, step by step. */
export async function structLogsOfCall(
  context: EthContext,
  call: CallObject,
  ref: BlockRef,
  overrides: Overrides,
  options: StructLogOptions,
): Promise<JsonStream> {
  return new JsonStream(await begin(await triedOut(context, call, ref, overrides, options), options))
}

async function triedOut(
  { chain }: EthContext,
  call: CallObject,
  ref: BlockRef,
  overrides: Overrides,
  options: StructLogOptions,
): Promise<Stepped> {
  const { at, overlay, context } = await placeOfCall(chain, ref, overrides)
  const isCreate = call.to === undefined
  const run = async (from: number): Promise<Run> => {
    const { results, steps, state } = await chain.trial({
      at,
      overlay,
      context,
      messages: [trialOf(chain, call)],
      steps: { ...toSteps(options), from },
      keepState: isCreate,
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    })
    const after = async (): Promise<StateView> => (state ? chain.stateOf(state) : chain.stateAt(at))
    return { trace: steps[0]!, result: results[0]!, after }
  }
  return { run, isCreate }
}

/** Slots by contract: of 40 hex digits, 64 each. */
export type TouchedSlots = ReadonlyMap<string, ReadonlySet<string>>

/** The slots that a transaction reads or writes, also in calls that fail. */
export function slotsOfTransaction(
  context: EthContext,
  block: Block,
  transaction: BlockTransaction,
): Promise<TouchedSlots> {
  return touchedSlots(executionOf(context, block, transaction, {}))
}

/** The slots that a call which is only tried out reads or writes. */
export async function slotsOfCall(
  context: EthContext,
  call: CallObject,
  ref: BlockRef,
  overrides: Overrides,
): Promise<TouchedSlots> {
  return touchedSlots(await triedOut(context, call, ref, overrides, {}))
}

async function touchedSlots({ run }: Stepped): Promise<TouchedSlots> {
  const touched = new Map<string, Set<string>>()
  let from = 0
  for (;;) {
    const { trace } = await run(from)
    noteSlots(trace, touched)
    if (!trace.more) return touched
    from += trace.count
  }
}

function noteSlots({ rows, words, frames, count }: StepTrace, touched: Map<string, Set<string>>): void {
  // Of each frame's stack: where its words stand.
  const stacks = new Map<number, number[]>()
  let word = 0
  for (let i = 0; i < count; i++) {
    const at = i * STEP_WIDTH
    const position = rows[at + STEP_FIELDS.frame]!
    const stack = stacks.get(position) ?? []
    stacks.set(position, stack)
    stack.length = rows[at + STEP_FIELDS.kept]!
    for (const height = rows[at + STEP_FIELDS.height]!; stack.length < height; word += 32) stack.push(word)
    const op = rows[at + STEP_FIELDS.op]!
    const top = stack.at(-1)
    if ((op !== SLOAD && op !== SSTORE) || top === undefined) continue
    const contract = bytesToHex(frames[position]!.address)
    const slots = touched.get(contract) ?? new Set<string>()
    touched.set(contract, slots.add(bytesToHex(words.subarray(top, top + 32))))
  }
}

/** One execution of a message, written down from some step on. */
interface Run {
  readonly trace: StepTrace
  readonly result: TrialResult
  /** The state that it left. */
  readonly after: () => Promise<StateView>
}

/** A message that can be executed any number of times, always with the same steps. */
interface Stepped {
  readonly run: (from: number) => Promise<Run>
  readonly isCreate: boolean
}

function executionOf(
  { chain }: EthContext,
  { tipset }: Block,
  { index, view }: BlockTransaction,
  options: StructLogOptions,
): Stepped {
  const run = async (from: number): Promise<Run> => {
    const steps = { ...toSteps(options), from }
    const { results, steps: traces } = await chain.replaySteps(tipset, steps, index, "last", options.timeoutMs)
    return { trace: traces[0]!, result: results.at(-1)!, after: () => chain.stateAt(tipset) }
  }
  return { run, isCreate: view.to === undefined }
}

/** What has to be written down: slots are read off the stack. */
function toSteps({
  stack = true,
  storage = true,
  memory = false,
  returnData = false,
  limit = 0,
  maxBytes,
}: StructLogOptions): StepOptions {
  return { stack: stack || storage, memory, returnData, limit, ...(maxBytes !== undefined && { maxBytes }) }
}

/** Executes a message for the first time. @returns What is left: to write it down, and to execute it again for the steps behind. */
async function begin({ run, isCreate }: Stepped, options: StructLogOptions): Promise<AsyncGenerator<string>> {
  const first = await run(0)
  const { receipt } = first.result
  const failed = receipt.exitCode !== 0
  const returned =
    isCreate && !failed
      ? await codeOf(await first.after(), Address.id(decodeCreateReturn(receipt.returnData).actorId))
      : revertData(receipt.returnData)

  async function* write(): AsyncGenerator<string> {
    yield `{"gas":${receipt.gasUsed},"failed":${failed},"returnValue":"${toHex(returned)}","structLogs":[`
    const { limit = 0 } = options
    const writer = new StepWriter(options)
    let { trace } = first
    for (;;) {
      yield* writer.write(trace)
      if (!trace.more || (limit > 0 && writer.count >= limit)) break
      trace = (await run(writer.count)).trace
    }
    const { agrees } = trace
    yield agrees === "same" ? "]}" : `],"note":"${NOTES[agrees]}"}`
  }
  return write()
}

const NOTES = {
  free: "the steps are those of an execution in which interpreting code cost no gas: with the gas of the transaction it would have ended otherwise here",
  different:
    "the steps are those of an execution that ended otherwise than the transaction did: failed, returnValue and gas are the transaction's",
} as const

const SLOAD = 0x54
const SSTORE = 0x55
const REVERT = 0xfd

/** Characters that are written at once. */
const CHUNK = 1 << 17

/** What is known of a frame while its steps are gone through. */
interface Progress {
  /** Words of the stack in JSON, `"0x1"`. */
  readonly stack: string[]
  memoryPosition: number
  memory: string
}

/** Writes steps as JSON, trace after trace of one message. @see geth eth/tracers/logger/logger.go (structLogLegacy) */
class StepWriter {
  /** Steps so far. */
  count = 0
  readonly #options: Required<Pick<StructLogOptions, "stack" | "memory" | "storage" | "limit">>
  /** By contract. */
  readonly #slots = new Map<string, Map<string, string>>()

  constructor({ stack = true, memory = false, storage = true, limit = 0 }: StructLogOptions) {
    this.#options = { stack, memory, storage, limit }
  }

  /** @param trace - Goes on where the last one ended. */
  *write(trace: StepTrace): Generator<string> {
    const { rows, words, frames, memories, returns } = trace
    const { stack, memory, storage, limit } = this.#options
    const progress: (Progress | undefined)[] = []
    const returnTexts = returns.map(toHex)
    const count = limit > 0 ? Math.min(trace.count, limit - this.count) : trace.count
    let word = 0
    let text = ""
    for (let i = 0; i < count; i++) {
      const at = i * STEP_WIDTH
      const position = rows[at + STEP_FIELDS.frame]!
      const frame = frames[position]!
      progress[position] ??= { stack: [], memoryPosition: -1, memory: "" }
      const now = progress[position]
      const op = rows[at + STEP_FIELDS.op]!
      const name = opcodeName(op)
      if (this.count > 0) text += ","
      text += `{"pc":${rows[at + STEP_FIELDS.pc]!},"op":"${name}","gas":${rows[at + STEP_FIELDS.gas]!},"gasCost":${rows[at + STEP_FIELDS.cost]!},"depth":${frame.depth}`
      const height = rows[at + STEP_FIELDS.height]!
      if (frame.lastStep === this.count && frame.exitCode !== 0 && op !== REVERT)
        text += `,"error":${JSON.stringify(describeFailure(frame, name, height))}`
      if (stack || storage) {
        now.stack.length = rows[at + STEP_FIELDS.kept]!
        while (now.stack.length < height) {
          now.stack.push(shortHex(words, word))
          word += 32
        }
        if (stack) text += `,"stack":[${now.stack.join(",")}]`
      }
      const returned = rows[at + STEP_FIELDS.returned]!
      if (returned >= 0 && returnTexts[returned] !== "0x") text += `,"returnData":"${returnTexts[returned]}"`
      const memoryPosition = rows[at + STEP_FIELDS.memory]!
      if (memory && memoryPosition >= 0) {
        if (memoryPosition !== now.memoryPosition) {
          now.memoryPosition = memoryPosition
          now.memory = memoryWords(memories[memoryPosition]!)
        }
        text += `,"memory":[${now.memory}]`
      }
      if (storage && op === SLOAD && height > 0) {
        // What it finds is on the stack of the step behind it, if it did not fail.
        const behind = at + STEP_WIDTH
        if (i + 1 < trace.count && rows[behind + STEP_FIELDS.frame] === position && frame.lastStep !== this.count) {
          const kept = rows[behind + STEP_FIELDS.kept]!
          const found = kept === height ? now.stack.at(-1)! : shortHex(words, word + 32 * (height - 1 - kept))
          text += this.#slot(frame, now.stack.at(-1)!, found)
        }
      } else if (storage && op === SSTORE && height > 1) text += this.#slot(frame, now.stack.at(-1)!, now.stack.at(-2)!)
      text += "}"
      this.count++
      if (text.length > CHUNK) {
        yield text
        text = ""
      }
    }
    yield text
  }

  /** Sets a slot. @returns All slots of the contract that were touched so far */
  #slot({ address }: StepFrame, slot: string, value: string): string {
    const contract = bytesToHex(address)
    const known = this.#slots.get(contract) ?? new Map<string, string>()
    this.#slots.set(contract, known.set(longHex(slot), longHex(value)))
    return `,"storage":{${[...known].map(([key, held]) => `"${key}":"${held}"`).join(",")}}`
  }
}

/** JSON of a word: 0x and its digits without leading zeros. */
function shortHex(words: Uint8Array, at: number): string {
  let from = at
  while (from < at + 31 && words[from] === 0) from++
  const digits = bytesToHex(words.subarray(from, at + 32))
  return digits.startsWith("0") ? `"0x${digits.slice(1)}"` : `"0x${digits}"`
}

/** All 64 digits, of what {@link shortHex} gives. */
function longHex(word: string): string {
  return word.slice(3, -1).padStart(64, "0")
}

/** JSON of words of 64 digits, without the brackets. */
function memoryWords(memory: Uint8Array): string {
  return Array.from(
    { length: memory.length / 32 },
    (_, i) => `"${bytesToHex(memory.subarray(32 * i, 32 * i + 32))}"`,
  ).join(",")
}

/** Exit codes of the EVM actor, in geth's words. @see geth core/vm/errors.go */
const FAILURES: Readonly<Record<number, (op: string, height: number) => string>> = {
  25: () => "write protection",
  34: () => "invalid opcode: INVALID",
  35: (op) => `invalid opcode: ${op}`,
  36: (_, height) => `stack underflow (${height})`,
  37: () => "stack limit reached 1024",
  38: () => "gas uint64 overflow",
  39: () => "invalid jump destination",
}

function describeFailure(frame: StepFrame, op: string, height: number): string {
  if (frame.outOfGas) return "out of gas"
  return FAILURES[frame.exitCode]?.(op, height) ?? (frame.message || describeExitCode(frame.exitCode))
}
