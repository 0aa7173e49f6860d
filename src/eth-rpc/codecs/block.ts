import { z } from "zod"
import { EMPTY_UNCLES_HASH } from "../../fvm-bridge/block.ts"
import { signatureParity } from "../../fvm-bridge/transaction.ts"
import type { TransactionView } from "../../fvm-bridge/transaction-view.ts"
import { type Json, RawJson } from "../../json-rpc/json.ts"
import type { Encoder } from "../../json-rpc/method.ts"
import type { Block, BlockTransaction, PlacedLog } from "../block-reader.ts"
import { logText } from "../log-writer.ts"
import { toHex, toQuantity } from "./hex.ts"

const ZERO_ADDRESS = `0x${"00".repeat(20)}`
const ZERO_HASH = `0x${"00".repeat(32)}`
const ZERO_NONCE = `0x${"00".repeat(8)}`
const UNCLES_HASH = toHex(EMPTY_UNCLES_HASH)

/** Where a transaction stands; undefined while it waits in the mempool. */
export interface Place {
  readonly blockHash: Uint8Array
  readonly blockNumber: number
  readonly index: number
  /** attoFIL per gas. */
  readonly baseFee: bigint
}

/** What an object of a documented shape comes out as: it is built by the functions below. */
function described(expected: string, fields: readonly string[]): Encoder<Json> {
  return {
    expected,
    schema: z.looseObject(Object.fromEntries(fields.map((field) => [field, z.any()]))).meta({ title: expected }),
    encode: (value) => value,
  }
}

/** @see lotus chain/types/ethtypes/eth_types.go (EthBlock) */
export const blockObject: Encoder<Json> = described("a block, or null", [
  "hash",
  "parentHash",
  "number",
  "timestamp",
  "gasLimit",
  "gasUsed",
  "baseFeePerGas",
  "logsBloom",
  "miner",
  "transactions",
  "uncles",
])

/** @see lotus chain/types/ethtypes/eth_types.go (EthTx) */
export const transactionObject: Encoder<Json> = described("a transaction, or null", [
  "hash",
  "blockHash",
  "blockNumber",
  "transactionIndex",
  "from",
  "to",
  "nonce",
  "value",
  "input",
  "gas",
  "gasPrice",
  "type",
  "chainId",
  "v",
  "r",
  "s",
])

/** @see lotus chain/types/ethtypes/eth_types.go (EthTxReceipt) */
export const receiptObject: Encoder<Json> = described("a receipt, or null", [
  "transactionHash",
  "transactionIndex",
  "blockHash",
  "blockNumber",
  "from",
  "to",
  "status",
  "contractAddress",
  "cumulativeGasUsed",
  "gasUsed",
  "effectiveGasPrice",
  "logs",
  "logsBloom",
  "type",
])

/** The log objects of a filter. */
export const logObjects: Encoder<Json> = {
  expected: "a list of logs",
  schema: z.array(
    z.looseObject({
      address: z.string(),
      topics: z.array(z.string()),
      data: z.string(),
      blockNumber: z.string(),
      logIndex: z.string(),
    }),
  ),
  encode: (value) => value,
}

/** The header fields, as `newHeads` announces them too. */
export function encodeHeader({ view, miner }: Pick<Block, "view" | "miner">): { readonly [key: string]: Json } {
  return {
    hash: toHex(view.hash),
    parentHash: toHex(view.parentHash),
    sha3Uncles: UNCLES_HASH,
    miner: miner ? toHex(miner) : ZERO_ADDRESS,
    stateRoot: ZERO_HASH,
    transactionsRoot: toHex(view.transactionsRoot),
    receiptsRoot: ZERO_HASH,
    logsBloom: toHex(view.logsBloom),
    difficulty: "0x0",
    totalDifficulty: "0x0",
    number: toQuantity(view.number),
    gasLimit: toQuantity(view.gasLimit),
    gasUsed: toQuantity(view.gasUsed),
    timestamp: toQuantity(view.timestampSeconds),
    extraData: "0x",
    mixHash: ZERO_HASH,
    nonce: ZERO_NONCE,
    baseFeePerGas: toQuantity(view.baseFeePerGas),
    size: "0x0",
  }
}

/** @param full - Transactions as objects instead of hashes. */
export function encodeBlock(block: Block, full: boolean): Json {
  return {
    ...encodeHeader(block),
    ...(isPendingBlock(block) && { hash: null, nonce: null }),
    transactions: block.transactions.map((transaction) =>
      full ? encodeTransaction(transaction.view, placeOf(block, transaction)) : toHex(transaction.view.hash),
    ),
    uncles: [],
  }
}

