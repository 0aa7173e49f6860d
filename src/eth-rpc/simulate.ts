import { keccak_256 } from "@noble/hashes/sha3.js"
import { z } from "zod"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { StateView } from "../chain/state-view.ts"
import type { TrialMessage, TrialResult } from "../chain/types.ts"
import { BLOCK_GAS_LIMIT, EMPTY_TRIE_ROOT } from "../fvm-bridge/block.ts"
import { EXIT_CODE_OUT_OF_GAS } from "../fvm-bridge/exit-code.ts"
import { bloomOf } from "../fvm-bridge/logs.ts"
import { type EthLog, logsOfEvents } from "../fvm-bridge/receipt.ts"
import { type EthTrace, viewTrace } from "../fvm-bridge/trace.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Decoder } from "../json-rpc/method.ts"
import { callMessage, contextOf, overlayOf, placeOfCall, returnedBy, trialOf } from "./calls.ts"
import { encodeHeader } from "./codecs/block.ts"
import { type BlockRef, toTipsetRef } from "./codecs/block-ref.ts"
import {
  type BlockOverride,
  blockOverride,
  type CallObject,
  callObject,
  type StateOverride,
  stateOverride,
} from "./codecs/call.ts"
import { toBigInt, toBytes, toHex, toQuantity } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { ethError, executionError } from "./errors.ts"
import { lookUpEmitters } from "./lookup.ts"

/** Calls of one block, and what differs in it. */
export interface BlockCalls {
  readonly block: BlockOverride | undefined
  readonly state: StateOverride | undefined
  readonly calls: readonly CallObject[]
}

const absent = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  schema.nullish().transform((value) => value ?? undefined)

/** Blocks that one simulation may have, as geth allows. */
const MAX_BLOCKS = 256

/** What is to be simulated, and how. */
export interface Simulation {
  readonly blocks: readonly BlockCalls[]
  /** Checks nonces, funds and fees, and charges for gas, as on chain. */
  readonly validation: boolean
  /** Shows transfers of value as logs of a token at 0xeeee... */
  readonly traceTransfers: boolean
  /** Transactions as objects. */
  readonly fullTransactions: boolean
}

/** Parameter of `eth_simulateV1`. */
export const simulation: Decoder<Simulation> = {
  expected:
    "a simulation: {blockStateCalls: [{blockOverrides, stateOverrides, calls}], validation, traceTransfers, returnFullTransactions}",
  schema: z
    .looseObject({
      blockStateCalls: z
        .array(
          z.looseObject({
            blockOverrides: absent(blockOverride.schema),
            stateOverrides: absent(stateOverride.schema),
            calls: z.array(callObject.schema).default([]),
          }),
        )
        .max(MAX_BLOCKS, `at most ${MAX_BLOCKS} blocks`),
      validation: absent(z.boolean("true or false")),
      traceTransfers: absent(z.boolean("true or false")),
      returnFullTransactions: absent(z.boolean("true or false")),
    })
    .transform(({ blockStateCalls, validation, traceTransfers, returnFullTransactions }) => ({
      blocks: blockStateCalls.map(({ blockOverrides, stateOverrides, calls }) => ({
        block: blockOverrides,
        state: stateOverrides,
        calls,
      })),
      validation: validation ?? false,
      traceTransfers: traceTransfers ?? false,
      fullTransactions: returnFullTransactions ?? false,
    })),
}

/** First parameter of `eth_callMany`. */
export const bundles: Decoder<readonly BlockCalls[]> = {
  expected: "a list of bundles: [{transactions, blockOverride}]",
  schema: z.array(
    z
      .looseObject({ transactions: z.array(callObject.schema), blockOverride: absent(blockOverride.schema) })
      .transform(({ transactions, blockOverride: block }) => ({ block, state: undefined, calls: transactions })),
  ),
}

