import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import type { CID } from "multiformats/cid"
import { afterAll, describe, expect, it } from "vitest"
import { Amt } from "./amt.ts"
import { type Blockstore, getCbor, MemoryBlockstore } from "./blockstore.ts"
import { decodeCar, encodeCar } from "./car.ts"
import { cidKey, cidOfBlock, parseCid } from "./cid.ts"
import { rawCodec } from "./codec.ts"
import { decode, encode, expectLink, expectNullable, expectTuple } from "./dag-cbor.ts"
import { Hamt } from "./hamt.ts"
import { TrieCache } from "./hash-trie.ts"
import { Kamt, uint256Codec } from "./kamt.ts"
import { linksOf } from "./links.ts"
import { shuffled } from "./testing/stores.ts"

/*
 * Structures that the reference, Lotus and the official actors have written: each is read, built anew from its entries in another order, and must
 * get the same root, node for node.
 */

const SHARED = fileURLToPath(new URL("../../../shared/vectors", import.meta.url))
const there = existsSync(SHARED)
if (!there) console.warn(`skipped: no vectors at ${SHARED}, so nothing that the reference wrote was read`)

const done = new Set<string>()
const counts = { states: 0, actors: 0, storages: 0, slots: 0, maps: 0, arrays: 0, values: 0, blocks: 0 }

function once(cid: CID): boolean {
  const key = cidKey(cid)
  if (done.has(key)) return false
  done.add(key)
  return true
}

/** All nodes of the rebuilt tree are in the original, byte for byte: their CIDs are the same. */
function expectSubset(built: MemoryBlockstore, original: Blockstore): void {
  for (const { cid } of built.blocks()) expect(original.has(cid), cid.toString()).toBe(true)
}

function rebuildHamt(store: Blockstore, root: CID, bitWidth = 5): [Uint8Array, Uint8Array][] {
  const options = { bitWidth, cache: new TrieCache() }
  const entries = [...Hamt.load(store, root, rawCodec, options).entries()]
  const built = new MemoryBlockstore()
  const hamt = Hamt.create(built, rawCodec, options)
  const order = shuffled(entries, entries.length)
  for (const [key, value] of order) hamt.set(key, value)
  expect(hamt.flush().toString()).toBe(root.toString())
  expectSubset(built, store)
  // Out and in again.
  const some = order.filter((_, i) => i % 3 === 0)
  for (const [key] of some) expect(hamt.delete(key)).toBe(true)
  for (const [key, value] of some) hamt.set(key, value)
  expect(hamt.flush().toString()).toBe(root.toString())
  counts.maps++
  return entries
}

function rebuildKamt(store: Blockstore, root: CID): void {
  const entries = [...Kamt.load(store, root, uint256Codec, { cache: new TrieCache() }).entries()]
  const built = new MemoryBlockstore()
  const kamt = Kamt.create(built, uint256Codec, { cache: new TrieCache() })
  const order = shuffled(entries, entries.length)
  for (const [key, value] of order) kamt.set(key, value)
  expect(kamt.flush().toString()).toBe(root.toString())
  expectSubset(built, store)
  for (const [key] of order) expect(kamt.delete(key)).toBe(true)
  expect(kamt.isEmpty()).toBe(true)
  for (const [key, value] of entries) kamt.set(key, value)
  expect(kamt.flush().toString()).toBe(root.toString())
  counts.storages++
  counts.slots += entries.length
}

function rebuildAmt(store: Blockstore, root: CID, version: 0 | 3): Uint8Array[] {
  const amt = Amt.load(store, root, rawCodec, version)
  const entries = [...amt.entries()]
  expect(entries.length).toBe(amt.count)
  const built = new MemoryBlockstore()
  const copy = Amt.create(built, rawCodec, { version, bitWidth: amt.bitWidth })
  for (const [index, value] of shuffled(entries, entries.length)) copy.set(index, value)
  expect(copy.flush().toString()).toBe(root.toString())
  expectSubset(built, store)
  counts.arrays++
  counts.values += entries.length
  return entries.map(([, value]) => value)
}

/** A state: `[5, actors, info]`; in it the init actor's map of addresses, and the storage of every EVM actor. */
function checkState(store: Blockstore, root: CID, evm: string | undefined, init: string | undefined): void {
  if (!once(root) || !store.has(root)) return
  counts.states++
  const [version, actors] = expectTuple(getCbor(store, root), 3, "state")
  expect(version).toBe(5)
  for (const [, raw] of rebuildHamt(store, expectLink(actors, "state.actors"))) {
    counts.actors++
    const [code, head] = expectTuple(decode(raw), 5, "actor")
    const state = expectLink(head, "actor.state")
    if (!once(state)) continue
    if (code?.toString() === evm) {
      const parts = getCbor(store, state) as unknown[]
      const storage = expectLink(parts[2], "evm.contractState")
      if (once(storage)) rebuildKamt(store, storage)
    }
    if (code?.toString() === init) {
      const parts = getCbor(store, state)
      // The stand-ins for actors in the kernel's vectors have states of their own.
      if (Array.isArray(parts) && parts.length === 3) rebuildHamt(store, expectLink(parts[0], "init.addressMap"))
    }
  }
}

