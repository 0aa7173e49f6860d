import { CBOR, type CID, DAG_CBOR, decodeCid, RAW } from "../../ipld/cid.ts"
import { hex } from "../bytes.ts"
import { ChainError } from "../errors.ts"
import { firstState, readFacts } from "../facts.ts"
import { decodeHeader } from "../header-codec.ts"
import { NAME_BYTES } from "../packs.ts"
import { nameOfKey } from "../places.ts"
import type { ChainStore, TipsetPlace } from "../store.ts"
import { DigestSet } from "./digest-set.ts"
import { mark, walk } from "./walk.ts"

/** Changes in one transaction. */
const BATCH = 20_000
/** How a Wasm module begins. Actors' code stays: a bundle that no actor uses yet is reached by nothing. */
const WASM = [0x00, 0x61, 0x73, 0x6d] as const

/** What a collection did. */
export interface GcReport {
  /** First epoch whose state is kept. */
  readonly firstState: number
  readonly kept: number
  readonly removed: number
  /** Bytes of the blocks removed. */
  readonly removedBytes: number
  /** Rows of tipsets that had been taken off the chain. */
  readonly removedTipsets: number
}

/**
 * Removes states that only tipsets before the last `keep` lead to, and what is left of tipsets that were taken off the chain. Headers,
 * messages, receipts, events, the index, actors' code and the state of the genesis stay.
 *
 * The first epoch with a state is written down before anything is removed, and what is removed is reached by nothing that stays: a
 * collection that is broken off leaves a sound database, and the next one does the rest.
 *
 * @param keep - Tipsets, at least 1.
 * @throws ChainError - `damaged`: a block is missing; nothing was removed. `invalid-option`. `unknown-tipset`: there is no chain.
 */
export function collectGarbage(
  store: ChainStore,
  keep: number,
  progress?: (stage: string, done: number) => void,
): GcReport {
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new ChainError("invalid-option", `${keep} is not a number of tipsets to keep: at least 1 has to stay`)
  const facts = readFacts(store)
  const last = store.lastAtOrBefore(0xffffffff)
  if (facts === undefined || last === undefined) throw new ChainError("unknown-tipset", "the database holds no chain")

  const marked = new DigestSet()
  const current = new Set<string>()
  const before = firstState(store)
  const drain = (cid: CID, where: () => string): void => {
    for (const _ of walk(store.blocks, cid, marked, where));
  }
  let oldest = last.epoch
  let tipsets = 0
  for (let place: TipsetPlace | undefined = last; place !== undefined; ) {
    const { epoch, hash }: TipsetPlace = place
    const row = store.tipset(hash)
    if (row === undefined) throw new ChainError("damaged", `epoch ${epoch}: the tipset 0x${hex(hash)} has no row`)
    current.add(hex(hash))
    mark(marked, row.key.cid)
    const at = (what: string) => () => `epoch ${epoch}, ${what}`
    for (const cid of row.key.cids) {
      const bytes = store.blocks.get(cid)
      if (bytes === undefined) throw new ChainError("damaged", `epoch ${epoch}: the header ${cid} is missing`)
      mark(marked, cid)
      const header = decodeHeader(bytes)
      drain(header.messages, at("messages"))
      if (epoch === 0) {
        for (const parent of header.parents) drain(parent, at("parent"))
        drain(header.parentStateRoot, at("state"))
      }
    }
    drain(row.receiptsRoot, at("receipts"))
    if (tipsets < keep && epoch >= before) {
      drain(row.stateRoot, at("state"))
      oldest = epoch
    }
    tipsets++
    progress?.("tipsets", tipsets)
    place = epoch === 0 ? undefined : store.lastAtOrBefore(epoch - 1)
  }
  drain(facts.manifest, () => "bundle")

  const firstKept = Math.max(before, oldest)
  if (firstKept > 0) store.transaction(() => store.setMeta("firstState", String(firstKept)))
  const offChain = [...store.tipsetHashes()].filter((hash) => !current.has(hex(hash)))
  for (const batch of batches(offChain))
    store.transaction(() => {
      for (const hash of batch) store.removeTipsetRow(hash)
    })

  const { blocks } = store
  const stays = (key: Uint8Array): boolean => {
    if (isMarked(marked, nameOfKey(key))) return true
    const bytes = blocks.read(key)
    return WASM.every((byte, i) => bytes?.[i] === byte)
  }
  let kept = 0
  let removed = 0
  let removedBytes = 0
  /** Packs with blocks that go. What stays of them, and what is a patch of something in them, is written anew. */
  const doomed = new Set<number>()
  for (const keys of blocks.keys(BATCH)) {
    for (const key of keys) {
      if (stays(key)) kept++
      else {
        doomed.add(blocks.packsOf(key)[0]!)
        removed++
        removedBytes += blocks.read(key)!.length
      }
    }
    progress?.("looked at", kept + removed)
  }
  const needed = new Set<number>()
  const eachBatch = (what: (key: Uint8Array) => void): void => {
    for (const keys of blocks.keys(BATCH))
      store.transaction(() => {
        for (const key of keys) what(key)
      })
  }
  // In this order a collection that is broken off leaves every block readable.
  eachBatch((key) => {
    if (!stays(key)) return
    if (blocks.packsOf(key).some((pack) => doomed.has(pack))) blocks.move(key)
    for (const pack of blocks.packsOf(key)) needed.add(pack)
  })
  eachBatch((key) => {
    if (!stays(key)) blocks.remove(key)
  })
  for (const packs of batches([...blocks.packs()].filter((pack) => !needed.has(pack))))
    store.transaction(() => {
      for (const pack of packs) blocks.removePack(pack)
    })
  if (removed > 0) store.transaction(() => blocks.tidy())
  progress?.("removed", removed)
  return { firstState: firstKept, kept, removed, removedBytes, removedTipsets: offChain.length }
}

function isMarked(marked: DigestSet, name: Uint8Array): boolean {
  if (name.length !== NAME_BYTES) {
    const { code, multihash } = decodeCid(name)
    return marked.has(multihash.digest, 0, code)
  }
  return marked.has(name, 0, DAG_CBOR) || marked.has(name, 0, RAW) || marked.has(name, 0, CBOR)
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH)
}
