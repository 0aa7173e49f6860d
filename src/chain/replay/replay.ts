import { Address } from "../../address/address.ts"
import type { Runtime } from "../../fvm/call-manager/index.ts"
import { Executor } from "../../fvm/executor/executor.ts"
import type { ApplyResult } from "../../fvm/executor/index.ts"
import type { Externs } from "../../fvm/externs/index.ts"
import { type Bundle, codeOfBundles } from "../../fvm/machine/bundle.ts"
import { machineContext } from "../../fvm/machine/context.ts"
import type { MachineContext } from "../../fvm/machine/index.ts"
import { Machine } from "../../fvm/machine/machine.ts"
import type { Message } from "../../fvm/message.ts"
import type { Receipt } from "../../fvm/receipt.ts"
import { Amt } from "../../ipld/amt.ts"
import { type Blockstore, MemoryBlockstore } from "../../ipld/blockstore.ts"
import { type CID, parseCid } from "../../ipld/cid.ts"
import { type Codec, cborCodec } from "../../ipld/codec.ts"
import { expectBytes, expectInt, expectLink, expectNullable, expectTuple, expectUint64 } from "../../ipld/dag-cbor.ts"
import { ChainError } from "../errors.ts"
import { chainExterns } from "./chain-externs.ts"
import { HeaderChain } from "./header-chain.ts"
import {
  type AppliedMessage,
  type LoadedRecording,
  type RecordedTipset,
  type Recording,
  toBigInt,
} from "./recording.ts"

/** Cron: from the system actor to the cron actor, EpochTick. */
const SYSTEM: Address = Address.id(0)
const CRON: Address = Address.id(3)
const EPOCH_TICK = 2n
const DEFAULT_BLOCK_DELAY = 4n

/** What came of a tipset. */
export interface TipsetOutcome {
  readonly height: number
  /** Number of messages applied, cron of null rounds included. */
  readonly messages: number
  /** The first difference in words; undefined: all as recorded. */
  readonly difference: string | undefined
  /** Why the tipset was not executed; undefined: it was. */
  readonly skipped?: string | undefined
}

/** What a replay needs besides the recording. */
export interface ReplayOptions {
  /** Bundles that have the code of all actors of the chain. */
  readonly bundles: readonly Bundle[]
  /** Gives the runtime for a machine's limits and prices; the same one for the same values. */
  readonly runtimeFor: (context: MachineContext) => Runtime
  /** Seconds between epochs. Default: 4, as the recordings have it. */
  readonly blockDelay?: bigint
  /** Stop after this many tipsets. Default: all. */
  readonly limit?: number
}

/**
 * Receipts as they stand in a tipset's receipts AMT: `[exit code, return data, gas used, events root | null]`.
 *
 * @see FIP-0049; ref-fvm shared/src/receipt.rs
 */
export const receiptCodec: Codec<Receipt> = cborCodec<Receipt>(
  ({ exitCode, returnData, gasUsed, eventsRoot }) => [exitCode, returnData, gasUsed, eventsRoot ?? null],
  (value) => {
    const [exitCode, returnData, gasUsed, eventsRoot] = expectTuple(value, 4, "receipt")
    return {
      exitCode: expectInt(exitCode, "receipt.exitCode"),
      returnData: expectBytes(returnData, "receipt.returnData"),
      gasUsed: expectUint64(gasUsed, "receipt.gasUsed"),
      eventsRoot: expectNullable(eventsRoot, "receipt.eventsRoot", expectLink),
    }
  },
)

/** Root of a tipset's receipts: an AMT of the old form, bit width 3. */
export function receiptsRoot(receipts: Iterable<Receipt>): CID {
  return Amt.fromValues(new MemoryBlockstore(), receiptCodec, receipts, { version: 0 })
}

/**
 * Executes a recorded chain tipset by tipset, each from its recorded state, and compares each with the recording.
 *
 * The order is Lotus': cron of the null rounds before the tipset, each in a machine of its own epoch; explicit messages; reward of each block; cron.
 *
 * @see lotus chain/consensus/compute_state.go
 */
