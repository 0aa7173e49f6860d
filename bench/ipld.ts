/*
 * What the kernel's IPLD costs. Prints medians in microseconds:  node --import tsx bench/ipld.ts
 *
 * The tree is a state tree as the network has it: 10,000 actors, bit width 5, values of five fields.
 */
import { decode as libraryDecode, encode as libraryEncode } from "@ipld/dag-cbor"
import { blake2b } from "@noble/hashes/blake2.js"
import { blake2b256 } from "../src/ipld/blake2b.ts"
import { MemoryBlockstore } from "../src/ipld/blockstore.ts"
import { cidOfBlock, DAG_CBOR } from "../src/ipld/cid.ts"
import { type Codec, cborCodec } from "../src/ipld/codec.ts"
import type { Ipld } from "../src/ipld/dag-cbor.ts"
import { Hamt } from "../src/ipld/hamt.ts"
import { TrieCache } from "../src/ipld/hash-trie.ts"
import { Kamt, uint256Codec } from "../src/ipld/kamt.ts"

const ENTRIES = 10_000
const rows: [string, number][] = []

/** Median over rounds of the time of one operation; `prepare` is not counted. */
function measure<T>(name: string, operations: number, prepare: () => T, work: (prepared: T) => void): void {
  const times: number[] = []
  for (let round = 0; round < 7; round++) {
    const prepared = prepare()
    const start = performance.now()
    work(prepared)
    times.push(((performance.now() - start) * 1000) / operations)
  }
  times.sort((a, b) => a - b)
  rows.push([name, times[3] as number])
}

function idKey(id: number): Uint8Array {
  const bytes = [0]
  for (; id >= 0x80; id >>>= 7) bytes.push((id & 0x7f) | 0x80)
  bytes.push(id)
  return Uint8Array.from(bytes)
}

const code = cidOfBlock(DAG_CBOR, Uint8Array.of(0))
const actor = (nonce: number): Ipld => [code, code, nonce, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), null]
const codec: Codec<Ipld> = cborCodec(
  (value: Ipld) => value,
  (value) => value,
)
const keys = Array.from({ length: ENTRIES }, (_, i) => idKey(1000 + i))

const store = new MemoryBlockstore()
const full = Hamt.create(store, codec, { bitWidth: 5 })
keys.forEach((key, i) => {
  full.set(key, actor(i))
})
const root = full.flush()
const cold = { bitWidth: 5, cache: new TrieCache(1) }

measure(
  "HAMT: build, a set",
  ENTRIES,
  () => Hamt.create(store, codec, { bitWidth: 5 }),
  (hamt) => {
    keys.forEach((key, i) => {
      hamt.set(key, actor(i))
    })
  },
)
measure(
  "HAMT: flush, an entry",
  ENTRIES,
  () => {
    const hamt = Hamt.create(store, codec, { bitWidth: 5 })
    keys.forEach((key, i) => {
      hamt.set(key, actor(i))
    })
    return hamt
  },
  (hamt) => hamt.flush(),
)
measure(
  "HAMT: get, all nodes and values decoded",
  ENTRIES,
  () => full,
  (hamt) => {
    for (const key of keys) hamt.get(key)
  },
)
measure(
  "HAMT: get, no cache: nodes read and decoded on the way",
  ENTRIES,
  () => Hamt.load(store, root, codec, cold),
  (hamt) => {
    for (const key of keys) hamt.get(key)
  },
)
measure(
  "HAMT: load, get, set 3 actors, flush (a message)",
  500,
  () => undefined,
  () => {
    for (let i = 0; i < 500; i++) {
      const hamt = Hamt.load(store, root, codec, { bitWidth: 5 })
      for (let j = 0; j < 3; j++) {
        const key = keys[(i * 31 + j * 977) % ENTRIES] as Uint8Array
        hamt.get(key)
        hamt.set(key, actor(i + 100_000))
      }
      hamt.flush()
    }
  },
)

const words = Array.from({ length: ENTRIES }, (_, i) => {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, (i % 7) * 0x1234567)
  new DataView(key.buffer).setUint32(28, i)
  return key
})
measure(
  "KAMT: build and flush, a slot",
  ENTRIES,
  () => Kamt.create(store, uint256Codec),
  (kamt) => {
    for (const key of words) kamt.set(key, 12345678901234567890n)
    kamt.flush()
  },
)

const node = store.get(root) as Uint8Array
const decoded = libraryDecode<Ipld>(node)
measure(
  `node of ${node.length} bytes: decode, ours (values left encoded)`,
  1000,
  () => undefined,
  () => {
    for (let i = 0; i < 1000; i++) Hamt.load(store, root, codec, { bitWidth: 5, cache: new TrieCache() })
  },
)
measure(
  "the same: decode, @ipld/dag-cbor",
  1000,
  () => undefined,
  () => {
    for (let i = 0; i < 1000; i++) libraryDecode(node)
  },
)
measure(
  "the same: encode, @ipld/dag-cbor",
  1000,
  () => undefined,
  () => {
    for (let i = 0; i < 1000; i++) libraryEncode(decoded)
  },
)
const block = new Uint8Array(1500)
measure(
  "blake2b-256 of 1,500 bytes, ours",
  1000,
  () => undefined,
  () => {
    for (let i = 0; i < 1000; i++) blake2b256(block)
  },
)
measure(
  "blake2b-256 of 1,500 bytes, @noble/hashes",
  1000,
  () => undefined,
  () => {
    for (let i = 0; i < 1000; i++) blake2b(block, { dkLen: 32 })
  },
)

for (const [name, time] of rows) console.log(`${time.toFixed(2).padStart(9)} us  ${name}`)