interface SimulatedBlock {
  readonly epoch: number
  readonly timestamp: number
  readonly baseFee: bigint
  readonly calls: readonly CallObject[]
  readonly results: readonly TrialResult[]
  /** The state after it. */
  readonly state: StateView
}

const HOW: Pick<Simulation, "validation" | "traceTransfers"> = { validation: false, traceTransfers: false }

/** Runs the blocks one after the other, each on the state that the one before it left. */
async function run(
  { chain }: EthContext,
  blocks: readonly BlockCalls[],
  ref: BlockRef,
  { validation, traceTransfers }: Pick<Simulation, "validation" | "traceTransfers"> = HOW,
): Promise<SimulatedBlock[]> {
  const place = await placeOfCall(chain, ref, { state: undefined, block: undefined })
  const base = await chain.resolve(place.at, "previous")
  let { overlay } = place
  let epoch = place.context.epoch ?? base.epoch
  let timestamp = place.context.timestamp ?? base.timestamp
  const simulated: SimulatedBlock[] = []
  for (const [i, { block, state, calls }] of blocks.entries()) {
    overlay = await overlayOf(chain, place.at, state, overlay)
    const given = contextOf(block)
    const baseFee = block?.baseFee ?? (validation ? chain.nextBaseFee : 0n)
    const context = { epoch: epoch + 1, timestamp: timestamp + 1, ...given, baseFee }
    const where = `blockStateCalls[${i}].blockOverrides`
    if (context.epoch <= epoch)
      throw ethError("simulatedNumber", { where, got: BigInt(context.epoch), expected: BigInt(epoch + 1) })
    if (context.timestamp <= timestamp)
      throw ethError("simulatedTime", { where, got: BigInt(context.timestamp), expected: BigInt(timestamp + 1) })
    epoch = context.epoch
    timestamp = context.timestamp
    const response = await chain.trial({
      at: place.at,
      overlay,
      context,
      messages: calls.map((call, j) =>
        toTrial(chain, call, validation ? { baseFee, at: `[${i}].calls[${j}]` } : undefined),
      ),
      keepState: true,
      trace: traceTransfers,
    })
    const kindOfRefusal = refusals(overlay ? await chain.stateOf(overlay) : await chain.stateAt(place.at))
    for (const [j, { failure, receipt }] of response.results.entries())
      if (failure?.kind === "prevalidation")
        throw ethError(await kindOfRefusal(calls, j, receipt.exitCode), {
          message: `blockStateCalls[${i}].calls[${j}]: ${failure.message}`,
        })
    overlay = response.state ?? overlay
    const after = overlay ? await chain.stateOf(overlay) : await chain.stateAt(place.at)
    simulated.push({ epoch, timestamp, baseFee: response.baseFee, calls, results: response.results, state: after })
  }
  return simulated
}

type Refusal = "simulatedNonceTooLow" | "simulatedNonceTooHigh" | "simulatedGas" | "simulatedFunds"

/** Why a block could not hold a call, by what the sender had before the block. */
function refusals(
  before: StateView,
): (calls: readonly CallObject[], index: number, exitCode: number) => Promise<Refusal> {
  return async (calls, index, exitCode) => {
    if (exitCode === EXIT_CODE_OUT_OF_GAS) return "simulatedGas"
    const { nonce, from = new Uint8Array(20) } = calls[index]!
    if (nonce === undefined) return "simulatedFunds"
    const sender = toHex(from)
    const earlier = calls.slice(0, index).filter((call) => toHex(call.from ?? new Uint8Array(20)) === sender).length
    const expected = (await before.sequenceOf(toFilecoinAddress(from))) + BigInt(earlier)
    if (nonce < expected) return "simulatedNonceTooLow"
    return nonce > expected ? "simulatedNonceTooHigh" : "simulatedFunds"
  }
}