export function* replayChain({ recording, store }: LoadedRecording, options: ReplayOptions): Generator<TipsetOutcome> {
  const last = recording.tipsets.at(-1)
  if (last === undefined) return
  const headers = new HeaderChain(store, last.key.map(parseCid))
  if (headers.head === undefined)
    throw new ChainError("missing-block", `the CAR lacks the header of the last tipset, ${last.key.join(", ")}`)
  const code = codeOfBundles(options.bundles)
  const missing = Object.entries(recording.codes ?? {}).filter(([, link]) => {
    const cid = parseCid(link["/"])
    return code(cid) === undefined && !store.has(cid)
  })
  const skipped =
    missing.length === 0
      ? undefined
      : `no bundle has the code of ${missing.map(([name, link]) => `${name} (${link["/"]})`).join(", ")}`
  const tipsets = options.limit === undefined ? recording.tipsets : recording.tipsets.slice(0, options.limit)
  for (const tipset of tipsets) {
    if (skipped !== undefined) {
      yield { height: tipset.height, difference: undefined, messages: 0, skipped }
      continue
    }
    const replay = new TipsetReplay(recording, tipset, store, headers, code, options)
    yield { height: tipset.height, difference: replay.run(), messages: replay.messages }
  }
}

class TipsetReplay {
  messages = 0
  readonly #recording: Recording
  readonly #tipset: RecordedTipset
  readonly #store: Blockstore
  readonly #code: (code: CID) => Uint8Array | undefined
  readonly #externs: Externs
  readonly #options: ReplayOptions

  constructor(
    recording: Recording,
    tipset: RecordedTipset,
    store: Blockstore,
    headers: HeaderChain,
    code: (code: CID) => Uint8Array | undefined,
    options: ReplayOptions,
  ) {
    this.#recording = recording
    this.#tipset = tipset
    this.#store = store
    this.#code = code
    this.#externs = chainExterns({ headers, epoch: BigInt(tipset.height) })
    this.#options = options
  }

