import { toEthAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import { DEVNET_MINER } from "../chain/genesis.ts"
import { Lru } from "../chain/lru.ts"
import type { ExecutedMessage, Tipset } from "../chain/types.ts"
import { type BlockView, viewBlock } from "../fvm-bridge/block.ts"
import { type EmittedLog, type ReceiptView, viewReceipt } from "../fvm-bridge/receipt.ts"
import { type AddressLookup, type TransactionView, viewTransaction } from "../fvm-bridge/transaction-view.ts"
import { toHex } from "./codecs/hex.ts"
import { lookUp } from "./lookup.ts"

/** A log at its place in a block. */
export interface PlacedLog extends EmittedLog {
  /** Position among all events of the tipset, those of native actors included. */
  readonly logIndex: number
  readonly transactionIndex: number
  readonly transactionHash: Uint8Array
}

/** A transaction with what came of it. */
export interface BlockTransaction {
  readonly index: number
  readonly view: TransactionView
  readonly receipt: ReceiptView
  readonly logs: readonly PlacedLog[]
  /** Gas of this and all before it in the block. */
  readonly cumulativeGasUsed: bigint
  /** The message behind it, with exit code and return data. */
  readonly executed: ExecutedMessage
}

/** A tipset as a block, whole. */
export interface Block {
  readonly tipset: Tipset
  readonly view: BlockView
  readonly transactions: readonly BlockTransaction[]
  /** Whom somebody made the block producer (hardhat_setCoinbase). Left out: the devnet's own, or a miner, which Ethereum has no address for. */
  readonly miner?: Uint8Array
}

/** Transactions and logs of blocks that are remembered: some kilobytes each. */
const MAX_REMEMBERED = 4096
/** A block counts as so many at least. */
const LEAST_REMEMBERED = 32

/** Reads executed tipsets as blocks, and remembers the last ones: a receipt, its block and its logs are asked for together. */
export class BlockReader {
  readonly #chain: Chain
  /** By tipset hash. */
  readonly #cache = new Lru<string, Promise<Block>>(MAX_REMEMBERED)

  constructor(chain: Chain) {
    this.#chain = chain
  }

  /**
   * The block of a tipset.
   *
   * @throws ChainError - `not-executed`: its receipts are not there yet by the timing chosen.
   */
  read(tipset: Tipset): Promise<Block> {
    return this.#read(tipset, () => this.#chain.executed(tipset))
  }

  /** The block of a tipset that was executed, and is not on the chain any more. */
  readReverted(tipset: Tipset): Promise<Block> {
    return this.#read(tipset, () => this.#chain.executedOf(tipset))
  }

  #read(tipset: Tipset, execute: () => Promise<readonly ExecutedMessage[]>): Promise<Block> {
    const key = toHex(tipset.hash)
    const known = this.#cache.get(key)
    if (known) return known
    const block = this.#load(tipset, execute)
    block.catch(() => this.#cache.delete(key)) // a failure is the asker's, and is not remembered
    this.#cache.set(key, block, Math.max(LEAST_REMEMBERED, tipset.messageCount + tipset.eventCount))
    return block
  }

  async #load(tipset: Tipset, execute: () => Promise<readonly ExecutedMessage[]>): Promise<Block> {
    const executed = await execute()
    const block = createBlock(tipset, executed, await lookUp(this.#chain, tipset, executed), this.#chain.chainId)
    const miner = await this.#minerOf(tipset)
    return miner ? { ...block, miner } : block
  }

  async #minerOf({ epoch, headers, parentStateRoot: root }: Tipset): Promise<Uint8Array | undefined> {
    const miner = headers[0]?.miner
    if (epoch === 0 || miner === undefined || miner.actorId === DEVNET_MINER.actorId) return undefined
    // By its root: the parent of a tipset that was taken off may be off the chain too.
    const actor = await (await this.#chain.stateOf({ root, blocks: [] })).actor(miner)
    return actor?.delegatedAddress && toEthAddress(actor.delegatedAddress)
  }
}

/** The block of a tipset and its messages. */
export function createBlock(
  tipset: Tipset,
  executed: readonly ExecutedMessage[],
  lookup: AddressLookup,
  chainId: bigint,
): Block {
  const transactions: BlockTransaction[] = []
  let cumulativeGasUsed = 0n
  let firstEvent = 0
  for (const message of executed) {
    const { receipt, events, gas, index, signed, cid, alias } = message
    // The name under which it came, also where what stands on chain has another gas limit (--gas lenient).
    const view = viewTransaction(signed, cid, chainId, lookup, alias)
    const spent = gas.baseFeeBurn + gas.overEstimationBurn + gas.minerTip
    const receiptView = viewReceipt(view, receipt, events, spent, lookup)
    const first = firstEvent
    cumulativeGasUsed += receipt.gasUsed
    firstEvent += events.length
    transactions.push({
      index,
      view,
      receipt: receiptView,
      logs: receiptView.logs.map(({ address, topics, data, emitter, eventIndex }) => ({
        address,
        topics,
        data,
        emitter,
        eventIndex,
        logIndex: first + eventIndex,
        transactionIndex: index,
        transactionHash: view.hash,
      })),
      cumulativeGasUsed,
      executed: message,
    })
  }
  const blooms = transactions.map(({ receipt }) => receipt.logsBloom)
  return { tipset, view: viewBlock(tipset, blooms), transactions }
}
