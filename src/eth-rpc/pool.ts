import { bytesToHex } from "@noble/hashes/utils.js"
import { formatEthAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { TransactionView } from "../fvm-bridge/transaction-view.ts"
import type { Json } from "../json-rpc/json.ts"
import { encodeTransaction } from "./codecs/block.ts"
import { toHex, toQuantity } from "./codecs/hex.ts"
import type { EthNode } from "./context.ts"
import { pendingTransactions } from "./reads.ts"

/** How many can be included, and how many wait for one before them. */
export function poolStatus(chain: Chain): Json {
  const messages = chain.pendingMessages()
  const ready = messages.filter((message) => message.ready).length
  return { pending: toQuantity(ready), queued: toQuantity(messages.length - ready) }
}

/** By sender and nonce; with a sender by nonce only. */
export async function poolContent(node: EthNode, sender?: Uint8Array): Promise<Json> {
  return arrange(node, (view) => encodeTransaction(view, undefined), sender)
}

/** By sender and nonce, each in a line. */
export async function poolSummary(node: EthNode): Promise<Json> {
  return arrange(node, ({ to, value, gasLimit, maxFeePerGas }) => {
    const whom = to ? toHex(to) : "contract creation"
    return `${whom}: ${value} wei + ${gasLimit} gas × ${maxFeePerGas} wei`
  })
}

async function arrange(node: EthNode, show: (view: TransactionView) => Json, sender?: Uint8Array): Promise<Json> {
  const groups: Record<"pending" | "queued", Record<string, Record<string, Json>>> = { pending: {}, queued: {} }
  for (const { view, ready } of await pendingTransactions(node)) {
    if (sender && bytesToHex(view.from) !== bytesToHex(sender)) continue
    const bySender = groups[ready ? "pending" : "queued"]
    const from = formatEthAddress(view.from)
    bySender[from] = { ...bySender[from], [`${view.nonce}`]: show(view) }
  }
  if (!sender) return groups
  const from = formatEthAddress(sender)
  return { pending: groups.pending[from] ?? {}, queued: groups.queued[from] ?? {} }
}

/** @returns Whether it was there. */
export function dropTransaction({ chain }: EthNode, hash: Uint8Array): boolean {
  const pending = chain.pendingByAlias(hash)
  return pending !== undefined && chain.drop(pending.cid)
}
