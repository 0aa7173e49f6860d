import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MemoryBlockstore, putCbor } from "./blockstore.ts"
import { cidOfBlock, DAG_CBOR, RAW } from "./cid.ts"
import { ipldCodec } from "./codec.ts"
import { decode, type Ipld } from "./dag-cbor.ts"
import { MalformedNode, ShapeError, StartKeyNotFound } from "./errors.ts"
import { TrieCache } from "./hash-trie.ts"
import { Kamt, type KamtOptions, uint256Codec } from "./kamt.ts"
import { createRandom, InjectedFault, shuffled, TrackingBlockstore, utf8 } from "./testing/stores.ts"

const EMPTY = "bafy2bzaceamp42wmmgr2g2ymg46euououzfyck7szknvfacqscohrvaikwfay"

function word(value: bigint): Uint8Array {
  const key = new Uint8Array(32)
  for (let i = 31; value > 0n; i--, value >>= 8n) key[i] = Number(value & 0xffn)
  return key
}

function toNumber(key: Uint8Array): bigint {
  return key.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

/** Slots as a Solidity contract has them: small numbers, and runs after a hash. */
const key = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc
    .tuple(
      fc.constantFrom(1n << 255n, 0xabcdef0123456789n << 190n, (0xabcdef0123456789n << 190n) | (1n << 60n)),
      fc.bigInt({ min: 0n, max: 20n }),
    )
    .map(([base, offset]) => base + offset),
  fc.constantFrom((1n << 256n) - 1n, 1n << 251n, 1n << 250n, 1n << 5n),
)

const CONFIGS: KamtOptions[] = [
  {},
  { bitWidth: 1, maxArrayWidth: 3 },
  { bitWidth: 4, minDataDepth: 1, maxArrayWidth: 3 },
  { bitWidth: 2, maxArrayWidth: 1 },
  { bitWidth: 8, maxArrayWidth: 3 },
  { bitWidth: 5, minDataDepth: 2 },
]

const operation = fc.record({
  kind: fc.constantFrom("set", "set", "set", "absent", "delete", "delete", "flush", "reload"),
  key,
  value: fc.bigInt({ min: 0n, max: 3n }),
})

