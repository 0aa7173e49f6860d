import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Amt, type AmtOptions, MAX_INDEX } from "./amt.ts"
import { MemoryBlockstore, putCbor } from "./blockstore.ts"
import { cidOfBlock, DAG_CBOR } from "./cid.ts"
import { bytesCodec, type Codec, cborCodec, ipldCodec } from "./codec.ts"
import type { Ipld } from "./dag-cbor.ts"
import { BlockNotFound, IndexOutOfRange, MalformedNode } from "./errors.ts"
import { createRandom, InjectedFault, shuffled, TrackingBlockstore, utf8 } from "./testing/stores.ts"

const numberCodec: Codec<number> = cborCodec(
  (value: number): Ipld => value,
  (value) => value as number,
)

function fresh(options: AmtOptions = {}): { store: TrackingBlockstore; amt: Amt<Uint8Array> } {
  const store = new TrackingBlockstore()
  return { store, amt: Amt.create(store, bytesCodec, options) }
}

describe("AMT: the roots and the traffic of the reference's own tests", () => {
  it("one value", () => {
    const { store, amt } = fresh()
    amt.set(2, utf8("foo"))
    const root = amt.flush()
    expect(Amt.load(store, root, bytesCodec).get(2)).toEqual(utf8("foo"))
    expect(root.toString()).toBe("bafy2bzacedv5uu5za6oqtnozjvju5lhbgaybayzhw4txiojw7hd47ktgbv5wc")
    expect(store.stats).toEqual({ r: 1, w: 1, br: 13, bw: 13 })
  })

  it("one value in version 0", () => {
    const { store, amt } = fresh({ version: 0 })
    amt.set(2, utf8("foo"))
    const root = amt.flush()
    expect(Amt.load(store, root, bytesCodec, 0).get(2)).toEqual(utf8("foo"))
    expect(root.toString()).toBe("bafy2bzaceansvim5z2rzifilsbzsjuoul2adx7iad7x3b4paj3qsexqf6ovxk")
    expect(store.stats).toEqual({ r: 1, w: 1, br: 12, bw: 12 })
  })

  it("the largest index", () => {
    const { store, amt } = fresh()
    amt.set(MAX_INDEX, utf8("what is up"))
    expect(amt.height).toBe(21)
    expect(() => amt.set(MAX_INDEX + 1n, utf8("what is up"))).toThrow(IndexOutOfRange)
    amt.set(MAX_INDEX - 1n, utf8("what is up"))
    expect(amt.height).toBe(21)
    expect(amt.flush().toString()).toBe("bafy2bzacecl3zuubhdvkojg6uhbu4mebaehx554q6algfjitqiivvnrqprkxo")
    const loaded = Amt.load(store, amt.flush(), bytesCodec)
    expect([...loaded.entries64()].map(([index]) => index)).toEqual([MAX_INDEX - 1n, MAX_INDEX])
    expect(() => [...loaded.entries()]).toThrow(IndexOutOfRange)
    expect(loaded.delete(MAX_INDEX)).toBe(true)
    expect(loaded.get(MAX_INDEX)).toBeUndefined()
    expect(loaded.delete(MAX_INDEX - 1n)).toBe(true)
    expect(loaded.height).toBe(0)
  })

  it("growth", () => {
    const { amt } = fresh()
    amt.set(2, utf8("foo"))
    amt.set(11, utf8("bar"))
    amt.set(79, utf8("baz"))
    expect(amt.flush().toString()).toBe("bafy2bzacecughjbclx3lbqwibrwc6pe7nttlc3qewedsrayghsvh5j5lpofiq")
  })

  it("many values in a row", () => {
    const { amt } = fresh()
    for (let i = 0; i < 5000; i++) amt.set(i, utf8("foo foo bar"))
    expect(amt.count).toBe(5000)
    expect(amt.flush().toString()).toBe("bafy2bzacecfquuqzqzlox25aynodzw2qhxijdzfvno6tibyes3kb6nd3f7uxa")
  })

  it("a value after others came and went", () => {
    const { store, amt } = fresh()
    for (const i of [0, 1, 2, 3]) amt.set(i, utf8("cat"))
    for (const i of [1, 0, 2, 3]) expect(amt.delete(i)).toBe(true)
    expect(amt.delete(1)).toBe(false)
    expect(amt.count).toBe(0)
    amt.set(23, utf8("dog"))
    amt.set(24, utf8("dog"))
    amt.delete(23)
    const alone = Amt.create(store, bytesCodec)
    alone.set(24, utf8("dog"))
    expect(amt.flush()).toEqual(alone.flush())
    expect(amt.flush().toString()).toBe("bafy2bzacebnnxpurpb3zqqr22i7ch4uruz6hgykn3ryzoo4hh3ox2m2kufsvg")
  })

  it("the tree shrinks when its last far value goes", () => {
    const { store, amt } = fresh()
    amt.set(0, utf8("cat"))
    amt.set(27, utf8("cat"))
    expect(amt.height).toBe(1)
    amt.delete(27)
    expect(amt.height).toBe(0)
    expect(amt.flush().toString()).toBe("bafy2bzacecmxrjeri2ojuy3riae2mpbnztx2hqggqgkcrxao2nwpga77j2vqe")

    const second = Amt.create(store, bytesCodec)
    second.set(1, utf8("thing"))
    const low = second.flush()
    expect(low.toString()).toBe("bafy2bzacebmkyah6kppbszluix3g332hntzx6wfdcqcr5hjdsaxri5jhgrdmo")
    second.set(37, utf8("other"))
    const third = Amt.load(store, second.flush(), bytesCodec)
    expect(third.height).toBe(1)
    expect(third.delete(37)).toBe(true)
    expect(third.height).toBe(0)
    expect(third.flush()).toEqual(low)
  })

  it("every third index", () => {
    const { store, amt } = fresh()
    const indexes = Array.from({ length: 10_000 }, (_, i) => i).filter((i) => (i + 1) % 3 === 0)
    for (const i of indexes) amt.set(i, utf8("value"))
    const root = amt.flush()
    expect(root.toString()).toBe("bafy2bzaceanqxtbsuyhqgxubiq6vshtbhktmzp2if4g6kxzttxmzkdxmtipcm")
    const loaded = Amt.load(store, root, bytesCodec)
    expect(loaded.count).toBe(indexes.length)
    expect([...loaded.entries()].map(([index]) => index)).toEqual(indexes)
    expect(store.stats).toEqual({ r: 1431, w: 1431, br: 88649, bw: 88649 })
    expect([...loaded.entries(5000)].map(([index]) => index)).toEqual(indexes.filter((i) => i >= 5000))
    expect([...loaded.entries(9999)]).toEqual([])
  })

  it("a few values far apart", () => {
    const { amt } = fresh()
    for (const i of [1, 9, 66, 74, 82, 515]) amt.set(i, utf8("value"))
    expect(amt.flush().toString()).toBe("bafy2bzaced44wtasbcukqjqicvxzcyn5up6sorr5khzbdkl6zjeo736f377ew")
  })

  it("nothing, also after something far came and went", () => {
    const { store, amt } = fresh()
    const empty = amt.flush()
    expect(empty.toString()).toBe("bafy2bzacedijw74yui7otvo63nfl3hdq2vdzuy7wx2tnptwed6zml4vvz7wee")
    amt.set(100_000, utf8("foo"))
    amt.delete(100_000)
    expect(amt.flush()).toEqual(empty)
    expect(store.stats).toEqual({ r: 0, w: 2, br: 0, bw: 18 })
  })
})

