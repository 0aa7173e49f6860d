import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, expect, test } from "vitest"
import { type CID, cidOfBlock, RAW } from "../ipld/cid.ts"
import { nameOf } from "./packs.ts"
import { nameOfKey, volumeOfKey } from "./places.ts"
import { ChainStore } from "./store.ts"

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "fevm-places-test-"))
  closers.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function open(path: string, behind: boolean = false): ChainStore {
  const store = new ChainStore({ path, durable: false, behind })
  closers.push(() => store.close())
  return store
}

/** A block that has a pack of its own, so that 1,024 of them are a volume. */
function large(n: number): { readonly cid: CID; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(8200)
  new DataView(bytes.buffer).setUint32(0, n)
  return { cid: cidOfBlock(RAW, bytes), bytes }
}

/** One that shares its pack. */
function small(n: number): { readonly cid: CID; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(40)
  new DataView(bytes.buffer).setUint32(0, n)
  return { cid: cidOfBlock(RAW, bytes), bytes }
}

const step = fc.record({
  count: fc.integer({ min: 1, max: 700 }),
  mixed: fc.boolean(),
  by: fc.nat(1),
  fails: fc.boolean(),
  reopens: fc.boolean(),
})

test("blocks of all volumes are found by all, whoever wrote them, and none that was undone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 10 }), fc.boolean(), async (steps, behind) => {
      const path = folder()
      const stores = [open(path), open(path, behind)]
      const kept: CID[] = []
      const undone: CID[] = []
      let made = 0
      for (const { count, mixed, by, fails, reopens } of steps) {
        for (const store of stores) await store.settle()
        if (reopens) stores[by] = open(path, by === 1 && behind)
        const store = stores[by]!
        store.refresh()
        const blocks = Array.from({ length: count }, () => (mixed && made % 2 === 0 ? small(made++) : large(made++)))
        try {
          store.transaction(() => {
            store.blocks.putMany(blocks)
            if (fails) throw new RangeError("undo")
          })
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
        for (const { cid } of blocks) (fails ? undone : kept).push(cid)
      }
      for (const store of stores) await store.settle()
      for (const store of [...stores, open(path)]) {
        store.refresh()
        expect(kept.filter((cid) => !store.blocks.has(cid))).toEqual([])
        expect(undone.filter((cid) => store.blocks.has(cid))).toEqual([])
      }
      for (const close of closers.splice(0).reverse()) await close()
    }),
    { numRuns: 6 },
  )
}, 120_000)

test("a filter of a transaction that did not happen is believed by nobody, once others have finished the volume", () => {
  const path = folder()
  const [one, other] = [open(path), open(path)]
  const put = (store: ChainStore, from: number, to: number): void => {
    store.transaction(() => {
      for (let n = from; n < to; n++) store.blocks.put(large(n).cid, large(n).bytes)
      if (from >= 10_000) throw new RangeError("undo")
    })
  }
  put(one, 0, 300)
  expect(() => put(other, 10_000, 10_800)).toThrow(RangeError)
  put(one, 300, 1100)
  other.refresh()
  expect(Array.from({ length: 1100 }, (_, n) => n).filter((n) => !other.blocks.has(large(n).cid))).toEqual([])
})

test("what is left of volumes after a collection is found, and their filters are as small as they can be", () => {
  const store = open(folder())
  const blocks = Array.from({ length: 3000 }, (_, n) => large(n))
  store.transaction(() => store.blocks.putMany(blocks))
  const before = store.usage().filters!.bytes
  const stays = new Set(blocks.filter((_, n) => n % 500 === 0).map(({ cid }) => String(nameOf(cid))))
  store.transaction(() => {
    for (const key of [...store.blocks.keys(1000)].flat())
      if (!stays.has(String(nameOfKey(key)))) store.blocks.remove(key)
      else if (volumeOfKey(key) === 1) store.blocks.move(key)
    store.blocks.tidy()
  })
  for (const { cid, bytes } of blocks)
    expect(store.blocks.get(cid)).toEqual(stays.has(String(nameOf(cid))) ? bytes : undefined)
  expect(store.usage().filters!.bytes).toBeLessThanOrEqual(before)
  expect([...store.blocks.keys(10)].flat().map(volumeOfKey)).toEqual([0, 0, 0, 2, 2, 2])
})
