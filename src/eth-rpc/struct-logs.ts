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
import type { Block } from "./block-reader.ts"
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
}

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
} = {
  disableStack: optionalFlag,
  disableMemory: optionalFlag,
  enableMemory: optionalFlag,
  disableStorage: optionalFlag,
  disableReturnData: optionalFlag,
  enableReturnData: optionalFlag,
  limit: smallQuantity.schema.nullish(),
}

/** Reads {@link structLogFields}. */
export function readStructLogOptions(
  given: { readonly [K in StructLogFlag]?: boolean | null | undefined } & {
    readonly limit?: number | null | undefined
  },
): StructLogOptions {
  return {
    stack: given.disableStack !== true,
    memory: given.enableMemory ?? given.disableMemory === false,
    returnData: given.enableReturnData ?? given.disableReturnData === false,
    storage: given.disableStorage !== true,
    limit: given.limit ?? 0,
  }
}

/** A transaction step by step. @throws RpcError - It is not known, or the trace would be too large. */
export async function structLogsOfTransaction(
  context: EthContext,
  hash: Uint8Array,
  options: StructLogOptions,
): Promise<Json> {
  const found = await transactionAt(context, hash)
  if (!found) throw ethError("noSuchTransaction", { hash: toHex(hash) })
  const { block, transaction } = found
  const { results, steps } = await context.chain.replaySteps(block.tipset, toSteps(options), transaction.index, "last")
  const isCreate = transaction.view.to === undefined
  return encodeStructLogs(steps[0]!, results.at(-1)!, options, isCreate, () => context.chain.stateAt(block.tipset))
}

/** Every transaction of a block step by step. @throws RpcError - The trace of one would be too large. */
export async function structLogsOfBlock(
  { chain }: EthContext,
  { tipset, transactions }: Block,
  options: StructLogOptions,
): Promise<Json> {
  if (tipset.messageCount === 0) return []
  const answers: Json[] = []
  // One after the other: the steps of a whole block may not fit.
  for (const { index, view } of transactions) {
    const { results, steps } = await chain.replaySteps(tipset, toSteps(options), index, "last")
    const isCreate = view.to === undefined
    const result = await encodeStructLogs(steps[0]!, results.at(-1)!, options, isCreate, () => chain.stateAt(tipset))
    answers.push({ txHash: toHex(view.hash), result })
  }
  return answers
}

/** A call that is only tried out, step by step. @throws RpcError - The trace would be too large. */
export async function structLogsOfCall(
  { chain }: EthContext,
  call: CallObject,
  ref: BlockRef,
  overrides: Overrides,
  options: StructLogOptions,
): Promise<Json> {
  const { at, overlay, context } = await placeOfCall(chain, ref, overrides)
  const isCreate = call.to === undefined
  const { results, steps, state } = await chain.trial({
    at,
    ...(overlay && { overlay }),
    context,
    messages: [trialOf(chain, call)],
    steps: toSteps(options),
    keepState: isCreate,
  })
  return encodeStructLogs(steps[0]!, results[0]!, options, isCreate, () =>
    state ? chain.stateOf(state) : chain.stateAt(at),
  )
}

/** What has to be written down: slots are read off the stack. */
function toSteps({
  stack = true,
  storage = true,
  memory = false,
  returnData = false,
  limit = 0,
}: StructLogOptions): StepOptions {
  return { stack: stack || storage, memory, returnData, limit }
}

async function encodeStructLogs(
  trace: StepTrace,
  { receipt }: TrialResult,
  options: StructLogOptions,
  isCreate: boolean,
  state: () => Promise<StateView>,
): Promise<Json> {
  if (trace.tooLarge) throw ethError("invalidInput", { message: TOO_LARGE })
  const failed = receipt.exitCode !== 0
  const returned =
    isCreate && !failed
      ? await codeOf(await state(), Address.id(decodeCreateReturn(receipt.returnData).actorId))
      : revertData(receipt.returnData)
  return {
    gas: Number(receipt.gasUsed),
    failed,
    returnValue: toHex(returned),
    structLogs: structLogs(trace, options),
    ...(trace.agrees !== "same" && { note: NOTES[trace.agrees] }),
  }
}

const TOO_LARGE =
  "the trace is larger than 200 MB: ask for fewer steps with limit, or leave things out with disableStack, disableStorage, enableMemory: false"

const NOTES = {
  free: "the steps are those of an execution in which interpreting code cost no gas: with the gas of the transaction it would have ended otherwise here",
  different:
    "the steps are those of an execution that ended otherwise than the transaction did: failed, returnValue and gas are the transaction's",
} as const

const SLOAD = 0x54
const SSTORE = 0x55
const REVERT = 0xfd

/** @see geth eth/tracers/logger/logger.go (structLogLegacy) */
interface StructLog {
  pc: number
  op: string
  gas: number
  gasCost: number
  depth: number
  error?: string
  stack?: readonly string[]
  returnData?: string
  memory?: readonly string[]
  storage?: { readonly [slot: string]: string }
}

