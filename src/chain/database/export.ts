import type { CID } from "multiformats/cid"
import { type Block, MemoryBlockstore, mustGet } from "../../ipld/blockstore.ts"
import { loadMessage } from "../content.ts"
import { ChainError } from "../errors.ts"
import { firstState, readFacts } from "../facts.ts"
import { decodeHeader } from "../header-codec.ts"
import type { ChainStore } from "../store.ts"
import { DigestSet } from "./digest-set.ts"
import { type AliasOf, type OddName, storeMetadata, storeNames } from "./metadata.ts"
import { mark, walk } from "./walk.ts"

/** What goes into an exported chain. */
export interface ExportOptions {
  /** Epoch of the last tipset; of a null round, the tipset before. Default: the head's. */
  readonly head?: number
  /** States (and receipts) of so many epochs before the head only, and the genesis'. Default: all there are. */
  readonly recentStateRoots?: number
  /** Of older tipsets than those the headers only. Default: false */
  readonly skipOldMessages?: boolean
  readonly aliasOf: AliasOf
}

/** A chain as it goes into a CAR. */
export interface ChainExport {
  /** CIDs of the head's headers: the CAR's roots. */
  readonly roots: readonly CID[]
  readonly epoch: number
  /** Each block once, the first header first. */
  readonly blocks: Generator<Block>
}

/**
 * The chain in the layout of Filecoin's own exports: headers from the head back to the genesis, after each header its messages, its parent
 * state and its parents' receipts with their events. Behind that the state and the receipts of the head, which no header names yet,
 * and a block of {@link Metadata}.
 *
 * @throws ChainError - `unknown-tipset`: no chain, or `head` beyond its end. `damaged` while it is read: a block is missing.
 * @see lotus chain/store/snapshot.go (WalkSnapshot)
 */
export function exportChain(store: ChainStore, options: ExportOptions): ChainExport {
  const facts = readFacts(store)
  const last = store.lastAtOrBefore(0xffffffff)
  if (facts === undefined || last === undefined) throw new ChainError("unknown-tipset", "the database holds no chain")
  if (options.head !== undefined && options.head > last.epoch)
    throw new ChainError("unknown-tipset", `the chain ends at epoch ${last.epoch}, before ${options.head}`)
  const place = options.head === undefined ? last : store.lastAtOrBefore(options.head)
  const row = place && store.tipset(place.hash)
  if (place === undefined || row === undefined) throw new ChainError("damaged", "the chain has no beginning")
  const recent = options.recentStateRoots
  const from = Math.max(firstState(store), recent === undefined ? 0 : place.epoch - recent + 1)

  function* blocks(): Generator<Block> {
    const seen = new DigestSet()
    const odd: OddName[] = []
    const at = (epoch: number, what: string) => () => `epoch ${epoch}, ${what}`
    let next: readonly CID[] = row!.key.cids
    while (next.length > 0) {
      let parents: readonly CID[] = []
      for (const cid of next) {
        if (!mark(seen, cid)) continue
        const bytes = mustGet(store.blocks, cid)
        yield { cid, bytes }
        const header = decodeHeader(bytes)
        const { epoch } = header
        const isRecent = recent === undefined || epoch > place!.epoch - recent
        if (isRecent || !options.skipOldMessages) {
          yield* walk(store.blocks, header.messages, seen, at(epoch, "messages"))
          for (const name of oddNames(store, epoch, facts!.chainId, options.aliasOf)) odd.push(name)
        }
        if (epoch === 0) for (const parent of header.parents) yield* walk(store.blocks, parent, seen, at(0, "parent"))
        else parents = header.parents
        // The state before a tipset is that after its parent: it is kept from the epoch after on.
        if (epoch === 0 || epoch > from)
          yield* walk(store.blocks, header.parentStateRoot, seen, at(epoch, "parent state"))
        if (isRecent) yield* walk(store.blocks, header.parentMessageReceipts, seen, at(epoch, "parent receipts"))
      }
      next = parents
    }
    yield* walk(store.blocks, row!.stateRoot, seen, at(place!.epoch, "state"))
    yield* walk(store.blocks, row!.receiptsRoot, seen, at(place!.epoch, "receipts"))
    const extra = new MemoryBlockstore()
    const { stateRoot, receiptsRoot } = row!
    storeMetadata(extra, { facts: facts!, stateRoot, receiptsRoot, firstState: from, names: storeNames(extra, odd) })
    yield* extra.blocks()
  }
  return { roots: row.key.cids, epoch: place.epoch, blocks: blocks() }
}

/** Messages of a tipset with another second name than the one that follows from them. */
function* oddNames(store: ChainStore, epoch: number, chainId: bigint, aliasOf: AliasOf): Generator<OddName> {
  const hash = store.hashAt(epoch)
  for (const { cid, alias } of (hash && store.tipset(hash))?.messages ?? []) {
    const usual = aliasOf(loadMessage(store.blocks, cid), chainId)
    const same = usual === undefined ? alias === undefined : alias?.every((byte, i) => byte === usual[i])
    if (!same) yield { digest: cid.multihash.digest, alias }
  }
}