const OPTIONS: AmtOptions[] = [{}, { version: 0 }, { bitWidth: 5 }, { bitWidth: 1 }, { bitWidth: 2 }, { bitWidth: 8 }]

describe.each(OPTIONS)("AMT with %j", (options) => {
  const version = options.version ?? 3
  const index = fc.oneof(fc.nat(70), fc.nat(5000), fc.constantFrom(2 ** 32, 2 ** 53 - 1))
  const operation = fc.record({
    kind: fc.constantFrom("set", "set", "set", "delete", "delete", "flush", "reload"),
    index,
    value: fc.nat(3),
  })

  it("is a sparse array, whatever the order of operations; and its root depends on its values only", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), fc.integer(), (operations, seed) => {
        const store = new MemoryBlockstore()
        let amt = Amt.create(store, numberCodec, options)
        const model = new Map<number, number>()
        for (const { kind, index, value } of operations) {
          switch (kind) {
            case "set":
              amt.set(index, value)
              model.set(index, value)
              break
            case "delete":
              expect(amt.delete(index)).toBe(model.delete(index))
              break
            case "flush":
              amt.flush()
              break
            default:
              amt = Amt.load(store, amt.flush(), numberCodec, version)
          }
          expect(amt.count).toBe(model.size)
        }
        const sorted = [...model].sort(([a], [b]) => a - b)
        expect([...amt.entries()]).toEqual(sorted)
        expect([...amt.values()]).toEqual(sorted.map(([, value]) => value))
        for (const [index, value] of model) expect(amt.get(index)).toBe(value)
        expect(amt.has(71)).toBe(model.has(71))
        const other = Amt.create(new MemoryBlockstore(), numberCodec, options)
        for (const [index, value] of shuffled(sorted, seed)) other.set(index, value)
        expect(other.flush()).toEqual(amt.flush())
      }),
      { numRuns: 60 },
    )
  })

  it("diff is the difference of the arrays, also between different heights", () => {
    const pairs = fc.array(fc.tuple(index, fc.nat(2)), { maxLength: 40 })
    fc.assert(
      fc.property(pairs, pairs, fc.boolean(), (base, changes, flush) => {
        const store = new MemoryBlockstore()
        const before = Amt.create(store, numberCodec, options)
        for (const [index, value] of base) before.set(index, value)
        const after = Amt.load(store, before.flush(), numberCodec, version)
        for (const [index, value] of changes) {
          if (value === 2) after.delete(index)
          else after.set(index, value)
        }
        if (flush) after.flush()
        const indexes = [...new Set([...base, ...changes].map(([index]) => index))].sort((a, b) => a - b)
        const expected = indexes
          .map((index) => ({ index, before: before.get(index), after: after.get(index) }))
          .filter((change) => change.before !== change.after)
        expect([...before.diff(after)]).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it("an error of the store at any call changes nothing", () => {
    const random = createRandom(5)
    const seeded = new TrackingBlockstore()
    const base = Amt.create(seeded, numberCodec, options)
    const model = new Map<number, number>()
    for (let i = 0; i < 200; i++) {
      base.set(i, i)
      model.set(i, i)
    }
    base.set(100_000, 1)
    model.set(100_000, 1)
    const root = base.flush()
    for (let failAfter = 0; failAfter < 40; failAfter++) {
      const store = new TrackingBlockstore(seeded.inner)
      const expected = new Map(model)
      const amt = Amt.load(store, root, numberCodec, version)
      store.failAfter = failAfter
      for (let step = 0; step < 30; step++) {
        const index = step === 3 ? 100_000 : random() % 220
        try {
          if (step % 3 === 0) {
            amt.delete(index)
            expected.delete(index)
          } else if (step % 7 === 0) amt.flush()
          else {
            amt.set(index, step)
            expected.set(index, step)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InjectedFault)
        }
      }
      store.failAfter = undefined
      const rebuilt = Amt.create(new MemoryBlockstore(), numberCodec, options)
      for (const [index, value] of expected) rebuilt.set(index, value)
      expect(amt.count).toBe(expected.size)
      expect(amt.flush()).toEqual(rebuilt.flush())
    }
  })

  it("fromValues is the same as setting one after the other", () => {
    const width = 2 ** (options.bitWidth ?? 3)
    for (const length of [0, 1, width - 1, width, width + 1, 2 * width, width ** 2, width ** 2 + 1, 1000]) {
      if (length > 5000) continue
      const values = Array.from({ length }, (_, i) => i * 3)
      const [store, other] = [new MemoryBlockstore(), new MemoryBlockstore()]
      const root = Amt.fromValues(store, numberCodec, values, options)
      const amt = Amt.create(other, numberCodec, options)
      for (const [i, value] of values.entries()) amt.set(i, value)
      expect(root).toEqual(amt.flush())
      expect([...store.blocks()].map(({ cid }) => `${cid}`).sort()).toEqual(
        [...other.blocks()].map(({ cid }) => `${cid}`).sort(),
      )
      expect([...Amt.load(store, root, numberCodec, version).values()]).toEqual(values)
    }
  })
})

describe("AMT: refuses by name", () => {
  const child = cidOfBlock(DAG_CBOR, utf8("child"))
  const leaf: Ipld = [Uint8Array.of(1), [], [7]]
  const cases: [string, Ipld][] = [
    ["no list", 1],
    ["a root of version 0", [0, 1, leaf]],
    ["bit width 0", [0, 0, 0, [Uint8Array.of(0), [], []]]],
    ["an absurd bit width", [64, 0, 0, [Uint8Array.of(0), [], []]]],
    ["a height of 65", [3, 65, 1, leaf]],
    ["a negative count", [3, 0, -1, leaf]],
    ["a bitmap of the wrong length", [5, 0, 1, leaf]],
    ["links and values", [3, 1, 1, [Uint8Array.of(1), [child], [7]]]],
    ["links at height 0", [3, 0, 1, [Uint8Array.of(1), [child], []]]],
    ["values above height 0", [3, 1, 1, leaf]],
    ["more bits than values", [3, 0, 2, [Uint8Array.of(3), [], [7]]]],
    ["fewer bits than values", [3, 0, 2, [Uint8Array.of(1), [], [7, 8]]]],
    ["more bits than links", [3, 1, 2, [Uint8Array.of(3), [child], []]]],
    ["fewer bits than links", [3, 1, 2, [Uint8Array.of(1), [child, child], []]]],
    ["a link that is no link", [3, 1, 1, [Uint8Array.of(1), [7], []]]],
  ]
  it.each(cases)("%s", (_, root) => {
    const store = new MemoryBlockstore()
    expect(() => Amt.load(store, putCbor(store, root), ipldCodec)).toThrow(MalformedNode)
  })

  it("a root and a child that are missing", () => {
    const store = new MemoryBlockstore()
    const root = putCbor(store, [3, 1, 1, [Uint8Array.of(1), [child], []]])
    expect(() => Amt.load(store, child, ipldCodec)).toThrow(BlockNotFound)
    const amt = Amt.load(store, root, ipldCodec)
    expect(() => amt.get(0)).toThrow(BlockNotFound)
    expect(() => amt.delete(0)).toThrow(BlockNotFound)
    expect(() => [...amt.entries()]).toThrow(BlockNotFound)
    expect(amt.get(8)).toBeUndefined()
  })

  it("indices that are no index", () => {
    const { amt } = fresh()
    for (const index of [-1, 0.5, 2 ** 53, Number.NaN, -1n, MAX_INDEX + 1n])
      expect(() => amt.get(index)).toThrow(IndexOutOfRange)
  })

  it("an empty root of some height works", () => {
    const store = new MemoryBlockstore()
    const root = putCbor(store, [3, 2, 0, [Uint8Array.of(0), [], []]])
    const amt = Amt.load(store, root, ipldCodec)
    expect(amt.get(5)).toBeUndefined()
    amt.set(5, 1)
    expect([...amt.entries()]).toEqual([[5, 1]])
  })

  it("random changes to a block never give anything but a typed error", () => {
    const store = new MemoryBlockstore()
    const bytes = store.get(
      Amt.fromValues(
        store,
        ipldCodec,
        Array.from({ length: 20 }, (_, i) => [i, "x"]),
      ),
    ) as Uint8Array
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const broken = cut ? bytes.slice(0, at) : bytes.slice()
        if (!cut) broken[at] = value
        const cid = cidOfBlock(DAG_CBOR, broken)
        store.put(cid, broken)
        try {
          for (const _ of Amt.load(store, cid, ipldCodec).entries64());
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(malformed-|block-not-found)/)
        }
      }),
      { numRuns: 500 },
    )
  })
})
