import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import { ChainError } from "../chain/errors.ts"
import type { StateView } from "../chain/state-view.ts"
import type { PendingMessage, Tipset } from "../chain/types.ts"
import { viewBlock } from "../fvm-bridge/block.ts"
import { readContract, readSlot } from "../fvm-bridge/contract-state.ts"
import { encodeTransaction as encodeRaw, signatureParity } from "../fvm-bridge/transaction.ts"
import { type TransactionView, viewTransaction } from "../fvm-bridge/transaction-view.ts"
import { cidOfDigest, DAG_CBOR } from "../ipld/cid.ts"
import { type Block, type BlockTransaction, createBlock } from "./block-reader.ts"
import { codeOf, readState } from "./calls.ts"
import { type Place, placeOf } from "./codecs/block.ts"
import { type BlockRef, isPending, toTipsetRef } from "./codecs/block-ref.ts"
import type { EthNode } from "./context.ts"
import { equalHash, lookUp } from "./lookup.ts"

/** A transaction, and where it stands; undefined: in the mempool. */
export interface FoundTransaction {
  readonly view: TransactionView
  readonly place: Place | undefined
}

/** The tipset that a reference means; undefined where Ethereum's tools expect null: unknown hash, future number. */
export async function findTipset({ chain }: EthNode, ref: BlockRef): Promise<Tipset | undefined> {
  try {
    return await chain.resolve(toTipsetRef(ref))
  } catch (error) {
    if (error instanceof ChainError && (error.code === "unknown-tipset" || error.code === "future-epoch"))
      return undefined
    throw error
  }
}

/** The block that a reference means; undefined if there is none. @throws NullRoundError */
export async function findBlock(node: EthNode, ref: BlockRef): Promise<Block | undefined> {
  if (isPending(ref)) return pendingBlock(node)
  const tipset = await findTipset(node, ref)
  return tipset && node.blocks.read(tipset)
}

/** The block that would come now: the mempool executed on top of the head. Its hash is zero, since it does not exist. */
export async function pendingBlock({ chain, blocks }: EthNode): Promise<Block> {
  const { head } = chain
  if (!chain.isExecuted(head)) return blocks.read(chain.latest)
  const hash = new Uint8Array(32)
  const next = { ...head, hash, parentHash: head.hash, gasUsed: 0n, gasLimit: 0n, messageCount: 0, eventCount: 0 }
  if (!chain.pendingMessages().some(({ ready }) => ready)) {
    const tipset = { ...next, epoch: head.epoch + 1, timestamp: chain.nextTimestamp, baseFee: chain.nextBaseFee }
    return { tipset, view: viewBlock(tipset, []), transactions: [] }
  }
  const { messages, response } = await chain.pending()
  const executed = messages.map((message, i) => {
    const result = response.results[i]!
    const { receipt, events, penalty } = result
    return { ...message, receipt, events, gas: { ...result, minerPenalty: penalty } }
  })
  const tipset = {
    ...next,
    epoch: response.epoch,
    timestamp: response.timestamp,
    baseFee: response.baseFee,
    messageCount: executed.length,
    gasUsed: executed.reduce((sum, { receipt }) => sum + receipt.gasUsed, 0n),
  }
  return createBlock(tipset, executed, await lookUp(chain, head, executed), chain.chainId)
}

/** Messages of a tipset up to which it is looked through before the index is asked. */
const AT_HAND = 16

/** A transaction of a block by hash; undefined if it is in none. A hash that nobody gave may be the digest of a message CID. */
export async function transactionAt(
  { chain, blocks }: EthNode,
  hash: Uint8Array,
): Promise<{ readonly block: Block; readonly transaction: BlockTransaction } | undefined> {
  // Most are asked for right after they were mined, when the chain has them at hand.
  const { latest } = chain
  if (latest.messageCount <= AT_HAND) {
    const index = (await chain.executed(latest)).findIndex(({ alias }) => alias !== undefined && equalHash(alias, hash))
    const block = index < 0 ? undefined : await blocks.read(latest)
    if (block) return { block, transaction: block.transactions[index]! }
  }
  const location = (await chain.findByAlias(hash)) ?? (await chain.findMessage(cidOfDigest(DAG_CBOR, hash)))
  if (!location?.executed) return undefined
  const block = await blocks.read(location.tipset)
  const transaction = block.transactions[location.message.index]
  return transaction && { block, transaction }
}

