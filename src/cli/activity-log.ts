import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import type { Logger } from "pino"
import type { Tipset } from "../chain/types.ts"
import type { BlockTransaction } from "../eth-rpc/block-reader.ts"
import { callObject } from "../eth-rpc/codecs/call.ts"
import { toHex } from "../eth-rpc/codecs/hex.ts"
import type { EthNode } from "../eth-rpc/context.ts"
import { executionError } from "../eth-rpc/errors.ts"
import { describeFailure } from "../fvm-bridge/exit-code.ts"
import { inputsTo } from "../fvm-bridge/trace.ts"
import type { CallRecord } from "../json-rpc/dispatcher.ts"
import { formatFil } from "./amounts.ts"
import { CONSOLE_ADDRESS, decodeConsoleLog } from "./console-log.ts"

/** Methods whose first parameter is a call: they are told of one by one; the others are for `--log-level debug`. */
const CALLS: readonly string[] = [
  "eth_call",
  "eth_estimateGas",
  "eth_createAccessList",
  "debug_traceCall",
  "trace_call",
]

/** `console.log`, as it stands in the code of every contract that uses the library. */
const CONSOLE_MARK = "636f6e736f6c652e6c6f67"

const SELECTOR = 4
const CONSOLE = hexToBytes(CONSOLE_ADDRESS)

/** Tells people what happens on a node: each call, each transaction with what came of it, and what contracts print. */
export class ActivityLog {
  readonly #node: EthNode
  readonly #log: Logger
  /** Whether a contract that prints has been seen: only then transactions are executed again to hear what they print. */
  #prints = false
  #last: Promise<void> = Promise.resolve()

  constructor(node: EthNode, log: Logger) {
    this.#node = node
    this.#log = log
    if (log.isLevelEnabled("info"))
      node.chain.onHead(({ executed }) => {
        if (!node.state.loggingEnabled) return
        for (const tipset of executed) this.#enqueue(tipset)
      })
  }

  /** One request that was answered. */
  onCall({ method, params, milliseconds, error }: CallRecord): void {
    if (!this.#node.state.loggingEnabled) return
    const level = CALLS.includes(method) ? "info" : "debug"
    if (!this.#log.isLevelEnabled(level)) return
    const ms = Math.round(milliseconds * 1000) / 1000
    const call = level === "info" && Array.isArray(params) ? callObject.schema.safeParse(params[0]) : undefined
    const failed = error && { code: error.code, error: error.message }
    if (!call?.success) this.#log[level]({ ms, ...failed }, method)
    else this.#log.info({ ...describeCall({ ...call.data, gasLimit: call.data.gas }), ms, ...failed }, method)
  }

  /** Settles when all that happened so far is told. */
  settled(): Promise<void> {
    return this.#last
  }

  #enqueue(tipset: Tipset): void {
    if (tipset.messageCount === 0) this.#log.debug({ epoch: tipset.epoch }, "block")
    else
      this.#last = this.#last
        .then(() => this.#tell(tipset))
        .catch((error: unknown) =>
          this.#log.debug({ error, epoch: tipset.epoch }, "a block was gone before it was told of"),
        )
  }

  async #tell(tipset: Tipset): Promise<void> {
    const { chain, blocks } = this.#node
    const block = await blocks.read(tipset)
    for (const { view } of block.transactions)
      if (view.input.length > SELECTOR && bytesToHex(view.input).includes(CONSOLE_MARK)) this.#prints = true
    const interesting = block.transactions.findLastIndex(({ receipt }) => receipt.status === 0 || this.#prints)
    const results = interesting < 0 ? [] : (await chain.replay(tipset, interesting)).results
    for (const transaction of block.transactions) {
      const { index, receipt } = transaction
      const result = results[index]
      const lines = result ? inputsTo(result.trace, CONSOLE).flatMap((input) => decodeConsoleLog(input) ?? []) : []
      const outcome =
        receipt.status === 1 || !result
          ? {}
          : { failed: executionError(result).message, backtrace: describeFailure(result.failure) }
      this.#log[receipt.status === 1 ? "info" : "warn"](
        {
          ...describeTransaction(transaction),
          ...outcome,
          ...(lines.length > 0 && { console: lines }),
          block: tipset.epoch,
        },
        receipt.status === 1 ? "transaction" : "transaction failed",
      )
    }
  }
}

interface Described {
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly input: Uint8Array
  readonly gasLimit: bigint | undefined
}

function describeCall({ from, to, value, input, gasLimit }: Described): Record<string, unknown> {
  return {
    ...(from && { from: toHex(from) }),
    to: to ? toHex(to) : "(a new contract)",
    ...(to && input.length >= SELECTOR && { method: toHex(input.subarray(0, SELECTOR)) }),
    ...(value > 0n && { value: `${formatFil(value)} FIL` }),
    ...(gasLimit !== undefined && { gasLimit: Number(gasLimit) }),
  }
}

function describeTransaction({ view, receipt }: BlockTransaction): Record<string, unknown> {
  return {
    hash: toHex(view.hash),
    ...describeCall(view),
    ...(receipt.contractAddress && { created: toHex(receipt.contractAddress) }),
    gasUsed: Number(receipt.gasUsed),
  }
}
