import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MemoryBlockstore, putCbor } from "./blockstore.ts"
import { cidOfBlock, RAW } from "./cid.ts"
import { bytesCodec, type Codec, cborCodec, ipldCodec } from "./codec.ts"
import type { Ipld } from "./dag-cbor.ts"
import { BlockNotFound, MalformedNode, MaxDepth, StartKeyNotFound } from "./errors.ts"
import { Hamt, type HamtOptions } from "./hamt.ts"
import { HashTrie, TrieCache, type TrieFormat } from "./hash-trie.ts"
import { createRandom, InjectedFault, shuffled, TrackingBlockstore, utf8 } from "./testing/stores.ts"

const EMPTY = "bafy2bzaceamp42wmmgr2g2ymg46euououzfyck7szknvfacqscohrvaikwfay"
const numberCodec: Codec<number> = cborCodec(
  (value: number): Ipld => value,
  (value) => value as number,
)

/** A tree and a store of its own, without the shared cache, so that reads can be counted. */
function fresh(options: HamtOptions = {}): {
  store: TrackingBlockstore
  hamt: Hamt<Uint8Array>
  load: (cid: ReturnType<Hamt<Uint8Array>["flush"]>) => Hamt<Uint8Array>
} {
  const store = new TrackingBlockstore()
  return {
    store,
    hamt: Hamt.create(store, bytesCodec, { ...options, cache: new TrieCache() }),
    load: (cid) => Hamt.load(store, cid, bytesCodec, { ...options, cache: new TrieCache() }),
  }
}