/** @param strict - The call has to be what a block may hold. */
function toTrial(
  chain: Chain,
  call: CallObject,
  strict: { readonly baseFee: bigint; readonly at: string } | undefined,
): TrialMessage {
  if (!strict) return trialOf(chain, call)
  const message = callMessage(chain, call)
  const gasFeeCap = call.maxFeePerGas ?? call.gasPrice ?? 0n
  const gasPremium = call.maxPriorityFeePerGas ?? call.gasPrice ?? 0n
  if (gasFeeCap < strict.baseFee)
    throw ethError("simulatedFee", {
      message: `blockStateCalls${strict.at}: max fee per gas less than block base fee: maxFeePerGas ${gasFeeCap}, at least ${strict.baseFee} attoFIL is needed`,
    })
  if (gasPremium > gasFeeCap) throw ethError("tipAboveFeeCap", { got: gasPremium, expected: gasFeeCap, message: "" })
  return {
    message: { ...message, gasFeeCap, gasPremium, gasLimit: call.gas ?? chain.blockGasLimit },
    kind: "explicit",
    assumeSender: true,
    exactSequence: call.nonce !== undefined,
  }
}

/** @see execution-apis eth_simulateV1 */
export async function simulateBlocks(context: EthContext, given: Simulation, ref: BlockRef): Promise<Json> {
  const { chain } = context
  const simulated = await run(context, given.blocks, ref, given)
  let parentHash = (await chain.resolve(toTipsetRef(ref), "previous")).hash
  const answers: Json[] = []
  for (const block of simulated) {
    const { epoch, timestamp, baseFee, results, calls, state } = block
    const logs = await Promise.all(results.map((result, i) => logsOf(context, result, calls[i]!, state, given)))
    const encoded = await Promise.all(results.map((result, i) => encodeResult(calls[i]!, result, state)))
    // There is no such block, so its hash is a name only: it differs from block to block, and is the same for the same question.
    const hash = keccak_256(new Uint8Array([...parentHash, ...toBytes(BigInt(epoch), 8)]))
    const view = {
      hash,
      parentHash,
      number: BigInt(epoch),
      timestampSeconds: BigInt(timestamp),
      baseFeePerGas: baseFee,
      gasUsed: results.reduce((sum, { receipt }) => sum + receipt.gasUsed, 0n),
      gasLimit: BLOCK_GAS_LIMIT,
      logsBloom: bloomOf(logs.flat()),
      transactionsRoot: results.length === 0 ? EMPTY_TRIE_ROOT : new Uint8Array(32),
    }
    let logIndex = 0
    answers.push({
      ...encodeHeader({ view }),
      transactions: calls.map((call, i) =>
        given.fullTransactions ? encodeSimulated(context, call, block, hash, i) : toHex(simulatedHash(hash, i)),
      ),
      uncles: [],
      calls: encoded.map((result, i) => ({
        ...result,
        logs: logs[i]!.map((log) => ({
          address: toHex(log.address),
          topics: log.topics.map(toHex),
          data: toHex(log.data),
          blockHash: toHex(hash),
          blockNumber: toQuantity(epoch),
          blockTimestamp: toQuantity(timestamp),
          transactionHash: toHex(simulatedHash(hash, i)),
          transactionIndex: toQuantity(i),
          logIndex: toQuantity(logIndex++),
          removed: false,
        })),
      })),
    })
    parentHash = hash
  }
  return answers
}

/** Address of the logs that stand for transfers of value, as geth has it. */
const TRANSFERS = new Uint8Array(20).fill(0xee)
/** keccak of `Transfer(address,address,uint256)` */
const TRANSFER_TOPIC = keccak_256(new TextEncoder().encode("Transfer(address,address,uint256)"))

