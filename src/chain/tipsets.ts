import { equals } from "multiformats/bytes"
import { computeGasOutputs, type GasOutputs } from "../fvm/gas/outputs.ts"
import type { Receipt } from "../fvm/receipt.ts"
import { mustGet } from "../ipld/blockstore.ts"
import { bytesKey, cidKey } from "../ipld/cid.ts"
import { hex } from "./bytes.ts"
import { loadEvents, loadMessage, loadReceipts } from "./content.ts"
import { ChainError, must } from "./errors.ts"
import { decodeHeader } from "./header-codec.ts"
import type { ProduceResult } from "./jobs.ts"
import { Lru } from "./lru.ts"
import type { PoolEntry } from "./mempool.ts"
import type { TipsetRow } from "./rows.ts"
import type { ChainStore } from "./store.ts"
import { TipsetKey } from "./tipset-key.ts"
import type { AttoFil, BlockHeader, ExecutedMessage, IncludedMessage, SignedMessage, Tipset } from "./types.ts"

const NO_HASH = new Uint8Array(32)
const NO_FEES: GasOutputs = {
  baseFeeBurn: 0n,
  overEstimationBurn: 0n,
  minerPenalty: 0n,
  minerTip: 0n,
  refund: 0n,
  gasRefund: 0n,
  gasBurned: 0n,
}

/** Messages and events of tipsets that are held decoded: some kilobytes each. */
const MAX_EXECUTED = 8192
/** A tipset counts as so many at least. */
const LEAST_EXECUTED = 32

/** Tipsets with their messages and receipts, out of the store; what was made or read lately is answered from memory. */
export class Tipsets {
  readonly #store: ChainStore
  readonly #known = new Lru<string, Tipset>(1024)
  readonly #executed = new Lru<string, readonly ExecutedMessage[]>(MAX_EXECUTED)

  constructor(store: ChainStore) {
    this.#store = store
  }

  /** The tipset with this hash, if it is on the current chain. */
  onChain(hash: Uint8Array): Tipset | undefined {
    const known = this.#known.get(bytesKey(hash))
    const row = known === undefined ? this.#store.tipset(hash) : undefined
    if (known === undefined && row === undefined) return undefined
    const tipset = known ?? this.load(hash)
    // Rows of reverted tipsets stay; only what the epochs point to is on the chain.
    const current = this.#store.hashAt(tipset.epoch)
    return current !== undefined && equals(current, hash) ? tipset : undefined
  }

  /** From memory or the store. @throws ChainError - `unknown-tipset` */
  load(hash: Uint8Array): Tipset {
    const known = this.#known.get(bytesKey(hash))
    if (known !== undefined) return known
    const row = this.#store.tipset(hash)
    if (row === undefined) throw new ChainError("unknown-tipset", `the store has no tipset 0x${hex(hash)}`)
    return this.remember(row)
  }

  /** Takes in a row, with its headers, and the parent's hash, if they are at hand. */
  remember(row: TipsetRow, headers?: readonly BlockHeader[], parentHash?: Uint8Array): Tipset {
    const all = headers ?? row.key.cids.map((cid) => decodeHeader(mustGet(this.#store.blocks, cid)))
    const [first] = all
    if (first === undefined) throw new ChainError("invalid-encoding", "a tipset has no header")
    const tipset: Tipset = {
      key: row.key,
      hash: row.key.hash,
      parentHash: parentHash ?? (first.parents.length === 0 ? NO_HASH : new TipsetKey(first.parents).hash),
      epoch: first.epoch,
      timestamp: first.timestamp,
      headers: all,
      baseFee: first.parentBaseFee,
      parentStateRoot: first.parentStateRoot,
      stateRoot: row.stateRoot,
      receiptsRoot: row.receiptsRoot,
      messageCount: row.messages.length,
      eventCount: row.eventCount,
      gasUsed: row.gasUsed,
      gasLimit: row.gasLimit,
    }
    this.#known.set(bytesKey(tipset.hash), tipset)
    return tipset
  }

  /** The messages of a tipset in order of execution. */
  messages(tipset: Tipset): readonly IncludedMessage[] {
    const known = this.#executed.get(bytesKey(tipset.hash))
    if (known !== undefined) return known
    return this.row(tipset).messages.map(({ cid, alias }, index) => ({
      cid,
      alias,
      index,
      signed: loadMessage(this.#store.blocks, cid),
    }))
  }

  /** What the store has of a tipset. @throws ChainError - `missing-block` */
  row(tipset: Tipset): TipsetRow {
    return must(this.#store.tipset(tipset.hash), "a tipset has lost its row")
  }

  /** The messages with receipts, events and gas, of any tipset: also of one that was reverted. */
  executed(tipset: Tipset): readonly ExecutedMessage[] {
    const name = bytesKey(tipset.hash)
    const known = this.#executed.get(name)
    if (known !== undefined) return known
    const { blocks } = this.#store
    const receipts = tipset.messageCount === 0 ? [] : loadReceipts(blocks, tipset.receiptsRoot)
    const executed = this.messages(tipset).map((message, index): ExecutedMessage => {
      const receipt = must(receipts[index], "a message has no receipt")
      return {
        ...message,
        receipt,
        events: receipt.eventsRoot === undefined ? [] : loadEvents(blocks, receipt.eventsRoot),
        gas: gasOf(message.signed, receipt, tipset.baseFee),
      }
    })
    this.#keep(tipset, executed)
    return executed
  }

  /** What a receipt is asked for right after is there already. */
  rememberExecuted(tipset: Tipset, offered: readonly PoolEntry[], { row, applied }: ProduceResult): void {
    const signedOf = new Map(offered.map(({ cid, signed }) => [cidKey(cid), signed]))
    this.#keep(
      tipset,
      row.messages.map(({ cid, alias }, index): ExecutedMessage => {
        const signed = asOnChain(must(signedOf.get(cidKey(cid)), "a message is in a tipset that was not offered"))
        const { receipt, events } = must(applied[index], "a message has no receipt")
        return { cid, alias, index, signed, receipt, events, gas: gasOf(signed, receipt, tipset.baseFee) }
      }),
    )
  }

  #keep(tipset: Tipset, executed: readonly ExecutedMessage[]): void {
    const weight = Math.max(LEAST_EXECUTED, tipset.messageCount + tipset.eventCount)
    this.#executed.set(bytesKey(tipset.hash), executed, weight)
  }

  /** Forgets a tipset: it was reverted, or its row has changed. */
  forget(hash: Uint8Array): void {
    this.#known.delete(bytesKey(hash))
  }
}

/** The signature of a BLS message is in its block's aggregate only. */
function asOnChain({ message, signature }: SignedMessage): SignedMessage {
  return { message, signature: signature.type === 2 ? { type: 2, data: new Uint8Array(0) } : signature }
}

function gasOf({ message }: SignedMessage, { gasUsed }: Receipt, baseFee: AttoFil): GasOutputs {
  // Without gas used it did not pass preflight, and nothing was paid.
  if (gasUsed === 0n) return NO_FEES
  return computeGasOutputs(gasUsed, message.gasLimit, baseFee, message.gasFeeCap, message.gasPremium)
}