describe("HAMT: the roots and the traffic of the reference's own tests", () => {
  it("an empty tree is one block of three bytes", () => {
    const { store, hamt, load } = fresh()
    expect(hamt.flush().toString()).toBe(EMPTY)
    expect(load(hamt.flush()).isEmpty()).toBe(true)
    expect(store.stats).toEqual({ r: 1, w: 1, br: 3, bw: 3 })
  })

  it("set_if_absent sets once", () => {
    const { store, hamt, load } = fresh()
    expect(hamt.setIfAbsent(utf8("favorite-animal"), utf8("owl bear"))).toBe(true)
    expect(hamt.setIfAbsent(utf8("favorite-animal"), utf8("bright green bear"))).toBe(false)
    expect(hamt.setIfAbsent(utf8("favorite-animal"), utf8("owl bear"))).toBe(false)
    const root = hamt.flush()
    expect(load(root).setIfAbsent(utf8("favorite-animal"), utf8("bright green bear"))).toBe(false)
    expect(root.toString()).toBe("bafy2bzaced2tgnlsq4n2ioe6ldy75fw3vlrrkyfv4bq6didbwoob2552zvpuk")
    expect(store.stats).toEqual({ r: 1, w: 1, br: 63, bw: 63 })
  })

  it("a set without effect puts nothing", () => {
    const { store, hamt } = fresh({ bitWidth: 1 })
    for (let i = 0; i < 30; i++) hamt.set(utf8(i), utf8("filler"))
    expect(hamt.flush().toString()).toBe("bafy2bzacebjilcrsqa4uyxuh36gllup4rlgnvwgeywdm5yqq2ks4jrsj756qq")
    expect(hamt.set(utf8("favorite-animal"), utf8("bright green bear"))).toBe(true)
    expect(hamt.flush().toString()).toBe("bafy2bzacea7biyabzk7v7le2rrlec5tesjbdnymh5sk4lfprxibg4rtudwtku")
    expect(hamt.set(utf8("favorite-animal"), utf8("bright green bear"))).toBe(false)
    expect(hamt.flush().toString()).toBe("bafy2bzacea7biyabzk7v7le2rrlec5tesjbdnymh5sk4lfprxibg4rtudwtku")
    expect(store.stats).toEqual({ r: 0, w: 18, br: 0, bw: 1282 })
  })

  it("delete", () => {
    const { store, hamt, load } = fresh()
    hamt.set(utf8("foo"), utf8("cat dog bear"))
    hamt.set(utf8("bar"), utf8("cat dog"))
    hamt.set(utf8("baz"), utf8("cat"))
    const root = hamt.flush()
    expect(root.toString()).toBe("bafy2bzacebql36crv4odvxzstx2ubaczmawy2tlljxezvorcsoqeyyojxkrom")
    const second = load(root)
    expect(second.delete(utf8("foo"))).toBe(true)
    expect(second.has(utf8("foo"))).toBe(false)
    expect(second.delete(utf8("nonexistent"))).toBe(false)
    expect(second.flush().toString()).toBe("bafy2bzaced7up7wkm7cirieh5bs4iyula5inrprihmjzozmku3ywvekzzmlyi")
    expect(store.stats).toEqual({ r: 1, w: 2, br: 79, bw: 139 })
  })

  it("deleting the last entry gives the empty tree", () => {
    const { store, hamt, load } = fresh()
    hamt.set(Uint8Array.of(0), utf8("Test data"))
    const root = hamt.flush()
    expect(root.toString()).toBe("bafy2bzaceb2hikcc6tfuuuuehjstbiq356oruwx6ejyse77zupq445unranv6")
    const second = load(root)
    expect(second.delete(Uint8Array.of(0))).toBe(true)
    expect(second.flush().toString()).toBe(EMPTY)
    expect(store.stats).toEqual({ r: 1, w: 2, br: 31, bw: 34 })
  })

  it("set and delete many", () => {
    const { store, hamt } = fresh({ bitWidth: 5 })
    for (let i = 0; i < 200; i++) hamt.set(utf8(i), utf8(i))
    const first = hamt.flush().toString()
    expect(first).toBe("bafy2bzaceczhz54xmmz3xqnbmvxfbaty3qprr6dq7xh5vzwqbirlsnbd36z7a")
    for (let i = 200; i < 400; i++) hamt.set(utf8(i), utf8(i))
    expect(hamt.flush().toString()).toBe("bafy2bzacecxcp736xkl2mcyjlors3tug6vdlbispbzxvb75xlrhthiw2xwxvw")
    for (let i = 200; i < 400; i++) expect(hamt.delete(utf8(i))).toBe(true)
    for (let i = 0; i < 200; i++) expect(hamt.get(utf8(i))).toEqual(utf8(i))
    expect(hamt.flush().toString()).toBe(first)
    for (let i = 0; i < 200; i++) expect(hamt.delete(utf8(i))).toBe(true)
    expect(hamt.flush().toString()).toBe(EMPTY)
    expect(store.stats).toEqual({ r: 0, w: 94, br: 0, bw: 11737 })
  })

  it("iteration sees dirty, stored and changed nodes", () => {
    const { store, hamt, load } = fresh({ bitWidth: 5 })
    for (let i = 0; i < 200; i++) hamt.set(utf8(i), utf8(i))
    expect([...hamt.entries()].length).toBe(200)
    const root = hamt.flush()
    const second = load(root)
    const seen = [...second.entries()].map(([key]) => new TextDecoder().decode(key))
    expect(new Set(seen).size).toBe(200)
    expect(store.stats).toEqual({ r: 30, w: 30, br: 3209, bw: 3209 })
    second.set(utf8(10), utf8("modified-10"))
    second.set(utf8(80), utf8("modified-80"))
    second.set(utf8(81), utf8("modified-81"))
    expect(second.delete(utf8(30))).toBe(true)
    expect(second.delete(utf8(300))).toBe(false)
    expect(second.flush().toString()).toBe("bafy2bzacebln5j7tdfavh2qqhio6mgaoq6mm2jbmcex2ngcmi3uqlx5k3mov4")
    expect(store.writes).toBe(33)
    expect(store.bytesWritten).toBe(4697)
  })

  it("entries pulled up from a child are sorted by their keys", () => {
    const store = new TrackingBlockstore()
    const options = { bitWidth: 5, cache: new TrieCache() }
    const key = (i: number): Uint8Array => (i < 128 ? Uint8Array.of(i) : Uint8Array.of((i & 0x7f) | 0x80, i >> 7))
    const hamt = Hamt.create(store, numberCodec, options)
    for (let i = 100; i < 195; i++) hamt.set(key(i), 42)
    const root = hamt.flush()
    expect(root.toString()).toBe("bafy2bzacebqox3gtng4ytexyacr6zmaliyins3llnhbnfbcrqmhzuhmuuawqk")
    const second = Hamt.load(store, root, numberCodec, { bitWidth: 5, cache: new TrieCache() })
    second.delete(key(104))
    second.delete(key(108))
    expect(second.flush().toString()).toBe("bafy2bzacedlyeuub3mo4aweqs7zyxrbldsq2u4a2taswubudgupglu2j4eru6")
    Hamt.load(store, second.flush(), numberCodec, { bitWidth: 5, cache: new TrieCache() })
    expect(store.stats).toEqual({ r: 3, w: 11, br: 1449, bw: 1751 })
  })

  it.each([
    [8, ["K"], ["B"], "bafy2bzacecosy45hp4sz2t4o4flxvntnwjy7yaq43bykci22xycpeuj542lse"],
    [
      8,
      ["K0", "K1", "KAA1", "KAA2", "KAA3"],
      ["KAA4"],
      "bafy2bzaceaqdaj5aqkwugr7wx4to3fahynoqlxuo5j6xznly3khazgyxihkbo",
    ],
    [5, ["K"], ["B"], "bafy2bzacec3cquclaqkb32cntwtizgij55b7isb4s5hv5hv5ujbbeu6clxkug"],
    [6, ["K"], ["B"], "bafy2bzacebj7b2jahw7nxmu6mlhkwzucjmfq7aqlj52jusqtufqtaxcma4pdm"],
    [7, ["K"], ["B"], "bafy2bzacedrwwndijql6lmmtyicjwyehxtgey5fhzocc43hrzhetrz25v2k2y"],
    [
      5,
      ["K0", "K1", "KAA1", "KAA2", "KAA3"],
      ["KAA4"],
      "bafy2bzacedbiipe7l7gbtjandyyl6rqlkuqr2im2nl7d4bljidv5mta22rjqk",
    ],
    [
      6,
      ["K0", "K1", "KAA1", "KAA2", "KAA3"],
      ["KAA4"],
      "bafy2bzaceb3c76qlbsiv3baogpao3zah56eqonsowpkof33o5hmncfow4seso",
    ],
    [
      7,
      ["K0", "K1", "KAA1", "KAA2", "KAA3"],
      ["KAA4"],
      "bafy2bzacebhkyrwfexokaoygsx2crydq3fosiyfoa5bthphntmicsco2xf442",
    ],
  ])("canonical structure with identity hashing, bit width %i, keys %j", (bitWidth, keys, extra, expected) => {
    const store = new MemoryBlockstore()
    const trie = (root?: ReturnType<Hamt<Uint8Array>["flush"]>): HashTrie<Uint8Array> =>
      new HashTrie(
        IDENTITY_FORMAT,
        store,
        bytesCodec,
        { bitWidth, minDataDepth: 0, maxArrayWidth: 3 },
        root,
        new TrieCache(),
      )
    const tree = trie()
    keys.forEach((key, i) => {
      tree.set(utf8(key), utf8(i), true)
    })
    const root = tree.flush()
    expect(root.toString()).toBe(expected)
    const second = trie(root)
    for (const key of extra) second.set(utf8(key), utf8(0), true)
    for (const key of extra) second.delete(utf8(key))
    expect(second.flush().toString()).toBe(expected)
  })
})

