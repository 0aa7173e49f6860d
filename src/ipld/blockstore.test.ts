import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import fc from "fast-check"
import { open } from "lmdb"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Block, type Blockstore, getCbor, MemoryBlockstore, mustGet, putCbor } from "./blockstore.ts"
import {
  CBOR,
  CID,
  cidOfBlock,
  DAG_CBOR,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
  identityCid,
  RAW,
} from "./cid.ts"
import { encode, type Ipld } from "./dag-cbor.ts"
import { BlockNotFound, BlockstoreError, CborError, UnexpectedLink } from "./errors.ts"
import { LmdbBlockstore, openBlockDatabase } from "./lmdb-blockstore.ts"
import { OverlayBlockstore, ReadThroughBlockstore } from "./overlay-blockstore.ts"
import { InjectedFault, TrackingBlockstore, utf8 } from "./testing/stores.ts"

let folder: string
let number = 0
const opened: LmdbBlockstore[] = []
const newPath = (): string => join(folder, `store-${number++}`)
function openStore(path: string = newPath(), cacheBytes?: number): LmdbBlockstore {
  const store = LmdbBlockstore.open(path, cacheBytes === undefined ? {} : { cacheBytes })
  opened.push(store)
  return store
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fevm-ipld-"))
})
afterAll(async () => {
  for (const store of opened) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const blockOf = (value: Ipld): Block => {
  const bytes = encode(value)
  return { cid: cidOfBlock(DAG_CBOR, bytes), bytes }
}

describe.each<[string, () => Blockstore]>([
  ["MemoryBlockstore", () => new MemoryBlockstore()],
  ["LmdbBlockstore", () => openStore()],
  ["LmdbBlockstore without cache", () => openStore(newPath(), 0)],
  ["OverlayBlockstore", () => new OverlayBlockstore(new MemoryBlockstore())],
  ["ReadThroughBlockstore", () => new ReadThroughBlockstore(new MemoryBlockstore(), new MemoryBlockstore())],
])("%s", (_, create) => {
  it("gives back what was put, and nothing else", () => {
    const store = create()
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (contents) => {
        const blocks = contents.map((bytes) => ({ cid: cidOfBlock(RAW, bytes), bytes }))
        store.putMany(blocks.slice(1))
        for (const { cid, bytes } of blocks.slice(0, 1)) store.put(cid, bytes)
        for (const { cid, bytes } of blocks) {
          expect(store.has(cid)).toBe(true)
          const got = store.get(cid)
          expect(got?.constructor).toBe(Uint8Array)
          expect(got).toEqual(bytes)
        }
      }),
      { numRuns: 30 },
    )
    const missing = cidOfBlock(RAW, utf8("missing"))
    expect(store.get(missing)).toBeUndefined()
    expect(store.has(missing)).toBe(false)
    expect(() => mustGet(store, missing)).toThrow(BlockNotFound)
    expect(getCbor(store, putCbor(store, [1, "a"]))).toEqual([1, "a"])
  })

  it("an empty block is a block", () => {
    const store = create()
    const cid = cidOfBlock(RAW, new Uint8Array(0))
    store.put(cid, new Uint8Array(0))
    expect(store.has(cid)).toBe(true)
    expect(store.get(cid)).toEqual(new Uint8Array(0))
  })

  it("the same hash under another codec is another block", () => {
    const store = create()
    const bytes = encode([1])
    store.put(cidOfBlock(DAG_CBOR, bytes), bytes)
    expect(store.has(cidOfBlock(RAW, bytes))).toBe(false)
  })
})