/** Whether this is the block that would come now: it has no hash yet. */
function isPendingBlock({ tipset }: Block): boolean {
  return tipset.hash.every((byte) => byte === 0)
}

/** Where a transaction of a block stands; undefined in a block that does not exist yet. */
export function placeOf(block: Block, { index }: Pick<BlockTransaction, "index">): Place | undefined {
  const { tipset } = block
  if (isPendingBlock(block)) return undefined
  return { blockHash: tipset.hash, blockNumber: tipset.epoch, index, baseFee: tipset.baseFee }
}

/** @param place - Undefined: it waits in the mempool. */
export function encodeTransaction(view: TransactionView, place: Place | undefined): Json {
  const { type, maxFeePerGas, maxPriorityFeePerGas, native } = view
  return {
    chainId: toQuantity(view.chainId),
    nonce: toQuantity(view.nonce),
    hash: toHex(view.hash),
    blockHash: place ? toHex(place.blockHash) : null,
    blockNumber: place ? toQuantity(place.blockNumber) : null,
    transactionIndex: place ? toQuantity(place.index) : null,
    from: toHex(view.from),
    to: view.to ? toHex(view.to) : null,
    value: toQuantity(view.value),
    type: toQuantity(type),
    input: toHex(view.input),
    gas: toQuantity(view.gasLimit),
    gasPrice: toQuantity(type === 2 ? priceOf(view, place) : maxFeePerGas),
    ...(type === 2 && {
      maxFeePerGas: toQuantity(maxFeePerGas),
      maxPriorityFeePerGas: toQuantity(maxPriorityFeePerGas),
      accessList: [],
      yParity: toQuantity(native ? 0n : signatureParity({ ...view, kind: "eip1559" })),
    }),
    v: toQuantity(view.v),
    r: toQuantity(view.r),
    s: toQuantity(view.s),
  }
}

/** attoFIL per gas that it pays in its block, over-estimation aside; the most that it may pay while it waits. */
function priceOf({ maxFeePerGas, maxPriorityFeePerGas }: TransactionView, place: Place | undefined): bigint {
  if (!place) return maxFeePerGas
  const price = place.baseFee + maxPriorityFeePerGas
  return price < maxFeePerGas ? price : maxFeePerGas
}

/** The receipt of one transaction of a block. */
export function encodeReceipt(block: Block, transaction: BlockTransaction): Json {
  const logs = transaction.logs.map((log) => encodeLog(log, block.tipset))
  return { ...receiptFields(block, transaction), logs, type: toQuantity(transaction.view.type) }
}

/** The same as text: receipts are asked for with every transaction, and most of them are logs. */
export function receiptText(block: Block, transaction: BlockTransaction): RawJson {
  const fields = JSON.stringify(receiptFields(block, transaction))
  const type = toQuantity(transaction.view.type)
  const logs = transaction.logs.map((log) => logText(log, block.tipset, false).text)
  return new RawJson(`${fields.slice(0, -1)},"logs":[${logs.join(",")}],"type":"${type}"}`)
}

/** Logs and type come last and are left out here. */
function receiptFields(block: Block, transaction: BlockTransaction) {
  const { view, receipt, index, cumulativeGasUsed } = transaction
  return {
    transactionHash: toHex(view.hash),
    transactionIndex: toQuantity(index),
    blockHash: toHex(block.tipset.hash),
    blockNumber: toQuantity(block.tipset.epoch),
    from: toHex(view.from),
    to: view.to ? toHex(view.to) : null,
    root: ZERO_HASH,
    status: toQuantity(receipt.status),
    contractAddress: receipt.contractAddress ? toHex(receipt.contractAddress) : null,
    cumulativeGasUsed: toQuantity(cumulativeGasUsed),
    gasUsed: toQuantity(receipt.gasUsed),
    effectiveGasPrice: toQuantity(receipt.effectiveGasPrice),
    logsBloom: toHex(receipt.logsBloom),
  }
}

/** @param removed - Its block is no longer part of the chain. Default: false */
export function encodeLog(
  log: PlacedLog,
  { hash, epoch }: { readonly hash: Uint8Array; readonly epoch: number },
  removed = false,
): Json {
  return {
    address: toHex(log.address),
    topics: log.topics.map(toHex),
    data: toHex(log.data),
    blockHash: toHex(hash),
    blockNumber: toQuantity(epoch),
    transactionHash: toHex(log.transactionHash),
    transactionIndex: toQuantity(log.transactionIndex),
    logIndex: toQuantity(log.logIndex),
    removed,
  }
}
