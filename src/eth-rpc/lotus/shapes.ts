import { CID } from "multiformats/cid"
import type { Chain } from "../../chain/chain.ts"
import { TipsetKey } from "../../chain/tipset-key.ts"
import type { Tipset } from "../../chain/types.ts"
import { bloomOf } from "../../fvm-bridge/logs.ts"
import type { TransactionView } from "../../fvm-bridge/transaction-view.ts"
import type { Json } from "../../json-rpc/json.ts"
import { type Block, type BlockReader, type BlockTransaction, createBlock } from "../block-reader.ts"
import { encodeHeader, encodeReceipt, type Place } from "../codecs/block.ts"
import { toHex, toQuantity } from "../codecs/hex.ts"
import { lookUp } from "../lookup.ts"

const BLOOM_BYTES = 256
/** The head's events are not known yet: every address may be in there. */
const FULL_BLOOM = `0x${"ff".repeat(BLOOM_BYTES)}`

/** The first tipset of every chain of Lotus names this block as its parent, which nobody has. @see lotus chain/gen/genesis/genesis.go */
const NO_PARENTS_HASH = toHex(
  new TipsetKey([CID.parse("bafyreiaqpwbbyjo4a42saasj36kkrpv4tsherf2e7bvezkert2a7dhonoi")]).hash,
)

/** A tipset as a block, the head included: Lotus executes it for whoever asks. */
export async function readBlock(chain: Chain, blocks: BlockReader, tipset: Tipset): Promise<Block> {
  if (chain.isExecuted(tipset)) return blocks.read(tipset)
  const executed = await chain.executedOf(tipset)
  return createBlock(tipset, executed, await lookUp(chain, tipset, executed), chain.chainId)
}

/** @see lotus chain/types/ethtypes/eth_transactions.go (EthTx) */
export function encodeLotusTransaction(view: TransactionView, place: Omit<Place, "baseFee"> | undefined): Json {
  const { type, native } = view
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
    ...(type === 2
      ? {
          maxFeePerGas: toQuantity(view.maxFeePerGas),
          maxPriorityFeePerGas: toQuantity(view.maxPriorityFeePerGas),
        }
      : { gasPrice: toQuantity(view.maxFeePerGas) }),
    accessList: native ? [] : null,
    v: toQuantity(view.v),
    r: toQuantity(view.r),
    s: toQuantity(view.s),
  }
}

/** A transaction at its place. */
export function encodePlacedTransaction({ tipset }: Block, { view, index }: BlockTransaction): Json {
  return encodeLotusTransaction(view, { blockHash: tipset.hash, blockNumber: tipset.epoch, index })
}

/** @param full - Transactions as objects instead of hashes. */
export function encodeLotusBlock(chain: Chain, block: Block, full: boolean): Json {
  return {
    ...encodeHeader(block),
    ...(block.tipset.epoch === 0 && { parentHash: NO_PARENTS_HASH }),
    ...(!chain.isExecuted(block.tipset) && { logsBloom: FULL_BLOOM }),
    transactions: block.transactions.map((transaction) =>
      full ? encodePlacedTransaction(block, transaction) : toHex(transaction.view.hash),
    ),
    uncles: [],
  }
}

/** Lotus' index of events knows an event by its entries, so that a log without topics and data is not found. */
export function isIndexed({
  topics,
  data,
}: {
  readonly topics: readonly unknown[]
  readonly data: Uint8Array
}): boolean {
  return topics.length > 0 || data.length > 0
}

/** Lotus gives no sum of gas. */
export function encodeLotusReceipt(block: Block, given: BlockTransaction): Json {
  const logs = given.logs.filter(isIndexed)
  const transaction =
    logs.length === given.logs.length
      ? given
      : { ...given, logs, receipt: { ...given.receipt, logs, logsBloom: bloomOf(logs) } }
  return { ...(encodeReceipt(block, transaction) as Readonly<Record<string, Json>>), cumulativeGasUsed: "0x0" }
}