describe("OverlayBlockstore", () => {
  const commitment = (codec: number): CID =>
    CID.createV1(codec, {
      code: 0x1012,
      size: 32,
      digest: new Uint8Array(32),
      bytes: Uint8Array.of(0x92, 0x20, 32, ...new Uint8Array(32)),
    })

  it("moves what the root reaches, and leaves the rest", () => {
    const base = new MemoryBlockstore()
    const overlay = new OverlayBlockstore(base)
    const leaf = putCbor(overlay, "leaf")
    const inner = putCbor(overlay, { leaf, again: leaf, identity: identityCid(CBOR, Uint8Array.of(0)) })
    const root = putCbor(overlay, [inner, commitment(FIL_COMMITMENT_SEALED), commitment(FIL_COMMITMENT_UNSEALED)])
    const stray = putCbor(overlay, "stray")
    expect(base.size).toBe(0)
    expect(overlay.flushReachable(root)).toBe(3)
    expect([leaf, inner, root].every((cid) => base.has(cid))).toBe(true)
    expect(base.has(stray)).toBe(false)
    expect(overlay.size).toBe(1)
    expect(overlay.has(stray)).toBe(true)
    overlay.discard()
    expect(overlay.has(stray)).toBe(false)
    expect(overlay.has(root)).toBe(true)
  })

  it("a link that is not held back is taken to be in the base, with all below it", () => {
    const overlay = new OverlayBlockstore(new MemoryBlockstore())
    const root = putCbor(overlay, [cidOfBlock(DAG_CBOR, utf8("elsewhere"))])
    expect(overlay.flushReachable(root)).toBe(1)
  })

  it("follows links inside identity CIDs of DAG-CBOR, and none inside CBOR or raw blocks", () => {
    const overlay = new OverlayBlockstore(new MemoryBlockstore())
    const leaf = putCbor(overlay, "leaf")
    expect(overlay.reachable(identityCid(DAG_CBOR, encode([leaf]))).length).toBe(1)
    const bytes = encode([leaf])
    const cbor = cidOfBlock(CBOR, bytes)
    overlay.put(cbor, bytes)
    expect(overlay.reachable(cbor).length).toBe(1)
  })

  it("refuses links that a state must not have, and moves nothing then", () => {
    const base = new MemoryBlockstore()
    const overlay = new OverlayBlockstore(base)
    const sha = CID.createV1(DAG_CBOR, {
      code: 0x12,
      size: 32,
      digest: new Uint8Array(32),
      bytes: Uint8Array.of(0x12, 32, ...new Uint8Array(32)),
    })
    const short = CID.createV1(DAG_CBOR, {
      code: 0xb220,
      size: 20,
      digest: new Uint8Array(20),
      bytes: Uint8Array.of(0xa0, 0xe4, 2, 20, ...new Uint8Array(20)),
    })
    for (const link of [sha, short, cidOfBlock(0x70, utf8("dag-pb"))]) {
      const root = putCbor(overlay, [link])
      expect(() => overlay.flushReachable(root)).toThrow(UnexpectedLink)
    }
    const broken = cidOfBlock(DAG_CBOR, Uint8Array.of(0x82))
    overlay.put(broken, Uint8Array.of(0x82))
    expect(() => overlay.flushReachable(broken)).toThrow(CborError)
    expect(base.size).toBe(0)
    expect(overlay.size).toBe(4)
  })

  it("keeps its blocks when the base fails", () => {
    const base = new TrackingBlockstore()
    const overlay = new OverlayBlockstore(base)
    const root = putCbor(overlay, [putCbor(overlay, 1), putCbor(overlay, 2)])
    base.failAfter = 1
    expect(() => overlay.flushReachable(root)).toThrow(InjectedFault)
    expect(overlay.size).toBe(3)
    expect(overlay.flushReachable(root)).toBe(3)
    expect(base.inner.size).toBe(3)
  })

  it("flushAll moves everything; overlays stand on overlays", () => {
    const base = new MemoryBlockstore()
    const lower = new OverlayBlockstore(base)
    const upper = new OverlayBlockstore(lower)
    const cid = putCbor(upper, "x")
    upper.flushAll()
    expect([upper.size, lower.size, base.size]).toEqual([0, 1, 0])
    expect(upper.has(cid)).toBe(true)
  })
})

describe("ReadThroughBlockstore", () => {
  it("asks the far store once, and writes to the near one", () => {
    const near = new MemoryBlockstore()
    const far = new TrackingBlockstore()
    const cid = putCbor(far, "far")
    const store = new ReadThroughBlockstore(near, far)
    expect(store.has(cid)).toBe(true)
    expect(near.has(cid)).toBe(false)
    for (let i = 0; i < 3; i++) expect(store.get(cid)).toEqual(encode("far"))
    expect(far.reads).toBe(1)
    const own = putCbor(store, "own")
    expect(far.inner.has(own)).toBe(false)
    expect(near.has(own)).toBe(true)
  })
})