  /** The first difference in words, or undefined. */
  run(): string | undefined {
    const tipset = this.#tipset
    let root = parseCid(tipset.stateBefore)
    if (!this.#store.has(root)) return `the state before, ${root}, is not at hand`

    const crons = tipset.nullRoundCrons
    for (const [index, gasUsed] of (crons?.gasUsed ?? []).entries()) {
      const epoch = BigInt(crons!.from + index)
      const executor = this.#executor(root, epoch, this.#timestampOf(epoch))
      const result = executor.applyMessage(cron(epoch, toBigInt(crons!.gasLimit)), "implicit", 0)
      this.messages++
      if (result.receipt.exitCode !== 0 || result.receipt.gasUsed !== toBigInt(gasUsed))
        return `cron of null round ${epoch}: exit code ${result.receipt.exitCode}, gas ${result.receipt.gasUsed}, expected 0, ${gasUsed}`
      root = executor.flush()
    }

    const epoch = BigInt(tipset.height)
    const isEarlier = ({ message }: AppliedMessage): boolean => isCron(message) && toBigInt(message.Nonce) < epoch
    for (const applied of tipset.applied.filter(isEarlier)) {
      const round = toBigInt(applied.message.Nonce)
      const executor = this.#executor(root, round, this.#timestampOf(round))
      const difference = this.#apply(executor, applied)
      if (typeof difference === "string") return `null round ${round}: ${difference}`
      root = executor.flush()
    }

    const executor = this.#executor(root, epoch, BigInt(tipset.timestamp))
    const receipts: Receipt[] = []
    for (const [index, applied] of tipset.applied.filter((one) => !isEarlier(one)).entries()) {
      const result = this.#apply(executor, applied)
      if (typeof result === "string") return `message ${index} (${applied.cid}): ${result}`
      if (!isImplicit(applied)) receipts.push(result.receipt)
    }
    const gotReceipts = receiptsRoot(receipts).toString()
    const after = executor.flush().toString()
    if (tipset.receiptsRoot !== undefined && gotReceipts !== tipset.receiptsRoot)
      return `receipts root ${gotReceipts}, expected ${tipset.receiptsRoot}`
    if (after !== tipset.stateAfter) return `state after ${after}, expected ${tipset.stateAfter}`
    return undefined
  }

  #timestampOf(epoch: bigint): bigint {
    return BigInt(this.#recording.genesisTimestamp) + epoch * (this.#options.blockDelay ?? DEFAULT_BLOCK_DELAY)
  }

  #executor(stateRoot: CID, epoch: bigint, timestamp: bigint): Executor {
    const context = machineContext({
      networkVersion: this.#recording.networkVersion,
      chainId: BigInt(this.#recording.chainId),
      epoch,
      timestamp,
      baseFee: BigInt(this.#tipset.baseFee),
      circSupply: BigInt(this.#tipset.circulatingSupply.FilCirculating),
      // Lotus builds for 2 KiB sectors run actors in debugging mode, which costs gas (build/buildconstants/params_2k.go).
      actorDebugging: this.#recording.version.endsWith("+2k"),
    })
    const machine = new Machine({ context, stateRoot, store: this.#store, externs: this.#externs, code: this.#code })
    return new Executor(machine, this.#options.runtimeFor(context))
  }

  /** Applies a message and compares its receipt and fees. */
  #apply(executor: Executor, applied: AppliedMessage): ApplyResult | string {
    const implicit = isImplicit(applied)
    let chainLength = 0
    if (!implicit) {
      const block = this.#store.get(parseCid(applied.cid))
      if (block === undefined) return "its block is not in the CAR"
      chainLength = block.length
    }
    const result = executor.applyMessage(messageOf(applied), implicit ? "implicit" : "explicit", chainLength)
    this.messages++
    const { receipt } = result
    const { EventsRoot } = applied.receipt
    const fields: [name: string, got: unknown, expected: unknown][] = [
      ["exit code", receipt.exitCode, applied.receipt.ExitCode],
      ["return", toBase64(receipt.returnData), applied.receipt.Return ?? ""],
      ["gas used", receipt.gasUsed, toBigInt(applied.receipt.GasUsed)],
      [
        "events root",
        receipt.eventsRoot?.toString() ?? "none",
        (typeof EventsRoot === "object" ? EventsRoot?.["/"] : EventsRoot) ?? "none",
      ],
    ]
    if (!implicit)
      fields.push(
        ["base fee burn", result.baseFeeBurn, BigInt(applied.gas.BaseFeeBurn)],
        ["over-estimation burn", result.overEstimationBurn, BigInt(applied.gas.OverEstimationBurn)],
        ["penalty", result.penalty, BigInt(applied.gas.MinerPenalty)],
        ["tip", result.minerTip, BigInt(applied.gas.MinerTip)],
        ["refund", result.refund, BigInt(applied.gas.Refund)],
      )
    const wrong = fields.find(([, got, expected]) => got !== expected)
    if (wrong === undefined) return result
    const [name, got, expected] = wrong
    const { From, To, Method } = applied.message
    return `${name} ${got}, expected ${expected} (${From} to ${To}, method ${Method}${describeFailure(result)})`
  }
}

function describeFailure({ failure, receipt }: ApplyResult): string {
  if (failure === undefined) return ""
  const text =
    failure.kind === "prevalidation"
      ? failure.message
      : [...failure.frames.map((frame) => `${frame.source}: ${frame.message}`), failure.cause?.message ?? ""].join("; ")
  return `; exit code ${receipt.exitCode}: ${text}`
}

function cron(epoch: bigint, gasLimit: bigint): Message {
  return {
    version: 0n,
    from: SYSTEM,
    to: CRON,
    sequence: epoch,
    value: 0n,
    method: EPOCH_TICK,
    params: new Uint8Array(0),
    gasLimit,
    gasFeeCap: 0n,
    gasPremium: 0n,
  }
}

function isImplicit({ message }: AppliedMessage): boolean {
  return Address.parse(message.From).equals(SYSTEM)
}

function isCron(message: AppliedMessage["message"]): boolean {
  return Address.parse(message.From).equals(SYSTEM) && Address.parse(message.To).equals(CRON)
}

function messageOf({ message }: AppliedMessage): Message {
  return {
    version: 0n,
    from: Address.parse(message.From),
    to: Address.parse(message.To),
    sequence: toBigInt(message.Nonce),
    value: BigInt(message.Value),
    method: toBigInt(message.Method),
    params: fromBase64(message.Params ?? ""),
    gasLimit: toBigInt(message.GasLimit),
    gasFeeCap: BigInt(message.GasFeeCap),
    gasPremium: BigInt(message.GasPremium),
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}

function toBase64(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