const headOf = (length: number): number[] => (length < 24 ? [0x40 | length] : [0x58, length])
const IDENTITY_FORMAT: TrieFormat = {
  structure: "hamt",
  extensions: false,
  hashLength: 32,
  encodeKey: (key) => Uint8Array.from([...headOf(key.length), ...key]),
  decodeKey: (bytes, start, end) => bytes.slice(start + 1, end),
  hash(key) {
    const hash = new Uint8Array(32)
    hash.set(key.subarray(0, 32))
    return hash
  },
  compare: (a, b) => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!
    return a.length - b.length
  },
}

const CONFIGS: HamtOptions[] = [
  { bitWidth: 5 },
  { bitWidth: 8 },
  { bitWidth: 1 },
  { bitWidth: 3, maxArrayWidth: 1 },
  { bitWidth: 4, minDataDepth: 2, maxArrayWidth: 1 },
  { bitWidth: 2, minDataDepth: 1 },
]

/** Few different keys, so that operations meet. */
const operation = fc.record({
  kind: fc.constantFrom("set", "set", "set", "absent", "delete", "delete", "flush", "reload"),
  key: fc.integer({ min: 0, max: 60 }),
  value: fc.integer({ min: 0, max: 3 }),
})

describe.each(CONFIGS)("HAMT with %j", (options) => {
  it("is a Map, whatever the order of operations; and its root depends on its entries only", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), fc.integer(), (operations, seed) => {
        const store = new MemoryBlockstore()
        const cached = { ...options, cache: new TrieCache() }
        let hamt = Hamt.create(store, numberCodec, cached)
        const model = new Map<number, number>()
        for (const { kind, key, value } of operations) {
          switch (kind) {
            case "set":
              expect(hamt.set(utf8(key), value)).toBe(model.get(key) !== value)
              model.set(key, value)
              break
            case "absent":
              expect(hamt.setIfAbsent(utf8(key), value)).toBe(!model.has(key))
              if (!model.has(key)) model.set(key, value)
              break
            case "delete":
              expect(hamt.delete(utf8(key))).toBe(model.delete(key))
              break
            case "flush":
              hamt.flush()
              break
            default:
              hamt = Hamt.load(
                store,
                hamt.flush(),
                numberCodec,
                seed % 2 === 0 ? cached : { ...options, cache: new TrieCache() },
              )
          }
        }
        for (let key = 0; key <= 60; key++) {
          expect(hamt.get(utf8(key))).toBe(model.get(key))
          expect(hamt.has(utf8(key))).toBe(model.has(key))
        }
        const entries = [...hamt.entries()].map(([key, value]) => [Number(new TextDecoder().decode(key)), value])
        expect(new Map(entries as [number, number][])).toEqual(model)
        expect(entries.length).toBe(model.size)
        expect(hamt.isEmpty()).toBe(model.size === 0)

        const other = Hamt.create(new MemoryBlockstore(), numberCodec, { ...options, cache: new TrieCache() })
        for (const [key, value] of shuffled([...model], seed)) other.set(utf8(key), value)
        expect(other.flush()).toEqual(hamt.flush())
      }),
      { numRuns: 60 },
    )
  })

  it("diff is the difference of the Maps, and reads no equal subtree", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 2 })), {
      maxLength: 100,
    })
    fc.assert(
      fc.property(pairs, pairs, fc.boolean(), (base, changes, flush) => {
        const store = new MemoryBlockstore()
        const before = Hamt.create(store, numberCodec, { ...options, cache: new TrieCache() })
        for (const [key, value] of base) before.set(utf8(key), value)
        const after = Hamt.load(store, before.flush(), numberCodec, { ...options, cache: new TrieCache() })
        for (const [key, value] of changes) {
          if (value === 2) after.delete(utf8(key))
          else after.set(utf8(key), value)
        }
        if (flush) after.flush()
        const expected = new Map<string, [number | undefined, number | undefined]>()
        for (let key = 0; key <= 80; key++) {
          const [a, b] = [before.get(utf8(key)), after.get(utf8(key))]
          if (a !== b) expected.set(String(key), [a, b])
        }
        const found = [...before.diff(after)]
        expect(found.length).toBe(expected.size)
        for (const { key, before: a, after: b } of found)
          expect([a, b]).toEqual(expected.get(new TextDecoder().decode(key)))
      }),
      { numRuns: 40 },
    )
  })

  it("an error of the store at any call changes nothing", () => {
    const random = createRandom(7)
    const seeded = new TrackingBlockstore()
    const base = Hamt.create(seeded, numberCodec, { ...options, cache: new TrieCache() })
    const model = new Map<number, number>()
    for (let i = 0; i < 300; i++) {
      base.set(utf8(i), i)
      model.set(i, i)
    }
    const root = base.flush()
    for (let failAfter = 0; failAfter < 60; failAfter++) {
      const store = new TrackingBlockstore(seeded.inner)
      const expected = new Map(model)
      const hamt = Hamt.load(store, root, numberCodec, { ...options, cache: new TrieCache() })
      store.failAfter = failAfter
      let failed = 0
      for (let step = 0; step < 40; step++) {
        const key = random() % 320
        try {
          if (step % 3 === 0) {
            hamt.delete(utf8(key))
            expected.delete(key)
          } else if (step % 7 === 0) hamt.flush()
          else {
            hamt.set(utf8(key), step)
            expected.set(key, step)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InjectedFault)
          failed++
        }
      }
      expect(failed).toBeLessThanOrEqual(1)
      store.failAfter = undefined
      for (const [key, value] of expected) expect(hamt.get(utf8(key))).toBe(value)
      const rebuilt = Hamt.create(new MemoryBlockstore(), numberCodec, { ...options, cache: new TrieCache() })
      for (const [key, value] of expected) rebuilt.set(utf8(key), value)
      expect(hamt.flush()).toEqual(rebuilt.flush())
      // All of it is in the store.
      const reread = Hamt.load(seeded.inner, hamt.flush(), numberCodec, { ...options, cache: new TrieCache() })
      expect([...reread.entries()].length).toBe(expected.size)
    }
  })
})