describe("LmdbBlockstore", () => {
  it("keeps its blocks over a close, and lists them", async () => {
    const path = newPath()
    const first = openStore(path)
    const blocks = [1, 2, 3].map(blockOf)
    first.putMany(blocks)
    await first.close()
    await first.close()
    expect(() => first.get(blocks[0]!.cid)).toThrow(BlockstoreError)
    expect(() => first.put(blocks[0]!.cid, blocks[0]!.bytes)).toThrow(BlockstoreError)
    const second = openStore(path)
    for (const { cid, bytes } of blocks) expect(second.get(cid)).toEqual(bytes)
    expect([...second.blocks()].map(({ cid }) => cid.toString()).sort()).toEqual(
      blocks.map(({ cid }) => cid.toString()).sort(),
    )
  })

  it("putMany is all or nothing", () => {
    const store = openStore()
    function* failing(): Generator<Block> {
      yield blockOf("first")
      throw new InjectedFault("injected")
    }
    expect(() => store.putMany(failing())).toThrow(BlockstoreError)
    expect(store.has(blockOf("first").cid)).toBe(false)
  })

  it("put and putMany take part in a transaction from outside: all of it, or nothing", async () => {
    const root = open({ path: newPath() })
    const table = root.openDB<string, string>({ name: "index" })
    const store = new LmdbBlockstore(openBlockDatabase(root))
    const tipset = (fail: boolean): void => {
      root.transactionSync(() => {
        store.put(blockOf("a").cid, blockOf("a").bytes)
        store.putMany([blockOf("b"), blockOf("c")])
        table.putSync("head", "a")
        expect(store.get(blockOf("b").cid)).toEqual(blockOf("b").bytes)
        if (fail) throw new InjectedFault("injected")
      })
    }
    expect(() => tipset(true)).toThrow(InjectedFault)
    store.clearCache()
    for (const name of ["a", "b", "c"]) expect(store.has(blockOf(name).cid)).toBe(false)
    expect(store.get(blockOf("b").cid)).toBeUndefined()
    expect(table.get("head")).toBeUndefined()
    tipset(false)
    for (const name of ["a", "b", "c"]) expect(store.get(blockOf(name).cid)).toEqual(blockOf(name).bytes)
    expect(table.get("head")).toBe("a")
    await store.close()
    // The environment was handed in: it is still open.
    expect(table.get("head")).toBe("a")
    await root.close()
  })

  it("transaction() forgets what was read back inside when it aborts", () => {
    const store = openStore()
    const block = blockOf("inside")
    const work = (): void => {
      store.put(block.cid, block.bytes)
      expect(store.get(block.cid)).toEqual(block.bytes)
      throw new InjectedFault("injected")
    }
    expect(() => store.transaction(work)).toThrow(InjectedFault)
    expect(store.get(block.cid)).toBeUndefined()
    expect(store.transaction(() => 7)).toBe(7)
  })

  it("an identity CID too long for a key is not there and cannot be put", () => {
    const store = openStore()
    const cid = identityCid(RAW, new Uint8Array(3000))
    expect(store.get(cid)).toBeUndefined()
    expect(store.has(cid)).toBe(false)
    expect(() => store.put(cid, new Uint8Array(3000))).toThrow(BlockstoreError)
  })

  it("a path that cannot be opened is a BlockstoreError", () => {
    const file = newPath()
    writeFileSync(file, "no folder")
    expect(() => LmdbBlockstore.open(join(file, "store"))).toThrow(BlockstoreError)
  })

  it("finds what another thread wrote while this one had no pause, and the other way round", async () => {
    const path = newPath()
    const store = openStore(path)
    const own = blockOf("own")
    store.put(own.cid, own.bytes)
    const foreign = blockOf("foreign")
    // This snapshot is taken before the other thread writes.
    expect(store.has(foreign.cid)).toBe(false)
    const shared = new Int32Array(new SharedArrayBuffer(4))
    // Plain JavaScript on lmdb itself: a thread that has to load TypeScript needs this one's event loop.
    const worker = new Worker(
      `const { workerData: { path, shared, own, cid, bytes } } = require("node:worker_threads")
       const root = require("lmdb").open({ path, keyEncoding: "binary", encoding: "binary", maxDbs: 4 })
       const blocks = root.openDB({ name: "blocks", keyEncoding: "binary", encoding: "binary" })
       const seen = blocks.getBinary(own) !== undefined
       blocks.putSync(cid, bytes)
       Atomics.store(shared, 0, seen ? 1 : 2)
       Atomics.notify(shared, 0)
       root.close()`,
      {
        eval: true,
        execArgv: [],
        workerData: { path, shared, own: own.cid.bytes, cid: foreign.cid.bytes, bytes: foreign.bytes },
      },
    )
    const ended = new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject))
    // Without leaving this turn of the event loop, so that lmdb cannot refresh its snapshot by itself.
    Atomics.wait(shared, 0, 0, 30_000)
    expect(Atomics.load(shared, 0)).toBe(1)
    expect(store.get(foreign.cid)).toEqual(foreign.bytes)
    expect(await ended).toBe(0)
  })
})