/** Every DAG-CBOR block is written as it was read, and its links are found without decoding. */
function checkBlocks(store: MemoryBlockstore): void {
  for (const { cid, bytes } of store.blocks()) {
    if (cid.code !== 0x71 || !once(cid)) continue
    const value = decode(bytes)
    expect(cidOfBlock(0x71, encode(value)).toString()).toBe(cid.toString())
    const links: string[] = []
    const collect = (item: unknown): void => {
      if (Array.isArray(item)) item.forEach(collect)
      else if (item !== null && typeof item === "object" && !(item instanceof Uint8Array)) {
        if ("asCID" in item) links.push(String(item))
        else Object.values(item).forEach(collect)
      }
    }
    collect(value)
    expect(linksOf(bytes).map(String).sort()).toEqual(links.sort())
    counts.blocks++
  }
}

type Vector = { pre: { root: string; car: string; manifest: [string, string][] } }

describe.skipIf(!there).each(["kernel", "official"])("states of the vectors in %s", (folder) => {
  it("are built again with the same roots", () => {
    const path = `${SHARED}/${folder}`
    // Hundreds of files begin with the same few states.
    for (const file of readdirSync(path).filter((name) => name.endsWith(".json"))) {
      const { pre } = JSON.parse(readFileSync(`${path}/${file}`, "utf8")) as Vector
      const root = parseCid(pre.root)
      if (done.has(cidKey(root))) continue
      const car = decodeCar(new Uint8Array(Buffer.from(pre.car, "base64")))
      const store = new MemoryBlockstore()
      store.putMany(car.blocks)
      const codes = new Map(pre.manifest)
      checkState(store, root, codes.get("evm"), codes.get("init"))
      checkBlocks(store)
    }
    expect(counts.states).toBeGreaterThan(100)
  })
})

type Replay = {
  codes: Record<string, { "/": string }>
  tipsets: {
    key: string[]
    stateBefore: string
    stateAfter?: string
    receiptsRoot?: string
    applied: { receipt: { EventsRoot: { "/": string } | null } }[]
  }[]
}

describe.skipIf(!there).each(["lotus", "lotus-storage"])("the chain in %s", (folder) => {
  it("has states, receipts, events and messages that are built again with the same roots", () => {
    const path = `${SHARED}/${folder}/chain`
    const replay = JSON.parse(readFileSync(`${path}/replay.json`, "utf8")) as Replay
    const bytes = new Uint8Array(gunzipSync(readFileSync(`${path}/chain.car.gz`)))
    const car = decodeCar(bytes)
    const store = new MemoryBlockstore()
    store.putMany(car.blocks)
    expect(Buffer.compare(encodeCar(car.roots, car.blocks), bytes)).toBe(0)

    const before = { ...counts }
    for (const tipset of replay.tipsets) {
      for (const state of [tipset.stateBefore, tipset.stateAfter])
        if (state !== undefined) checkState(store, parseCid(state), replay.codes.evm?.["/"], replay.codes.init?.["/"])
      const receipts = tipset.receiptsRoot === undefined ? undefined : parseCid(tipset.receiptsRoot)
      if (receipts !== undefined && store.has(receipts) && once(receipts)) {
        for (const raw of rebuildAmt(store, receipts, 0)) {
          const [, , , root] = expectTuple(decode(raw), 4, "receipt")
          const events = expectNullable(root, "receipt.eventsRoot", expectLink)
          if (events !== undefined && store.has(events) && once(events)) rebuildAmt(store, events, 3)
        }
      }
      for (const key of tipset.key) {
        const header = parseCid(key)
        if (!store.has(header)) continue
        const messages = expectLink(expectTuple(getCbor(store, header), 16, "header")[10], "header.messages")
        if (!store.has(messages) || !once(messages)) continue
        for (const list of expectTuple(getCbor(store, messages), 2, "messages"))
          rebuildAmt(store, expectLink(list, "messages"), 0)
      }
    }
    checkBlocks(store)
    expect(counts.states).toBeGreaterThan(before.states)
    expect(counts.arrays).toBeGreaterThan(before.arrays)
  })
})

afterAll(() => {
  if (there) console.info(`read and built again: ${JSON.stringify(counts)}`)
})