/** A transaction by hash, in a block or in the mempool. */
export async function findTransaction(node: EthNode, hash: Uint8Array): Promise<FoundTransaction | undefined> {
  const found = await transactionAt(node, hash)
  if (found) return { view: found.transaction.view, place: placeOf(found.block, found.transaction) }
  const pending = node.chain.pendingByAlias(hash) ?? node.chain.pendingByCid(cidOfDigest(DAG_CBOR, hash))
  return pending && { view: await viewPending(node, pending), place: undefined }
}

/** Transactions of the mempool by sender and nonce. */
export async function pendingTransactions(
  node: EthNode,
): Promise<{ readonly view: TransactionView; readonly ready: boolean }[]> {
  return Promise.all(
    node.chain
      .pendingMessages()
      .map(async (message) => ({ view: await viewPending(node, message), ready: message.ready })),
  )
}

async function viewPending({ chain }: EthNode, { signed, cid, alias }: PendingMessage): Promise<TransactionView> {
  return viewTransaction(signed, cid, chain.chainId, await lookUp(chain, chain.latest, [{ signed }]), alias)
}

/** A transaction by sender and nonce: by halving the chain until the block in which the nonce was used up. */
export async function findBySender(
  node: EthNode,
  sender: Uint8Array,
  nonce: bigint,
): Promise<FoundTransaction | undefined> {
  const { chain, blocks } = node
  const address = toFilecoinAddress(sender)
  const waiting = chain.pendingMessages(address).find(({ signed }) => signed.message.sequence === nonce)
  if (waiting) return { view: await viewPending(node, waiting), place: undefined }
  const used = async (epoch: number): Promise<boolean> =>
    (await (await chain.stateAt({ epoch })).sequenceOf(address)) > nonce
  let low = chain.genesis.epoch
  let high = chain.latest.epoch
  if (!(await used(high))) return undefined
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await used(middle)) high = middle
    else low = middle + 1
  }
  const block = await blocks.read(await chain.resolve({ epoch: low }, "previous"))
  const transaction = block.transactions.find(
    ({ executed: { signed } }) => signed.message.sequence === nonce && signed.message.from.equals(address),
  )
  return transaction && { view: transaction.view, place: placeOf(block, transaction) }
}

/** The signed bytes; undefined for a native message. */
export function rawTransaction(view: TransactionView): Uint8Array | undefined {
  if (view.native) return undefined
  const kind = view.type === 2 ? "eip1559" : view.chainId === 0n ? "homestead" : "eip155"
  const transaction = { ...view, kind } as const
  signatureParity(transaction)
  return encodeRaw(transaction)
}

/** The state that a reference means; `pending`: with the mempool executed on a copy. */
export async function stateOf(chain: Chain, ref: BlockRef): Promise<StateView> {
  if (isPending(ref) && chain.isExecuted(chain.head) && chain.pendingMessages().some(({ ready }) => ready)) {
    const { response } = await chain.pending()
    if (response.state) return chain.stateOf(response.state)
  }
  return chain.stateAt(toTipsetRef(ref))
}

/** attoFIL; 0 for an address that nobody has used. */
export async function balanceAt(chain: Chain, address: Uint8Array, ref: BlockRef): Promise<bigint> {
  return (await stateOf(chain, ref)).balanceOf(toFilecoinAddress(address))
}

/** Next nonce of an account, with `pending` behind those in the mempool; of a contract its own count of creations. */
export async function nonceAt(chain: Chain, address: Uint8Array, ref: BlockRef): Promise<bigint> {
  const filecoin = toFilecoinAddress(address)
  const state = await stateOf(chain, ref)
  const actor = await state.actor(filecoin)
  if (actor?.kind === "evm") {
    const contract = await readState(state, (store) => readContract(store, actor.head))
    return contract.tombstone === null ? contract.nonce : 0n
  }
  return isPending(ref) ? chain.nextSequence(filecoin) : (actor?.sequence ?? 0n)
}

/** Code of a contract; nothing for accounts, placeholders and nobody; one byte for native actors, as EXTCODECOPY gives it. */
export async function codeAt(chain: Chain, address: Uint8Array, ref: BlockRef): Promise<Uint8Array> {
  return codeOf(await stateOf(chain, ref), toFilecoinAddress(address))
}

/** A storage slot of a contract; 0 where there is none. */
export async function slotAt(chain: Chain, address: Uint8Array, slot: Uint8Array, ref: BlockRef): Promise<bigint> {
  const state = await stateOf(chain, ref)
  const actor = await state.actor(toFilecoinAddress(address))
  return actor?.kind === "evm" ? readState(state, (store) => readSlot(store, actor.head, slot)) : 0n
}
