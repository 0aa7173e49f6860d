import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import type { Logger } from "pino"
import { Address } from "../address/address.ts"
import { toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import type { Hearing } from "../chain/chain.ts"
import type { Tipset, TrialResult } from "../chain/types.ts"
import { codeOf } from "../eth-rpc/calls.ts"
import { toHex } from "../eth-rpc/codecs/hex.ts"
import type { EthNode } from "../eth-rpc/context.ts"
import { executionError } from "../eth-rpc/errors.ts"
import { revertData } from "../fvm-bridge/revert.ts"
import type { CallRecord } from "../json-rpc/dispatcher.ts"
import { NEW_CONTRACT } from "./activity-text.ts"
import { formatFil } from "./amounts.ts"
import { CONSOLE_ADDRESS, decodeConsoleLog } from "./console-log.ts"
import type { ContractBook } from "./contract-book.ts"
import { nameOfNativeMethod } from "./known-methods.ts"

/** Methods whose first parameter is a call: they are told of one by one; others only if they fail, or with `--log-level debug`. */
const CALLS: readonly string[] = [
  "eth_call",
  "eth_estimateGas",
  "eth_createAccessList",
  "debug_traceCall",
  "trace_call",
]

/** Where contracts print: nobody is there. */
export const CONSOLE: Address = toFilecoinAddress(hexToBytes(CONSOLE_ADDRESS))

/** Something that happened, to be shown. Which fields there are depends on what it was. */
export interface Activity {
  readonly level: "debug" | "info" | "warn"
  /** The RPC method, `transaction` or `transaction failed`. */
  readonly title: string
  readonly fields: ActivityFields
}

/** See {@link Activity}. */
export interface ActivityFields {
  readonly ms?: number
  readonly hash?: string
  readonly from?: string
  readonly to?: string
  /** Name of the contract that was called or made. */
  readonly contract?: string
  /** Selector, 0x and 8 digits. */
  readonly method?: string
  /** Its signature, if that is known. */
  readonly signature?: string
  /** `1.5 FIL` */
  readonly value?: string
  readonly gasLimit?: number
  readonly gasUsed?: number
  /** Address of the contract that was made. */
  readonly created?: string
  readonly block?: number
  readonly blockHash?: string
  /** Lines that contracts printed. */
  readonly console?: readonly string[]
  readonly code?: number
  readonly error?: string
  /** Why a transaction failed. */
  readonly failed?: string
  /** The actors that failed, innermost first. */
  readonly backtrace?: readonly string[]
}

/** What has been heard and is not told yet is kept for so many calls. */
const MAX_HEARD = 1000

/** Tells people what happens on a node: each call, each transaction with what came of it, and what contracts print. */
export class ActivityLog {
  readonly #node: EthNode
  readonly #log: Logger
  readonly #book: ContractBook
  readonly #show: (activity: Activity) => void
  /** Lines that were printed, by what they will be told with: a tipset's hash and a position, or a call. */
  readonly #lines = new Map<string, string[]>()
  #last: Promise<void> = Promise.resolve()
  /** What is to be told after it. */
  #waiting = 0

  /** @param show - Default: goes into the log. */
  constructor(node: EthNode, log: Logger, book: ContractBook, show?: (activity: Activity) => void) {
    this.#node = node
    this.#log = log
    this.#book = book
    this.#show = show ?? (({ level, title, fields }) => log[level](fields, title))
    if (!log.isLevelEnabled("info")) return
    node.chain.onHeard((hearing) => this.#hear(hearing))
    node.chain.onHead(({ executed }) => {
      if (!node.state.loggingEnabled) return
      for (const tipset of executed) this.#enqueue(tipset)
    })
  }

  /** One request that was answered. */
  onCall(record: CallRecord): void {
    if (!this.#node.state.loggingEnabled) return
    const isCall = CALLS.includes(record.method)
    const level = isCall || record.error ? "info" : "debug"
    if (!this.#log.isLevelEnabled(level)) return
    const { params } = record
    const call = isCall && Array.isArray(params) ? readCall(params[0]) : undefined
    const failed = record.error && { code: record.error.code, error: record.error.message }
    const ms = Math.round(record.milliseconds * 1000) / 1000
    if (!call) {
      this.#next({ level, title: record.method, fields: { ms, ...failed } })
      return
    }
    const { to, input } = call
    const lines = this.#take(callKey(to, input))
    const shown = { ...describeCall(call), ...this.#signature(to, input) }
    const console = lines && { console: lines }
    const error = failed && { ...failed, error: this.#explain(failed.error, record.error?.data) }
    const fields = { ...shown, ms, ...console, ...error }
    const name = to && this.#book.nameOf(to, () => this.#codeAt(to))
    if (name instanceof Promise)
      this.#after(async () => this.#show({ level, title: record.method, fields: withName(fields, await name) }))
    else this.#next({ level, title: record.method, fields: withName(fields, name) })
  }

  /** Settles when all that happened so far is told. */
  settled(): Promise<void> {
    return this.#last
  }

  #after(tell: () => Promise<void>): void {
    this.#waiting++
    this.#last = this.#last
      .then(tell)
      .catch((error: unknown) => this.#log.debug({ error }, "something was gone before it was told of"))
      .finally(() => this.#waiting--)
  }

  /** Shows it at once, or after what happened before it. */
  #next(activity: Activity): void {
    if (this.#waiting === 0) this.#show(activity)
    else this.#after(async () => this.#show(activity))
  }

  #hear({ tipset, trials, heard }: Hearing): void {
    for (const { message, params } of heard) {
      // Contracts hand on their input as it is; a message from outside would have it as CBOR.
      const line = decodeConsoleLog(params) ?? decodeConsoleLog(revertData(params))
      if (line === undefined) continue
      const trial = trials[message]?.message
      const key = tipset
        ? `${bytesToHex(tipset.hash)}:${message}`
        : trial && callKey(toEthAddress(trial.to), revertData(trial.params))
      if (key === undefined) continue
      const lines = this.#lines.get(key)
      if (lines) lines.push(line)
      else this.#lines.set(key, [line])
    }
    while (this.#lines.size > MAX_HEARD) this.#lines.delete(this.#lines.keys().next().value!)
  }

  #take(key: string): readonly string[] | undefined {
    if (this.#lines.size === 0) return undefined
    const lines = this.#lines.get(key)
    this.#lines.delete(key)
    return lines
  }

  #enqueue(tipset: Tipset): void {
    if (tipset.messageCount > 0) this.#after(() => this.#tell(tipset))
    else if (this.#log.isLevelEnabled("debug"))
      this.#next({ level: "debug", title: "block", fields: { block: tipset.epoch, blockHash: toHex(tipset.hash) } })
  }

  async #tell(tipset: Tipset): Promise<void> {
    const { chain, blocks } = this.#node
    const { transactions } = await blocks.read(tipset)
    // Why a message failed is not kept: it is executed once more.
    const lastFailed = transactions.findLastIndex(({ receipt }) => receipt.status === 0)
    const results = lastFailed < 0 ? [] : (await chain.replay(tipset, lastFailed)).results
    for (const transaction of transactions) {
      const { index, receipt, view } = transaction
      const console = this.#take(`${bytesToHex(tipset.hash)}:${index}`)
      const result = results[index]
      const address = receipt.contractAddress ?? view.to
      const name = address && (await this.#book.nameOf(address, () => this.#codeAt(address)))
      const failed = receipt.status === 0
      this.#show({
        level: failed ? "warn" : "info",
        title: failed ? "transaction failed" : "transaction",
        fields: {
          hash: toHex(view.hash),
          ...withName({ ...describeCall(view), ...this.#signature(view.to, view.input) }, name),
          ...(receipt.contractAddress && { created: toHex(receipt.contractAddress) }),
          gasUsed: Number(receipt.gasUsed),
          block: tipset.epoch,
          blockHash: toHex(tipset.hash),
          ...(console && { console }),
          ...(failed && result && (await this.#failure(result, tipset))),
        },
      })
    }
  }

  async #failure(result: TrialResult, tipset: Tipset): Promise<Pick<ActivityFields, "failed" | "backtrace">> {
    const error = executionError(result)
    const { failure } = result
    if (failure === undefined || failure.kind === "prevalidation")
      return { failed: error.message, ...(failure && { backtrace: [failure.message] }) }
    const state = await this.#node.chain.stateAt(tipset)
    const backtrace: string[] = []
    for (const { source, method, message } of failure.frames) {
      const actor = await state.actor(Address.id(source))
      const eth = actor?.delegatedAddress && toEthAddress(actor.delegatedAddress)
      const name = eth && (await this.#book.nameOf(eth, () => this.#codeAt(eth)))
      const who = [name ?? actor?.kind, eth && toHex(eth)].filter((part) => part !== undefined).join(" ")
      backtrace.push(`f0${source}${who && ` (${who})`} ${nameOfNativeMethod(method)}: ${message}`)
    }
    if (failure.cause) backtrace.unshift(failure.cause.message)
    return { failed: this.#explain(error.message, error.data), backtrace }
  }

  /** With the name of a custom error, if somebody gave it. */
  #explain(message: string, data: unknown): string {
    if (typeof data !== "string" || !data.startsWith("0x") || data.length < 10) return message
    const signature = this.#book.errorOf(hexToBytes(data.slice(2)))
    return signature === undefined ? message : message.replace(/custom error 0x[0-9a-f]*/, signature)
  }

  #signature(to: Uint8Array | undefined, input: Uint8Array): { readonly signature?: string } {
    const signature = to && this.#book.methodOf(input)
    return signature === undefined ? {} : { signature }
  }

  async #codeAt(address: Uint8Array): Promise<Uint8Array> {
    return codeOf(await this.#node.chain.stateAt({ tag: "latest" }), toFilecoinAddress(address))
  }
}

function withName<F extends ActivityFields>(fields: F, contract: string | undefined): F {
  return contract === undefined ? fields : { ...fields, contract }
}

function callKey(to: Uint8Array | undefined, input: Uint8Array): string {
  return `${to ? bytesToHex(to) : ""}:${bytesToHex(input)}`
}

interface Described {
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly input: Uint8Array
  readonly gasLimit: bigint | undefined
}

const HEX = /^0x(?:[0-9a-f]{2})*$/i
const NUMBER = /^0x[0-9a-f]+$/i

/** A call as it came in; undefined if it is not one. Not by the codec of calls, which costs as much as a small call itself. */
function readCall(given: unknown): Described | undefined {
  if (typeof given !== "object" || given === null) return undefined
  const { from, to, value, input, data, gas } = given as Record<string, unknown>
  const bytes = (text: unknown): Uint8Array | undefined =>
    typeof text === "string" && text.length > 2 && HEX.test(text) ? hexToBytes(text.slice(2)) : undefined
  const number = (text: unknown): bigint | undefined =>
    Number.isSafeInteger(text) || (typeof text === "string" && NUMBER.test(text)) ? BigInt(text as string) : undefined
  return {
    from: bytes(from),
    to: bytes(to),
    value: number(value) ?? 0n,
    input: bytes(input) ?? bytes(data) ?? new Uint8Array(),
    gasLimit: number(gas),
  }
}

const SELECTOR = 4

function describeCall({ from, to, value, input, gasLimit }: Described): ActivityFields {
  return {
    ...(from && { from: toHex(from) }),
    to: to ? toHex(to) : NEW_CONTRACT,
    ...(to && input.length >= SELECTOR && { method: toHex(input.subarray(0, SELECTOR)) }),
    ...(value > 0n && { value: `${formatFil(value)} FIL` }),
    ...(gasLimit !== undefined && { gasLimit: Number(gasLimit) }),
  }
}
