import type { Receipt, StampedEvent } from "../fvm/receipt.ts"
import { decodeCreateReturn } from "./create-return.ts"
import { bloomOf, type LogContent, logFromEvent } from "./logs.ts"
import { type AddressLookup, ethAddressOfActor, type TransactionView } from "./transaction-view.ts"

/** A log with the contract that emitted it. */
export interface EthLog extends LogContent {
  readonly address: Uint8Array
}

/** A log with the event that it is. */
export interface EmittedLog extends EthLog {
  /** Actor ID. */
  readonly emitter: bigint
  /** Position among all events of the message, those that are no logs included. */
  readonly eventIndex: number
}

/** A receipt as Ethereum's tools see it, without its place on chain. */
export interface ReceiptView {
  readonly status: 0 | 1
  readonly gasUsed: bigint
  /** attoFIL per unit of gas used: all that the sender paid (base fee, over-estimation burn, tip) / gas used, rounded down. */
  readonly effectiveGasPrice: bigint
  /** Of a successful creation; undefined otherwise. */
  readonly contractAddress: Uint8Array | undefined
  readonly logs: readonly EmittedLog[]
  readonly logsBloom: Uint8Array
}

/**
 * The EVM logs among a message's events, in order.
 *
 * @param state - A state after the message was applied.
 */
export function logsOfEvents(
  events: readonly StampedEvent[],
  state: Pick<AddressLookup, "delegatedAddress">,
): EmittedLog[] {
  const logs: EmittedLog[] = []
  for (const [eventIndex, { emitter, entries }] of events.entries()) {
    const content = logFromEvent(entries)
    if (content === undefined) continue
    const { topics, data } = content
    logs.push({ address: ethAddressOfActor(emitter, state), topics, data, emitter, eventIndex })
  }
  return logs
}

/**
 * Shows a message receipt as an Ethereum receipt.
 *
 * @param totalSpent - attoFIL that the sender paid for gas: base fee burn, over-estimation burn and tip.
 * @see lotus node/impl/eth/utils.go (newEthTxReceipt)
 */
export function viewReceipt(
  transaction: Pick<TransactionView, "to">,
  receipt: Receipt,
  events: readonly StampedEvent[],
  totalSpent: bigint,
  state: Pick<AddressLookup, "delegatedAddress">,
): ReceiptView {
  const succeeded = receipt.exitCode === 0
  const logs = logsOfEvents(events, state)
  return {
    status: succeeded ? 1 : 0,
    gasUsed: receipt.gasUsed,
    effectiveGasPrice: receipt.gasUsed === 0n ? 0n : totalSpent / receipt.gasUsed,
    contractAddress:
      succeeded && transaction.to === undefined ? decodeCreateReturn(receipt.returnData).ethAddress : undefined,
    logs,
    logsBloom: bloomOf(logs),
  }
}
