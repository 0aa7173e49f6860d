import { bytesToHex } from "@noble/hashes/utils.js"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Tipset } from "../chain/types.ts"
import { revertData } from "../fvm-bridge/revert.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Block, BlockTransaction } from "./block-reader.ts"
import { encodeHeader, encodeReceipt, encodeTransaction, placeOf } from "./codecs/block.ts"
import { toHex, toQuantity } from "./codecs/hex.ts"
import type { EthNode } from "./context.ts"
import { transactionAt } from "./reads.ts"

/** A block without its transactions. */
export function blockDetails(block: Block): Json {
  const fees = block.transactions.reduce((sum, { receipt }) => sum + receipt.effectiveGasPrice * receipt.gasUsed, 0n)
  return {
    block: { ...encodeHeader(block), logsBloom: null, transactionCount: block.transactions.length, uncles: [] },
    issuance: { blockReward: "0x0", uncleReward: "0x0", issuance: "0x0" },
    totalFees: toQuantity(fees),
  }
}

/** One page of a block's transactions, the last page first, as Otterscan counts them. */
export function blockTransactions(block: Block, page: number, pageSize: number): Json {
  const end = Math.max(0, block.transactions.length - page * pageSize)
  const shown = block.transactions.slice(Math.max(0, end - pageSize), end)
  return {
    fullblock: {
      ...encodeHeader(block),
      transactionCount: block.transactions.length,
      transactions: shown.map(({ view, index }) => encodeTransaction(view, placeOf(block, { index }))),
      uncles: [],
    },
    receipts: shown.map((transaction) => withTime(block, transaction)),
  }
}

function withTime(block: Block, transaction: BlockTransaction): Json {
  const receipt = encodeReceipt(block, transaction) as { readonly [key: string]: Json }
  return { ...receipt, timestamp: toQuantity(block.view.timestampSeconds) }
}

/** The bytes that a transaction reverted with; nothing if it succeeded or is not known. */
export async function transactionError(node: EthNode, hash: Uint8Array): Promise<Uint8Array> {
  const found = await transactionAt(node, hash)
  const { exitCode = 0, returnData = new Uint8Array() } = found?.transaction.executed.receipt ?? {}
  return exitCode === 0 ? new Uint8Array() : revertData(returnData)
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && bytesToHex(a) === bytesToHex(b)

/** The transaction that made a contract appear: the chain is halved until the block, then that block is looked through. */
export async function contractCreator(node: EthNode, address: Uint8Array): Promise<Json> {
  const { chain, blocks } = node
  const filecoin = toFilecoinAddress(address)
  const isThere = async (epoch: number): Promise<boolean> =>
    (await (await chain.stateAt({ epoch })).actor(filecoin))?.kind === "evm"
  let low = chain.genesis.epoch
  let high = chain.latest.epoch
  if (!(await isThere(high)) || (await isThere(low))) return null
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await isThere(middle)) high = middle
    else low = middle + 1
  }
  const block = await blocks.read(await chain.resolve({ epoch: low }, "previous"))
  // Made by a contract, it is no transaction's own: then any that succeeded in that block and called something may be it.
  const direct = block.transactions.find(({ receipt }) => isSame(receipt.contractAddress, address))
  const maker = direct ?? block.transactions.find(({ receipt, view }) => receipt.status === 1 && view.input.length > 0)
  return maker
    ? { hash: toHex(maker.view.hash), creator: toHex(direct ? maker.view.from : (maker.view.to ?? maker.view.from)) }
    : null
}

/** Transactions from or to an address, newest first, by walking the chain. */
export async function searchTransactions(
  node: EthNode,
  address: Uint8Array,
  direction: "before" | "after",
  bound: number,
  pageSize: number,
): Promise<Json> {
  const { chain, blocks } = node
  const pages: { readonly block: Block; readonly transactions: readonly BlockTransaction[] }[] = []
  const step = (tipset: Tipset): Promise<Tipset | undefined> =>
    direction === "before" ? chain.parentOf(tipset) : chain.childOf(tipset)
  const start = direction === "before" ? (bound === 0 ? chain.latest.epoch : bound - 1) : bound === 0 ? 0 : bound + 1
  let found = 0
  let tipset: Tipset | undefined =
    start < 0 || start > chain.latest.epoch
      ? undefined
      : await chain.resolve({ epoch: start }, direction === "before" ? "previous" : "next")
  while (tipset && found < pageSize) {
    if (tipset.messageCount > 0) {
      const block = await blocks.read(tipset)
      const transactions = block.transactions.filter(
        ({ view, receipt }) =>
          isSame(view.from, address) || isSame(view.to, address) || isSame(receipt.contractAddress, address),
      )
      if (transactions.length > 0) pages.push({ block, transactions })
      found += transactions.length
    }
    tipset = await step(tipset)
  }
  const newestFirst = direction === "before" ? pages : pages.toReversed()
  const items = newestFirst.flatMap(({ block, transactions }) =>
    transactions.toReversed().map((transaction) => ({ block, transaction })),
  )
  return {
    txs: items.map(({ block, transaction }) => encodeTransaction(transaction.view, placeOf(block, transaction))),
    receipts: items.map(({ block, transaction }) => withTime(block, transaction)),
    firstPage: direction === "before" ? bound === 0 : tipset === undefined,
    lastPage: direction === "before" ? tipset === undefined : bound === 0,
  }
}
