import type { CID } from "multiformats/cid"
import { eventCodec, storeEvents } from "../fvm/call-manager/events.ts"
import type { Receipt, StampedEvent } from "../fvm/receipt.ts"
import { Amt } from "../ipld/amt.ts"
import { type Block, type Blockstore, getCbor, MemoryBlockstore, mustGet } from "../ipld/blockstore.ts"
import { CborWriter } from "../ipld/cbor.ts"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import { type Codec, linkCodec } from "../ipld/codec.ts"
import {
  decode,
  expectBytes,
  expectInt,
  expectLink,
  expectNullable,
  expectTuple,
  expectUint64,
} from "../ipld/dag-cbor.ts"
import { fromChainMessage } from "./message-codec.ts"
import type { SignedMessage } from "./types.ts"

/** AMTs of a tipset have the layout of the first actors version: bit width 3, unsaid. @see lotus chain/store/store.go (blockadt) */
const VERSION_0 = { version: 0 } as const
const writer = new CborWriter()

/**
 * Receipts as they stand in the receipts AMT: `[exitCode, return, gasUsed, eventsRoot | null]`.
 *
 * @see ref-fvm shared/src/receipt.rs
 */
export const receiptCodec: Codec<Receipt> = {
  encode: ({ exitCode, returnData, gasUsed, eventsRoot }) => {
    writer.arrayHeader(4).integer(exitCode).bytes(returnData).integer(gasUsed)
    return (eventsRoot === undefined ? writer.null() : writer.link(eventsRoot)).finish()
  },
  decode: (item) => {
    const [exitCode, returnData, gasUsed, eventsRoot] = expectTuple(decode(item), 4, "receipt")
    return {
      exitCode: expectInt(exitCode, "receipt.exitCode"),
      returnData: expectBytes(returnData, "receipt.return"),
      gasUsed: expectUint64(gasUsed, "receipt.gasUsed"),
      eventsRoot: expectNullable(eventsRoot, "receipt.eventsRoot", expectLink),
    }
  },
}

/** Stores the receipts of a tipset's messages. @returns Root of their AMT. */
export function storeReceipts(store: Blockstore, receipts: Iterable<Receipt>): CID {
  return Amt.fromValues(store, receiptCodec, receipts, VERSION_0)
}

/** The receipts under a root, in order. @throws BlockNotFound. MalformedNode. */
export function loadReceipts(store: Blockstore, root: CID): Receipt[] {
  return values(Amt.load(store, root, receiptCodec, 0))
}

/** Stores the events of a message. @returns Root of their AMT; undefined without events. */
export function storeMessageEvents(store: Blockstore, events: readonly StampedEvent[]): CID | undefined {
  return events.length === 0 ? undefined : storeEvents(store, events)
}

/** The events under a root, in order. @throws BlockNotFound. MalformedNode. */
export function loadEvents(store: Blockstore, root: CID): StampedEvent[] {
  return values(Amt.load(store, root, eventCodec))
}

/** Stores the lists of a block's messages. @returns CID of `[BLS messages AMT, other messages AMT]`. */
export function storeMessageLists(store: Blockstore, bls: readonly CID[], others: readonly CID[]): CID {
  const lists = [storeList(store, bls), storeList(store, others)] as const
  const bytes = writer.arrayHeader(2).link(lists[0]).link(lists[1]).finish()
  const cid = cidOfBlock(DAG_CBOR, bytes)
  store.put(cid, bytes)
  return cid
}

/** Most blocks have no BLS messages. */
let noMessages: Block | undefined

function storeList(store: Blockstore, cids: readonly CID[]): CID {
  if (cids.length > 0) return Amt.fromValues(store, linkCodec, cids, VERSION_0)
  if (noMessages === undefined) {
    const made = new MemoryBlockstore()
    const cid = Amt.fromValues(made, linkCodec, cids, VERSION_0)
    noMessages = { cid, bytes: mustGet(made, cid) }
  }
  store.put(noMessages.cid, noMessages.bytes)
  return noMessages.cid
}

/** CIDs of a block's messages. @throws BlockNotFound. MalformedNode. */
export function loadMessageLists(store: Blockstore, root: CID): { readonly bls: CID[]; readonly others: CID[] } {
  const [bls, others] = expectTuple(getCbor(store, root), 2, "message lists")
  const list = (link: unknown, path: string): CID[] => values(Amt.load(store, expectLink(link, path), linkCodec, 0))
  return { bls: list(bls, "message lists.bls"), others: list(others, "message lists.others") }
}

/** A message block. @throws BlockNotFound. ChainError `invalid-encoding`. */
export function loadMessage(store: Blockstore, cid: CID): SignedMessage {
  return fromChainMessage(mustGet(store, cid))
}

function values<V>(amt: Amt<V>): V[] {
  const list: V[] = []
  for (let index = 0; index < amt.count; index++) {
    const value = amt.get(index)
    if (value !== undefined) list.push(value)
  }
  return list
}
