import { keccak_256 } from "@noble/hashes/sha3.js"
import { z } from "zod"
import type { StateOverlay, TrialResult } from "../chain/types.ts"
import { BLOCK_GAS_LIMIT, EMPTY_TRIE_ROOT } from "../fvm-bridge/block.ts"
import { bloomOf } from "../fvm-bridge/logs.ts"
import { logsOfEvents } from "../fvm-bridge/receipt.ts"
import { revertData } from "../fvm-bridge/revert.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Decoder } from "../json-rpc/method.ts"
import { callMessage, contextOf, overlayOf } from "./calls.ts"
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
import { toBytes, toHex, toQuantity } from "./codecs/hex.ts"
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

/** Parameter of `eth_simulateV1`. */
export const simulation: Decoder<readonly BlockCalls[]> = {
  expected: "a simulation: {blockStateCalls: [{blockOverrides, stateOverrides, calls}]}",
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
    })
    .transform(({ blockStateCalls }) =>
      blockStateCalls.map(({ blockOverrides, stateOverrides, calls }) => ({
        block: blockOverrides,
        state: stateOverrides,
        calls,
      })),
    ),
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
  readonly results: readonly TrialResult[]
}

/** Runs the blocks one after the other, each on the state that the one before it left. */
async function run({ chain }: EthContext, blocks: readonly BlockCalls[], ref: BlockRef): Promise<SimulatedBlock[]> {
  const at = toTipsetRef(ref)
  const base = await chain.resolve(at, "previous")
  let overlay: StateOverlay | undefined
  let epoch = base.epoch
  let timestamp = base.timestamp
  const simulated: SimulatedBlock[] = []
  for (const [i, { block, state, calls }] of blocks.entries()) {
    if (i > 0 && state && state.length > 0)
      throw ethError("invalidInput", {
        message: `invalid argument 0 (blockStateCalls[${i}].stateOverrides): only the first block can override state yet`,
      })
    overlay = i === 0 ? await overlayOf(chain, at, state) : overlay
    const context = { epoch: epoch + 1, timestamp: timestamp + 1, ...contextOf(block) }
    if (context.epoch <= epoch || context.timestamp <= timestamp)
      throw ethError("invalidInput", {
        message: `invalid argument 0 (blockStateCalls[${i}].blockOverrides): number and time have to rise: ${context.epoch} and ${context.timestamp} come after ${epoch} and ${timestamp}`,
      })
    epoch = context.epoch
    timestamp = context.timestamp
    const response = await chain.trial({
      at,
      ...(overlay && { overlay }),
      context,
      messages: calls.map((call) => ({ message: callMessage(chain, call), assumeSender: true })),
      keepState: true,
    })
    overlay = response.state ?? overlay
    simulated.push({ epoch, timestamp, baseFee: response.baseFee, results: response.results })
  }
  return simulated
}

/** @see execution-apis eth_simulateV1 */
export async function simulateBlocks(context: EthContext, blocks: readonly BlockCalls[], ref: BlockRef): Promise<Json> {
  const { chain } = context
  const simulated = await run(context, blocks, ref)
  let parentHash = (await chain.resolve(toTipsetRef(ref), "previous")).hash
  const answers: Json[] = []
  for (const { epoch, timestamp, baseFee, results } of simulated) {
    const lookup = await lookUpEmitters(
      chain,
      results.flatMap(({ events }) => events),
    )
    const logs = results.map(({ events }) => logsOfEvents(events, lookup))
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
      transactions: results.map((_, i) => toHex(simulatedHash(hash, i))),
      uncles: [],
      calls: results.map((result, i) => ({
        ...encodeResult(result),
        logs: logs[i]!.map((log) => ({
          address: toHex(log.address),
          topics: log.topics.map(toHex),
          data: toHex(log.data),
          blockHash: toHex(hash),
          blockNumber: toQuantity(epoch),
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

function simulatedHash(blockHash: Uint8Array, index: number): Uint8Array {
  return keccak_256(new Uint8Array([...blockHash, ...toBytes(BigInt(index), 8)]))
}

function encodeResult(result: TrialResult): { readonly [key: string]: Json } {
  const { receipt } = result
  const gasUsed = toQuantity(receipt.gasUsed)
  if (receipt.exitCode === 0) return { status: "0x1", returnData: toHex(revertData(receipt.returnData)), gasUsed }
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
  return simulated.map(({ results }) =>
    results.map((result) =>
      result.receipt.exitCode === 0
        ? { value: toHex(revertData(result.receipt.returnData)) }
        : { error: executionError(result).message },
    ),
  )
}
