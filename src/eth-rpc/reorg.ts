import { z } from "zod"
import { decodeTransaction } from "../fvm-bridge/transaction.ts"
import type { Decoder } from "../json-rpc/method.ts"
import { type CallObject, callObject } from "./codecs/call.ts"
import { data, smallQuantity } from "./codecs/hex.ts"
import type { EthContext, EthNode } from "./context.ts"
import { ethError } from "./errors.ts"
import { sendTransaction, submit } from "./sending.ts"
import { requireUnlocked } from "./signing.ts"

/** What goes into one of the new blocks: a signed transaction, or one that the node signs. */
export interface ReorgTransaction {
  readonly transaction: Uint8Array | CallObject
  /** Which of the new blocks, from 0. */
  readonly block: number
}

const transactionData = z.union([
  data.schema,
  z.looseObject({ Raw: data.schema }).transform(({ Raw }) => Raw),
  z.looseObject({ JSON: callObject.schema }).transform((given) => given.JSON),
  callObject.schema,
])

/** Second parameter of `anvil_reorg`. */
export const reorgTransactions: Decoder<readonly ReorgTransaction[]> = {
  expected: "a list of [transaction or raw transaction, number of the new block from 0]",
  schema: z.array(
    z.tuple([transactionData, smallQuantity.schema]).transform(([transaction, block]) => ({ transaction, block })),
  ),
}

/** How deep, and what instead. */
export interface ReorgOptions {
  readonly depth: number
  readonly transactions: readonly ReorgTransaction[] | undefined
}

/** First parameter of `anvil_reorg`: a depth, or everything. */
export const reorgOptions: Decoder<ReorgOptions> = {
  expected: "a number of blocks, or {depth, txBlockPairs}",
  schema: z.union([
    smallQuantity.schema.transform((depth): ReorgOptions => ({ depth, transactions: undefined })),
    z
      .looseObject({
        depth: smallQuantity.schema,
        txBlockPairs: reorgTransactions.schema.optional(),
        tx_block_pairs: reorgTransactions.schema.optional(),
      })
      .transform(
        (given): ReorgOptions => ({
          depth: given.depth,
          transactions: given.txBlockPairs ?? given.tx_block_pairs,
        }),
      ),
  ]),
}

/** Takes blocks off the chain. @throws RpcError, ChainError - It has not that many. */
export async function rollback(node: EthNode, method: string, depth: number): Promise<void> {
  requireUnlocked(node, method)
  const { chain, state } = node
  await chain.rollback(depth)
  // What a reset goes back to may be among what is gone: then it is here that the chain begins anew.
  if (!chain.hasSnapshot(state.initialSnapshot)) state.initialSnapshot = await chain.snapshot()
}

/**
 * Replaces the last blocks by as many others, with these transactions in them. What was in the old ones is gone.
 *
 * @throws RpcError, MempoolError, ChainError - A transaction is refused: then the chain ends at the block before it.
 */
export async function reorganize(
  context: EthContext,
  depth: number,
  transactions: readonly ReorgTransaction[],
): Promise<void> {
  requireUnlocked(context, "anvil_reorg")
  const { chain } = context
  const late = transactions.find(({ block }) => block >= depth)
  if (late)
    throw ethError("invalidInput", {
      message: `invalid argument 1 (transactions): block ${late.block} is not among the ${depth} new ones, from 0`,
    })
  const ready = transactions.map(({ transaction, block }) => ({
    block,
    send:
      transaction instanceof Uint8Array
        ? submitter(context, transaction)
        : () => sendTransaction(context, "anvil_reorg", transaction),
  }))
  const mode = chain.mining
  await chain.setMining({ kind: "manual" })
  try {
    let old = chain.head
    const replaced: Uint8Array[] = []
    for (let i = 0; i < depth && old.epoch > 0; i++) {
      replaced.unshift(old.hash)
      old = (await chain.parentOf(old)) ?? old
    }
    await rollback(context, "anvil_reorg", depth)
    for (let block = 0; block < depth; block++) {
      const inside = ready.filter((one) => one.block === block)
      for (const { send } of inside) await send()
      // A block with the same content is another block all the same.
      chain.setNextBeaconData(replaced[block] ?? new Uint8Array(32))
      await chain.mine({ empty: inside.length === 0 })
    }
  } finally {
    await chain.setMining(mode)
  }
}

function submitter(context: EthContext, raw: Uint8Array): () => Promise<Uint8Array> {
  const submission = decodeTransaction(raw, context.chain.chainId)
  return () => submit(context, submission)
}