describe.each(CONFIGS)("KAMT with %j", (options) => {
  it("is a Map, whatever the order of operations; and its root depends on its entries only", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100 }), fc.integer(), (operations, seed) => {
        const store = new MemoryBlockstore()
        let kamt = Kamt.create(store, uint256Codec, { ...options, cache: new TrieCache() })
        const model = new Map<bigint, bigint>()
        for (const { kind, key, value } of operations) {
          switch (kind) {
            case "set":
              expect(kamt.set(word(key), value)).toBe(model.get(key) !== value)
              model.set(key, value)
              break
            case "absent":
              expect(kamt.setIfAbsent(word(key), value)).toBe(!model.has(key))
              if (!model.has(key)) model.set(key, value)
              break
            case "delete":
              expect(kamt.delete(word(key))).toBe(model.delete(key))
              break
            case "flush":
              kamt.flush()
              break
            default:
              kamt = Kamt.load(store, kamt.flush(), uint256Codec, { ...options, cache: new TrieCache() })
          }
        }
        const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
        expect([...kamt.entries()].map(([key, value]) => [toNumber(key), value])).toEqual(sorted)
        for (const [key, value] of model) expect(kamt.get(word(key))).toBe(value)
        const last = sorted[sorted.length >> 1]
        if (last !== undefined) {
          const rest = [...kamt.entries(word(last[0]))].map(([key]) => toNumber(key))
          expect(rest).toEqual(sorted.slice(sorted.length >> 1).map(([key]) => key))
        }

        const other = Kamt.create(new MemoryBlockstore(), uint256Codec, { ...options, cache: new TrieCache() })
        for (const [key, value] of shuffled([...model], seed)) other.set(word(key), value)
        expect(other.flush()).toEqual(kamt.flush())
      }),
      { numRuns: 60 },
    )
  })

  it("diff is the difference of the Maps, also where an extension was split", () => {
    const pairs = fc.array(fc.tuple(key, fc.bigInt({ min: 0n, max: 2n })), { maxLength: 60 })
    fc.assert(
      fc.property(pairs, pairs, fc.boolean(), (base, changes, flush) => {
        const store = new MemoryBlockstore()
        const before = Kamt.create(store, uint256Codec, { ...options, cache: new TrieCache() })
        for (const [key, value] of base) before.set(word(key), value)
        const after = Kamt.load(store, before.flush(), uint256Codec, { ...options, cache: new TrieCache() })
        for (const [key, value] of changes) {
          if (value === 2n) after.delete(word(key))
          else after.set(word(key), value)
        }
        if (flush) after.flush()
        const keys = new Set([...base, ...changes].map(([key]) => key))
        const expected = new Map<bigint, unknown>()
        for (const key of keys) {
          const [a, b] = [before.get(word(key)), after.get(word(key))]
          if (a !== b) expected.set(key, [a, b])
        }
        const found = [...before.diff(after)].map(({ key, before, after }) => [toNumber(key), [before, after]])
        expect(new Map(found as [bigint, unknown][])).toEqual(expected)
        expect(found.length).toBe(expected.size)
      }),
      { numRuns: 60 },
    )
  })

  it("an error of the store at any call changes nothing", () => {
    const random = createRandom(11)
    const seeded = new TrackingBlockstore()
    const base = Kamt.create(seeded, uint256Codec, { ...options, cache: new TrieCache() })
    const model = new Map<bigint, bigint>()
    for (let i = 0n; i < 200n; i++) {
      const place = i % 3n === 0n ? i : (1n << 200n) * (i % 5n) + i
      base.set(word(place), i)
      model.set(place, i)
    }
    const root = base.flush()
    const keys = [...model.keys()]
    for (let failAfter = 0; failAfter < 40; failAfter++) {
      const store = new TrackingBlockstore(seeded.inner)
      const expected = new Map(model)
      const kamt = Kamt.load(store, root, uint256Codec, { ...options, cache: new TrieCache() })
      store.failAfter = failAfter
      for (let step = 0; step < 30; step++) {
        const place = (keys[random() % keys.length] as bigint) + BigInt(random() % 2)
        try {
          if (step % 3 === 0) {
            kamt.delete(word(place))
            expected.delete(place)
          } else if (step % 7 === 0) kamt.flush()
          else {
            kamt.set(word(place), BigInt(step))
            expected.set(place, BigInt(step))
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InjectedFault)
        }
      }
      store.failAfter = undefined
      const rebuilt = Kamt.create(new MemoryBlockstore(), uint256Codec, { ...options, cache: new TrieCache() })
      for (const [key, value] of expected) rebuilt.set(word(key), value)
      expect(kamt.flush()).toEqual(rebuilt.flush())
    }
  })
})

