import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, expect, test } from "vitest"
import { CBOR, type CID, cidOfBlock, DAG_CBOR, decodeCid, RAW } from "../ipld/cid.ts"
import { nameOf } from "./packs.ts"
import { nameOfKey } from "./places.ts"
import { ChainStore } from "./store.ts"

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "fevm-packs-test-"))
  closers.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function open(path: string): ChainStore {
  const store = new ChainStore({ path, durable: false })
  closers.push(() => store.close())
  return store
}

/** A node of a tree: some of its links changed with each version, as those of the version before. */
function node(tree: number, version: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) {
    const link = Math.floor(at / 42)
    const since = version - ((version + link) % 8)
    bytes[at] = Math.imul(at + 1, Math.imul(since + 3, 0x9e3779b1) ^ Math.imul(tree + 1, 0x85ebca6b)) >>> 24
  }
  return bytes
}

const block = fc.record({
  tree: fc.nat(3),
  version: fc.nat(40),
  length: fc.constantFrom(0, 50, 400, 1300, 5000, 17_000),
  codec: fc.constantFrom(DAG_CBOR, RAW, CBOR),
})
const step = fc.record({
  blocks: fc.array(block, { maxLength: 12 }),
  /** Which of two stores, as the threads of a node have one each. */
  by: fc.nat(1),
  fails: fc.boolean(),
})

test("blocks are read as they were put, by whichever store; what is undone is not there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, behind) => {
      const path = folder()
      const stores = [false, behind].map((late) => new ChainStore({ path, durable: false, behind: late }))
      const kept = new Map<string, readonly [CID, Uint8Array]>()
      for (const { blocks, by, fails } of steps) {
        const store = stores[by]!
        for (const other of stores) await other.settle()
        store.refresh()
        const made = blocks.map(({ tree, version, length, codec }) => {
          const bytes = node(tree, version, length)
          return { cid: cidOfBlock(codec, bytes), bytes }
        })
        try {
          store.transaction(() => {
            store.blocks.putMany(made)
            for (const { cid, bytes } of made) expect(store.blocks.get(cid)).toEqual(bytes)
            if (fails) throw new RangeError("undo")
          })
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
        if (!fails) for (const { cid, bytes } of made) kept.set(String(nameOf(cid)), [cid, bytes])
        for (const { cid } of made) expect(store.blocks.has(cid)).toBe(kept.has(String(nameOf(cid))))
      }
      for (const store of stores) await store.settle()
      for (const store of stores) {
        store.refresh()
        for (const [cid, bytes] of kept.values()) expect(store.blocks.get(cid)).toEqual(bytes)
        const names = new Set([...store.blocks.keys(7)].flat().map((key) => String(nameOfKey(key))))
        expect([...names].sort()).toEqual([...kept.keys()].sort())
      }
      for (const store of stores) await store.close()
      rmSync(path, { recursive: true })
    }),
    { numRuns: 12 },
  )
})

test("versions of a node take a fraction of their bytes, and patches of patches have an end", () => {
  const store = open(folder())
  const cids = Array.from({ length: 100 }, (_, version) => {
    const bytes = node(0, version, 1300)
    const cid = cidOfBlock(DAG_CBOR, bytes)
    store.transaction(() => store.blocks.put(cid, bytes))
    return cid
  })
  expect(store.usage().packs!.bytes).toBeLessThan(100 * 1300 * 0.6)
  const depths = [...store.blocks.keys(100)].flat().map((key) => store.blocks.packsOf(key).length)
  expect(depths).toHaveLength(cids.length)
  expect(Math.max(...depths)).toBe(7)
  for (const [version, cid] of cids.entries()) expect(store.blocks.get(cid)).toEqual(node(0, version, 1300))
})

test("a block that is put again while others are patches of it stays readable", () => {
  const store = open(folder())
  const versions = [node(0, 1, 1300), node(0, 2, 1300), node(0, 1, 1300), node(0, 2, 1300), node(0, 1, 1300)]
  for (const bytes of versions)
    store.transaction(() => {
      store.blocks.put(cidOfBlock(DAG_CBOR, bytes), bytes)
    })
  for (const bytes of versions) expect(store.blocks.get(cidOfBlock(DAG_CBOR, bytes))).toEqual(bytes)
})

test("a block with another hash is found by its whole name", () => {
  const store = open(folder())
  // sha2-256 of nothing matters here: the store believes the name.
  const cid = decodeCid(Uint8Array.of(1, RAW, 0x12, 0x20, ...new Uint8Array(32).fill(5)))
  store.transaction(() => store.blocks.put(cid, Uint8Array.of(1, 2, 3)))
  expect(store.blocks.get(cid)).toEqual(Uint8Array.of(1, 2, 3))
})

test("outside of a transaction nothing is put", () => {
  const store = open(folder())
  const bytes = Uint8Array.of(1)
  expect(() => store.blocks.put(cidOfBlock(RAW, bytes), bytes)).toThrow(
    expect.objectContaining({ code: "database-write" }),
  )
})

test("what is moved is whole without the packs that it was in", () => {
  const path = folder()
  const first = open(path)
  const versions = Array.from({ length: 10 }, (_, version) => node(0, version, 1300))
  for (const bytes of versions)
    first.transaction(() => {
      first.blocks.put(cidOfBlock(DAG_CBOR, bytes), bytes)
    })
  const { blocks } = open(path)
  const before = [...blocks.packs()]
  const store = open(path)
  const last = cidOfBlock(DAG_CBOR, versions[9]!)
  store.transaction(() => {
    for (const key of [...store.blocks.keys(100)].flat())
      if (String(nameOfKey(key)) === String(nameOf(last))) store.blocks.move(key)
      else store.blocks.remove(key)
    for (const pack of before) store.blocks.removePack(pack)
  })
  expect(store.blocks.get(last)).toEqual(versions[9])
  expect([...store.blocks.keys(10)].flat()).toHaveLength(1)
})