/** What is known of a frame while its steps are gone through. */
interface Progress {
  stack: string[]
  memoryPosition: number
  memory: readonly string[]
  /** The step before, whose cost the next one shows. */
  last: StructLog | undefined
  lastOp: number
  /** The slot that the step before reads. */
  loading: string | undefined
}

function structLogs(trace: StepTrace, { stack = true, memory = false, storage = true }: StructLogOptions): Json {
  const { rows, words, frames, memories, returns } = trace
  const progress = frames.map(
    (): Progress => ({ stack: [], memoryPosition: -1, memory: [], last: undefined, lastOp: -1, loading: undefined }),
  )
  const slots = new Map<string, Record<string, string>>()
  const returnTexts = returns.map(toHex)
  const logs: StructLog[] = []
  let word = 0
  for (let i = 0; i < trace.count; i++) {
    const at = i * STEP_WIDTH
    const position = rows[at + STEP_FIELDS.frame]!
    const frame = frames[position]!
    const now = progress[position]!
    const op = rows[at + STEP_FIELDS.op]!
    const gas = rows[at + STEP_FIELDS.gas]!
    const log: StructLog = { pc: rows[at + STEP_FIELDS.pc]!, op: opcodeName(op), gas, gasCost: 0, depth: frame.depth }

    if (stack || storage) {
      const height = rows[at + STEP_FIELDS.height]!
      now.stack.length = rows[at + STEP_FIELDS.kept]!
      while (now.stack.length < height) {
        now.stack.push(shortHex(words, word))
        word += 32
      }
      if (stack) log.stack = now.stack.slice()
    }
    if (now.last) {
      now.last.gasCost = Math.max(0, now.last.gas - gas)
      if (now.loading !== undefined) now.last.storage = noteSlot(slots, frame, now.loading, now.stack.at(-1)!)
    }
    now.loading = undefined

    const returned = rows[at + STEP_FIELDS.returned]!
    if (returned >= 0 && returnTexts[returned] !== "0x") log.returnData = returnTexts[returned]!
    const memoryPosition = rows[at + STEP_FIELDS.memory]!
    if (memory && memoryPosition >= 0) {
      if (memoryPosition !== now.memoryPosition) {
        now.memoryPosition = memoryPosition
        now.memory = memoryWords(memories[memoryPosition]!, now.memory)
      }
      log.memory = now.memory
    }
    if (storage && now.stack.length > 0) {
      if (op === SLOAD) now.loading = now.stack.at(-1)!
      else if (op === SSTORE && now.stack.length > 1)
        log.storage = noteSlot(slots, frame, now.stack.at(-1)!, now.stack.at(-2)!)
    }
    now.last = log
    now.lastOp = op
    logs.push(log)
  }
  // Where steps are missing at the end, what the last one cost is not known.
  for (const [i, { last, lastOp }] of progress.entries()) {
    const frame = frames[i]!
    if (!last) continue
    last.gasCost = Math.max(0, last.gas - Number(frame.gasLeft))
    if (frame.exitCode !== 0 && lastOp !== REVERT) last.error = describeFailure(frame, last)
  }
  return logs as unknown as Json
}

/** Sets a slot. @returns All slots of the contract that were touched so far */
function noteSlot(
  slots: Map<string, Record<string, string>>,
  { address }: StepFrame,
  slot: string,
  value: string,
): Record<string, string> {
  const contract = bytesToHex(address)
  const known = { ...slots.get(contract), [longHex(slot)]: longHex(value) }
  slots.set(contract, known)
  return known
}

/** 0x and the digits of a word without leading zeros. */
function shortHex(words: Uint8Array, at: number): string {
  let from = at
  while (from < at + 31 && words[from] === 0) from++
  const digits = bytesToHex(words.subarray(from, at + 32))
  return digits.startsWith("0") ? `0x${digits.slice(1)}` : `0x${digits}`
}

function longHex(word: string): string {
  return word.slice(2).padStart(64, "0")
}

/** Words of 64 digits, taken from the memory before where they are the same. */
function memoryWords(memory: Uint8Array, before: readonly string[]): readonly string[] {
  return Array.from({ length: memory.length / 32 }, (_, i) => {
    const word = bytesToHex(memory.subarray(32 * i, 32 * i + 32))
    return word === before[i] ? before[i] : word
  })
}

/** Exit codes of the EVM actor, in geth's words. @see geth core/vm/errors.go */
const FAILURES: Readonly<Record<number, (log: StructLog) => string>> = {
  25: () => "write protection",
  34: () => "invalid opcode: INVALID",
  35: ({ op }) => `invalid opcode: ${op}`,
  36: ({ stack }) => (stack ? `stack underflow (${stack.length})` : "stack underflow"),
  37: () => "stack limit reached 1024",
  38: () => "gas uint64 overflow",
  39: () => "invalid jump destination",
}

function describeFailure(frame: StepFrame, log: StructLog): string {
  if (frame.outOfGas) return "out of gas"
  return FAILURES[frame.exitCode]?.(log) ?? (frame.message || describeExitCode(frame.exitCode))
}