describe("HAMT: economy", () => {
  it("a second load of a known root reads nothing, and a value is decoded once", () => {
    const store = new TrackingBlockstore()
    const cache = new TrieCache()
    let decoded = 0
    const codec: Codec<number> = {
      encode: numberCodec.encode,
      decode(item) {
        decoded++
        return numberCodec.decode(item)
      },
    }
    const hamt = Hamt.create(store, codec, { bitWidth: 5, cache })
    for (let i = 0; i < 1000; i++) hamt.set(utf8(i), i)
    const root = hamt.flush()
    for (let round = 0; round < 3; round++)
      expect(Hamt.load(store, root, codec, { bitWidth: 5, cache }).get(utf8(7))).toBe(7)
    expect(store.reads).toBe(0)
    expect(decoded).toBe(1)
  })

  it("a change stores the nodes on its way and no others", () => {
    const store = new TrackingBlockstore()
    const hamt = Hamt.create(store, numberCodec, { bitWidth: 5, cache: new TrieCache() })
    for (let i = 0; i < 5000; i++) hamt.set(utf8(i), i)
    hamt.flush()
    const before = store.writes
    hamt.set(utf8(17), -1)
    hamt.flush()
    expect(store.writes - before).toBeLessThanOrEqual(4)
  })
})

describe("HAMT: iteration", () => {
  it("begins at a given key and goes on in the same order", () => {
    const { hamt, load } = fresh({ bitWidth: 5 })
    for (let i = 0; i < 300; i++) hamt.set(utf8(i), utf8(i))
    const second = load(hamt.flush())
    const all = [...second.entries()].map(([key]) => new TextDecoder().decode(key))
    for (const at of [0, 1, 150, 298, 299]) {
      const from = [...second.entries(utf8(all[at]!))].map(([key]) => new TextDecoder().decode(key))
      expect(from).toEqual(all.slice(at))
    }
    expect([...second.keys()].length).toBe(300)
  })

  it("refuses a key that is not there", () => {
    const { hamt } = fresh({ bitWidth: 5 })
    expect(() => [...hamt.entries(utf8("none"))]).toThrow(StartKeyNotFound)
    for (let i = 0; i < 300; i++) hamt.set(utf8(i), utf8(i))
    expect(() => [...hamt.entries(utf8("none"))]).toThrow(StartKeyNotFound)
  })
})