describe("KAMT nodes", () => {
  it("an empty tree is the node with nothing in it", () => {
    expect(Kamt.create(new MemoryBlockstore(), uint256Codec).flush().toString()).toBe(EMPTY)
  })

  it("two neighbours share one link with an extension over all levels that they share", () => {
    const store = new MemoryBlockstore()
    const kamt = Kamt.create(store, uint256Codec)
    kamt.set(word(1n), 5n)
    kamt.set(word(2n), 6n)
    const root = decode(store.get(kamt.flush()) as Uint8Array) as [Uint8Array, [{ l: [unknown, number, Uint8Array] }]]
    expect(root[0]).toEqual(Uint8Array.of(1))
    // The words differ in bits 254 and 255. Levels of 5 bits begin at 0, 5, ..., 250: the child stands at 250.
    expect(root[1][0].l[1]).toBe(245)
    expect(root[1][0].l[2]).toEqual(new Uint8Array(31))
  })

  it("a lone entry is a bucket in the root, key and value without leading zeros", () => {
    const store = new MemoryBlockstore()
    const kamt = Kamt.create(store, uint256Codec)
    kamt.set(word(0x0100n), 0n)
    expect(decode(store.get(kamt.flush()) as Uint8Array)).toEqual([
      Uint8Array.of(1),
      [{ v: [[Uint8Array.of(1, 0), new Uint8Array(0)]] }],
    ])
  })

  it("refuses keys that are not 32 bytes and values that are not 256-bit words", () => {
    const kamt = Kamt.create(new MemoryBlockstore(), uint256Codec)
    expect(() => kamt.get(new Uint8Array(31))).toThrow(ShapeError)
    expect(() => kamt.set(new Uint8Array(33), 1n)).toThrow(ShapeError)
    expect(() => kamt.set(word(1n), 1n << 256n)).toThrow(ShapeError)
    expect(() => kamt.set(word(1n), -1n)).toThrow(ShapeError)
    expect(kamt.isEmpty()).toBe(true)
  })

  it("iteration from a key that is not there is refused, also inside an extension", () => {
    const kamt = Kamt.create(new MemoryBlockstore(), uint256Codec)
    kamt.set(word(1n), 5n)
    kamt.set(word(2n), 6n)
    expect(() => [...kamt.entries(word(3n))]).toThrow(StartKeyNotFound)
    expect(() => [...kamt.entries(word(1n << 240n))]).toThrow(StartKeyNotFound)
  })

  const child = cidOfBlock(DAG_CBOR, utf8("child"))
  const entry: Ipld = [Uint8Array.of(1), Uint8Array.of(1)]
  const cases: [string, Ipld][] = [
    ["an untagged bucket", [entry]],
    ["an untagged link", child],
    ["a map of two", { v: [entry], l: [child, 0, new Uint8Array(0)] }],
    ["an unknown tag", { x: [entry] }],
    ["an empty bucket", { v: [] }],
    ["a bucket of two", { v: [entry, [Uint8Array.of(2), Uint8Array.of(1)]] }],
    ["a link of two", { l: [child, 0] }],
    ["an extension that is not whole levels", { l: [child, 6, Uint8Array.of(0)] }],
    ["an extension longer than its path", { l: [child, 10, Uint8Array.of(0)] }],
    ["an extension longer than the key", { l: [child, 255, new Uint8Array(32)] }],
    ["a child that is raw", { l: [cidOfBlock(RAW, utf8("x")), 0, new Uint8Array(0)] }],
    ["a key with a leading zero", { v: [[Uint8Array.of(0, 1), Uint8Array.of(1)]] }],
    ["a key of 33 bytes", { v: [[new Uint8Array(33).fill(1), Uint8Array.of(1)]] }],
  ]
  it.each(cases)("refuses %s", (_, pointer) => {
    const store = new MemoryBlockstore()
    const root = putCbor(store, [Uint8Array.of(1), [pointer]])
    expect(() => Kamt.load(store, root, uint256Codec, { cache: new TrieCache() })).toThrow(MalformedNode)
  })

  it("random changes to a block never give anything but a typed error", () => {
    const store = new MemoryBlockstore()
    const full = Kamt.create(store, ipldCodec)
    for (let i = 0n; i < 40n; i++) full.set(word(i * (1n << (i * 5n))), [Number(i)])
    const bytes = store.get(full.flush()) as Uint8Array
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const broken = cut ? bytes.slice(0, at) : bytes.slice()
        if (!cut) broken[at] = value
        const cid = cidOfBlock(DAG_CBOR, broken)
        store.put(cid, broken)
        try {
          const loaded = Kamt.load(store, cid, ipldCodec, { cache: new TrieCache() })
          for (const _ of loaded.entries());
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(malformed-|block-not-found|unexpected-shape|max-depth)/)
        }
      }),
      { numRuns: 500 },
    )
  })
})