/** The logs of a call that succeeded, among them, if asked for, what value it moved. */
async function logsOf(
  { chain }: EthContext,
  { events, trace, receipt }: TrialResult,
  call: CallObject,
  state: StateView,
  { traceTransfers }: Simulation,
): Promise<EthLog[]> {
  if (receipt.exitCode !== 0) return []
  const lookup = await lookUpEmitters(events, state)
  if (!traceTransfers) return logsOfEvents(events, lookup)
  const traces = viewTrace(trace, call.from ?? new Uint8Array(20), { evm: chain.bundle.codes.get("evm")! }, events)
  const logs: EthLog[] = []
  const visit = (one: EthTrace): void => {
    if (one.error !== "") return
    const to = one.type === "call" ? one.to : one.address
    if (one.value > 0n && to && (one.type === "create" || one.callType === "call"))
      logs.push({
        address: TRANSFERS,
        topics: [TRANSFER_TOPIC, toBytes(toBigInt(one.from), 32), toBytes(toBigInt(to), 32)],
        data: toBytes(one.value, 32),
      })
    const depth = one.traceAddress.length
    const inner = traces.filter(
      ({ traceAddress }) =>
        traceAddress.length === depth + 1 && one.traceAddress.every((step, i) => traceAddress[i] === step),
    )
    for (let i = 0; i <= inner.length; i++) {
      for (const { event, position } of one.events)
        if (position === i) logs.push(...logsOfEvents([events[event]!], lookup))
      const next = inner[i]
      if (next) visit(next)
    }
  }
  if (traces[0]) visit(traces[0])
  return logs
}

/** A call as the transaction that it would be; nobody signed it. */
function encodeSimulated(
  { chain }: EthContext,
  call: CallObject,
  { epoch }: SimulatedBlock,
  hash: Uint8Array,
  index: number,
): Json {
  const legacy = call.gasPrice !== undefined
  return {
    hash: toHex(simulatedHash(hash, index)),
    type: legacy ? "0x0" : "0x2",
    chainId: toQuantity(chain.chainId),
    blockHash: toHex(hash),
    blockNumber: toQuantity(epoch),
    transactionIndex: toQuantity(index),
    from: toHex(call.from ?? new Uint8Array(20)),
    to: call.to ? toHex(call.to) : null,
    nonce: toQuantity(call.nonce ?? 0n),
    gas: toQuantity(call.gas ?? chain.blockGasLimit),
    gasPrice: toQuantity(call.gasPrice ?? call.maxFeePerGas ?? 0n),
    ...(!legacy && {
      maxFeePerGas: toQuantity(call.maxFeePerGas ?? 0n),
      maxPriorityFeePerGas: toQuantity(call.maxPriorityFeePerGas ?? 0n),
      accessList: [],
      yParity: "0x0",
    }),
    value: toQuantity(call.value),
    input: toHex(call.input),
    v: "0x0",
    r: "0x0",
    s: "0x0",
  }
}

function simulatedHash(blockHash: Uint8Array, index: number): Uint8Array {
  return keccak_256(new Uint8Array([...blockHash, ...toBytes(BigInt(index), 8)]))
}

async function encodeResult(
  call: CallObject,
  result: TrialResult,
  after: StateView,
): Promise<{ readonly [key: string]: Json }> {
  const { receipt } = result
  const gasUsed = toQuantity(receipt.gasUsed)
  if (receipt.exitCode === 0)
    return { status: "0x1", returnData: toHex(await returnedBy(call, result, after)), gasUsed }
  const { code, message, data } = executionError(result)
  return {
    status: "0x0",
    returnData: typeof data === "string" ? data : "0x",
    gasUsed,
    error: { code, message, ...(data !== undefined && { data }) },
  }
}

/** @see erigon eth_callMany */
export async function callMany(context: EthContext, blocks: readonly BlockCalls[], ref: BlockRef): Promise<Json> {
  const simulated = await run(context, blocks, ref)
  return Promise.all(
    simulated.map(({ results, calls, state }) =>
      Promise.all(
        results.map(async (result, i) =>
          result.receipt.exitCode === 0
            ? { value: toHex(await returnedBy(calls[i]!, result, state)) }
            : { error: executionError(result).message },
        ),
      ),
    ),
  )
}