describe("HAMT: refuses malformed nodes by name", () => {
  const cid = cidOfBlock(0x71, utf8("child"))
  const kv = (key: string): Ipld => [utf8(key), 1]
  const cases: [string, Ipld][] = [
    ["no list", 1],
    ["a list of three", [new Uint8Array(0), [], 1]],
    ["bitfield that is no byte string", ["", []]],
    ["bitfield of 33 bytes", [new Uint8Array(33), []]],
    ["more bits than pointers", [Uint8Array.of(3), [[kv("a")]]]],
    ["fewer bits than pointers", [Uint8Array.of(1), [[kv("a")], [kv("b")]]]],
    ["a bit beyond the bit width", [Uint8Array.of(1, 0, 0, 0, 0), [[kv("a")]]]],
    ["more pointers than slots", [new Uint8Array(32).fill(255), Array.from({ length: 256 }, (_, i) => [kv(`${i}`)])]],
    ["empty bucket", [Uint8Array.of(1), [[]]]],
    ["bucket of four", [Uint8Array.of(1), [["a", "b", "c", "d"].map(kv)]]],
    ["unsorted bucket", [Uint8Array.of(1), [["b", "a"].map(kv)]]],
    ["the same key twice", [Uint8Array.of(1), [["a", "a"].map(kv)]]],
    ["an entry of three", [Uint8Array.of(1), [[[utf8("a"), 1, 2]]]]],
    ["a pointer that is a number", [Uint8Array.of(1), [7]]],
    ["a pointer that is a map", [Uint8Array.of(1), [{ "0": cid }]]],
    [
      "a key that is text, in a bucket of two",
      [
        Uint8Array.of(1),
        [
          [
            ["a", 1],
            ["b", 1],
          ],
        ],
      ],
    ],
    ["a child that is raw", [Uint8Array.of(1), [cidOfBlock(RAW, utf8("x"))]]],
  ]
  it.each(cases)("%s", (_, node) => {
    const store = new MemoryBlockstore()
    const root = putCbor(store, node)
    expect(() => Hamt.load(store, root, ipldCodec, { bitWidth: 5, cache: new TrieCache() })).toThrow(MalformedNode)
  })

  it("an empty node below the root", () => {
    const store = new MemoryBlockstore()
    const empty = putCbor(store, [new Uint8Array(0), []])
    const root = putCbor(store, [Uint8Array.of(0xff, 0xff, 0xff, 0xff), new Array(32).fill(empty)])
    const hamt = Hamt.load(store, root, ipldCodec, { bitWidth: 5, cache: new TrieCache() })
    expect(() => hamt.get(utf8("a"))).toThrow(MalformedNode)
    expect(() => hamt.set(utf8("a"), 1)).toThrow(MalformedNode)
    expect(() => [...hamt.entries()]).toThrow(MalformedNode)
  })

  it("values above the minimum data depth", () => {
    const store = new MemoryBlockstore()
    const root = putCbor(store, [Uint8Array.of(1), [[kv("a")]]])
    expect(() => Hamt.load(store, root, ipldCodec, { bitWidth: 5, minDataDepth: 1, cache: new TrieCache() })).toThrow(
      MalformedNode,
    )
  })

  it("random bytes and cut blocks never give anything but a typed error", () => {
    const hamt = Hamt.create(new MemoryBlockstore(), ipldCodec, { bitWidth: 5 })
    const store = new MemoryBlockstore()
    const full = Hamt.create(store, ipldCodec, { bitWidth: 5 })
    for (let i = 0; i < 40; i++) full.set(utf8(i), [i, "text", null])
    const bytes = store.get(full.flush()) as Uint8Array
    expect(hamt.isEmpty()).toBe(true)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const broken = cut ? bytes.slice(0, at) : bytes.slice()
        if (!cut) broken[at] = value
        const cid = cidOfBlock(0x71, broken)
        const other = new MemoryBlockstore()
        other.put(cid, broken)
        try {
          const loaded = Hamt.load(other, cid, ipldCodec, { bitWidth: 5, cache: new TrieCache() })
          for (const _ of loaded.entries());
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(malformed-|block-not-found)/)
        }
      }),
      { numRuns: 500 },
    )
  })

  it("a missing root and a missing child are BlockNotFound", () => {
    const store = new MemoryBlockstore()
    const hamt = Hamt.create(store, ipldCodec, { bitWidth: 5, cache: new TrieCache() })
    for (let i = 0; i < 200; i++) hamt.set(utf8(i), i)
    const root = hamt.flush()
    const bare = new MemoryBlockstore()
    expect(() => Hamt.load(bare, root, ipldCodec, { bitWidth: 5, cache: new TrieCache() })).toThrow(BlockNotFound)
    bare.put(root, store.get(root) as Uint8Array)
    const partial = Hamt.load(bare, root, ipldCodec, { bitWidth: 5, cache: new TrieCache() })
    expect(() => [...partial.entries()]).toThrow(BlockNotFound)
  })

  it("keys with one hash end in MaxDepth and leave the tree as it was", () => {
    const format: TrieFormat = { ...IDENTITY_FORMAT, hash: () => new Uint8Array(32) }
    const store = new MemoryBlockstore()
    const tree = new HashTrie(
      format,
      store,
      ipldCodec,
      { bitWidth: 8, minDataDepth: 0, maxArrayWidth: 3 },
      undefined,
      new TrieCache(),
    )
    for (const key of ["a", "b", "c"]) tree.set(utf8(key), 1, true)
    const root = tree.flush()
    expect(() => tree.set(utf8("d"), 1, true)).toThrow(MaxDepth)
    expect(tree.flush()).toEqual(root)
    expect(tree.get(utf8("b"))).toBe(1)
  })

  it("a chain of nodes deeper than a hash is long ends", () => {
    const store = new MemoryBlockstore()
    let node = putCbor(store, [Uint8Array.of(1), [[kv("a")]]])
    for (let i = 0; i < 100; i++) node = putCbor(store, [Uint8Array.of(1), [node]])
    const hamt = Hamt.load(store, node, ipldCodec, { bitWidth: 5, cache: new TrieCache() })
    expect(() => [...hamt.entries()]).toThrow(MaxDepth)
  })
})
