import { bytesToHex } from "@noble/hashes/utils.js"
import { NullRoundError } from "../../chain/errors.ts"
import type { Tipset } from "../../chain/types.ts"
import type { EthTrace } from "../../fvm-bridge/trace.ts"
import { viewTrace } from "../../fvm-bridge/trace.ts"
import { RpcError } from "../../json-rpc/errors.ts"
import { GoDecodeError, parseUint } from "../../json-rpc/go/values.ts"
import type { Json } from "../../json-rpc/json.ts"
import { findTransaction } from "../reads.ts"
import { encodePlaced, encodeReplay, type TracedTransaction } from "../traces.ts"
import type { LotusContext } from "./context.ts"
import { lotusError, rangeExceeded } from "./errors.ts"
import { type LotusTraceFilter, parseFixedHex } from "./eth-types.ts"
import { readBlock } from "./shapes.ts"
import { SAFE_DELAY } from "./tipsets.ts"

const MAX_RANGE = 2880n
const MAX_RESULTS = 500n
const HASH_BYTES = 32

async function traced({ chain, blocks }: LotusContext, tipset: Tipset): Promise<TracedTransaction[]> {
  if (tipset.messageCount === 0) return []
  const block = await readBlock(chain, blocks, tipset)
  const { results } = await chain.replay(tipset)
  const actors = { evm: chain.bundle.codes.get("evm")! }
  return block.transactions.map((transaction, i) => ({
    block,
    transaction,
    traces: viewTrace(results[i]!.trace, transaction.view.from, actors),
  }))
}

/** The traces of all messages of a tipset. */
export async function traceBlock(context: LotusContext, block: string): Promise<Json> {
  return (await traced(context, await context.tipsets.byNumber(block, true))).flatMap(encodePlaced)
}

/** The same by transaction, with output. */
export async function traceReplay(context: LotusContext, block: string, types: readonly string[]): Promise<Json> {
  if (types.length !== 1 || types[0] !== "trace") throw lotusError("only 'trace' is supported")
  const all = await traced(context, await context.tipsets.byNumber(block, true))
  return all.map(({ traces, transaction }) => ({
    ...(encodeReplay(traces, transaction.view.hash) as Readonly<Record<string, Json>>),
    // Of a message that ended before any actor ran there is a list, but nobody made it.
    ...(traces.length === 0 && { trace: null }),
  }))
}

/** The traces of one transaction. */
export async function traceTransaction(context: LotusContext, text: string): Promise<Json> {
  const hash = parseHash(text)
  const found = await findTransaction(context, hash)
  if (!found) throw lotusError("transaction not found")
  if (!found.place) throw lotusError("no trace for pending transactions")
  const tipset = await context.chain.resolve({ hash: found.place.blockHash })
  const one = (await traced(context, tipset))[found.place.index]!
  return encodePlaced(one)
}

function parseHash(text: string): Uint8Array {
  try {
    return parseFixedHex(text, HASH_BYTES)
  } catch (error) {
    if (error instanceof GoDecodeError) throw lotusError(`cannot parse eth hash: ${error.message}`)
    throw error
  }
}

/** The traces of a range by sender and receiver. @see lotus node/impl/eth/trace.go (EthTraceFilter) */
export async function traceFilter(context: LotusContext, filter: LotusTraceFilter): Promise<Json> {
  const from = await epochOf(context, filter.fromBlock, "fromBlock")
  const to = await epochOf(context, filter.toBlock, "toBlock")
  if (to > from && to - from > MAX_RANGE) throw rangeExceeded(MAX_RANGE, to - from)
  const { after = 0n, count } = filter
  if (count === 0n) return []
  if (count !== undefined && count > MAX_RESULTS)
    throw lotusError(`invalid response count, requested ${count}, maximum supported is ${MAX_RESULTS}`)
  const results: Json[] = []
  let passed = 0n
  for (let epoch = from; epoch <= to; epoch++) {
    for (const one of await tracedAt(context, epoch)) {
      const encoded = encodePlaced(one)
      for (const [i, trace] of one.traces.entries()) {
        if (!passes(trace, filter) || ++passed <= after) continue
        results.push(encoded[i]!)
        if (count !== undefined && BigInt(results.length) >= count) return results
        if (count === undefined && BigInt(results.length) > MAX_RESULTS)
          throw lotusError(
            `too many results, maximum supported is ${MAX_RESULTS}, try paginating requests with After and Count`,
          )
      }
    }
  }
  return results
}

async function tracedAt(context: LotusContext, epoch: bigint): Promise<TracedTransaction[]> {
  try {
    const tipset = await context.tipsets.byNumber(epoch.toString(), false)
    return tipset.epoch === Number(epoch) ? await traced(context, tipset) : []
  } catch (error) {
    if (error instanceof NullRoundError) return []
    if (error instanceof RpcError) throw lotusError(`cannot get trace for block ${epoch}: ${error.message}`)
    throw error
  }
}

async function epochOf({ chain }: LotusContext, text: string | undefined, which: string): Promise<bigint> {
  const { head } = chain
  const doing = `cannot parse ${which}: `
  switch (text ?? "latest") {
    case "earliest":
      throw lotusError(`${doing}block param "earliest" is not supported`)
    case "pending":
      return BigInt(head.epoch)
    case "latest":
      return BigInt(((await chain.parentOf(head)) ?? head).epoch)
    case "safe":
      return BigInt(head.epoch - 1 - SAFE_DELAY)
    default:
      try {
        return parseUint((text ?? "").replaceAll("0x", ""), 16)
      } catch (error) {
        // Both ends are read by the function that says "fromBlock".
        if (error instanceof GoDecodeError) throw lotusError(`${doing}cannot parse fromBlock: ${error.message}`)
        throw error
      }
  }
}

function passes(trace: EthTrace, { fromAddress = [], toAddress = [] }: LotusTraceFilter): boolean {
  const to = trace.type === "call" ? trace.to : trace.address
  const isIn = (list: readonly Uint8Array[], address: Uint8Array | undefined): boolean =>
    list.length === 0 || (address !== undefined && list.some((wanted) => bytesToHex(wanted) === bytesToHex(address)))
  return isIn(fromAddress, trace.from) && isIn(toAddress, to)
}
