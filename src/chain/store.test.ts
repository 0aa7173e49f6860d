import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { cidOfBlock, DAG_CBOR, RAW } from "../ipld/cid.ts"
import { ChainError } from "./errors.ts"
import { encodeLogs, LogChunk, type StoredLog } from "./log-rows.ts"
import { encodeTipsetRow, type TipsetRow } from "./rows.ts"
import { ChainStore } from "./store.ts"
import { TipsetKey } from "./tipset-key.ts"

let folder: string
let store: ChainStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fevm-store-test-"))
  store = new ChainStore({ path: folder, durable: false })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const cid = (n: number) => cidOfBlock(DAG_CBOR, new Uint8Array([n, n >> 8, n >> 16]))
const name = (n: number) => new Uint8Array(32).fill(n).fill(n >> 8, 16)
const topic = (n: number) => {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(28, n)
  return bytes
}

function log(emitter: bigint, topics: readonly number[], messageIndex = 0): StoredLog {
  return {
    messageIndex,
    emitter,
    emitterAddress: Address.delegated(10n, new Uint8Array(20).fill(Number(emitter))),
    entries: topics.map((n, i) => ({ flags: 3n, key: `t${i + 1}`, codec: 0x55n, value: topic(n) })),
  }
}

function tipset(
  epoch: number,
  logs: readonly StoredLog[],
  messages: TipsetRow["messages"] = [{ cid: cid(1000 + epoch), alias: undefined }],
): TipsetRow {
  const row: TipsetRow = {
    key: new TipsetKey([cid(epoch)]),
    stateRoot: cid(2),
    receiptsRoot: cid(3),
    gasUsed: 5n,
    gasLimit: 1n << 60n,
    eventCount: logs.length,
    circulatingSupply: 10n ** 26n,
    messages,
  }
  store.transaction(() => store.addTipset(epoch, row, logs))
  return row
}

test("a tipset row comes back as it was", () => {
  const row = tipset(
    7,
    [],
    [
      { cid: cid(9), alias: name(4) },
      { cid: cid(10), alias: undefined },
    ],
  )
  // Compared by bytes: CIDs refer to themselves, which sends the printing of a difference into a spin.
  expect(encodeTipsetRow(store.tipset(row.key.hash)!)).toEqual(encodeTipsetRow(row))
  expect(store.tipset(row.key.hash)?.messages[1]?.alias).toBeUndefined()
  expect(store.hashAt(7)).toEqual(new Uint8Array(row.key.hash))
  expect(store.messagePlace(cid(10))).toEqual({ epoch: 7, index: 1 })
  expect(store.cidByAlias(name(4))?.equals(cid(9))).toBe(true)
  expect(store.meta("head")).toEqual(new Uint8Array(row.key.hash))
})

test("the logs of a tipset come back as they were", () => {
  const odd = { flags: 0n, key: "key", codec: 0x51n, value: new Uint8Array(80).fill(9) }
  const plain = { flags: 3n, key: "d", codec: 0x55n, value: new Uint8Array(32) }
  const empty = { flags: 2n, key: "t1", codec: 0x55n, value: new Uint8Array(0) }
  const long = { flags: 3n, key: "d", codec: 0x55n, value: new Uint8Array(20_000).fill(7, 5000) }
  const logs: StoredLog[] = [
    log(300n, [1, 2, 3]),
    { ...log(301n, [4]), emitterAddress: undefined },
    { ...log(300n, [], 1), entries: [odd, plain, empty] },
    { ...log((1n << 64n) - 1n, []), entries: [long, odd] },
    log(300n, []),
  ]
  const messages = [
    { cid: cid(1), alias: name(3) },
    { cid: cid(2), alias: undefined },
  ]
  const bytes = encodeLogs(logs, { hash: name(9), messages })
  const comparable = (all: readonly StoredLog[]) =>
    all.map(({ emitterAddress, ...rest }) => ({ ...rest, address: emitterAddress?.toString() }))
  const chunk = new LogChunk(bytes)
  expect(comparable([...chunk.logs()])).toEqual(comparable(logs))
  expect(chunk.count).toBe(5)
  expect(chunk.hash).toEqual(name(9))
  expect(chunk.messageIndexes).toEqual([0, 1])
  expect(chunk.messageName(0)).toEqual(name(3))
  expect(chunk.messageName(1)).toEqual(cid(2).multihash.digest)
  expect(chunk.log(4).entries).toEqual([])
  expect(chunk.log(2).entries).toEqual([odd, plain, empty])
  expect(() => [...new LogChunk(bytes.subarray(0, -1)).logs()]).toThrow(ChainError)
  expect(() => encodeLogs([log(1n, [], 2)], { hash: name(9), messages })).toThrow(ChainError)
})

test("a value that must not be searched for is not found, however the search comes to its log", () => {
  const hidden = { flags: 1n, key: "t1", codec: 0x55n, value: topic(1) }
  const many = Array.from({ length: 300 }, () => log(7n, [2]))
  tipset(1, [
    { ...log(5n, []), entries: [hidden] },
    { ...log(5n, []), entries: [{ ...hidden, flags: 2n }] },
  ])
  const find = () =>
    store
      .searchLogs({ from: 0, to: 9, emitters: [5n], fields: [{ key: "t1", values: [topic(1)] }] })
      .map(({ logIndex }) => logIndex)
  expect(find()).toEqual([1])
  tipset(2, many)
  expect(store.logIndex.check().folds).toBe(1)
  expect(find()).toEqual([1])
})

test("null rounds have no hash and a nearest neighbour on both sides", () => {
  const five = tipset(5, [])
  const nine = tipset(9, [])
  expect(store.hashAt(7)).toBeUndefined()
  expect(store.lastAtOrBefore(8)).toEqual({ epoch: 5, hash: new Uint8Array(five.key.hash) })
  expect(store.lastAtOrBefore(9)?.epoch).toBe(9)
  expect(store.firstAtOrAfter(6)).toEqual({ epoch: 9, hash: new Uint8Array(nine.key.hash) })
  expect(store.firstAtOrAfter(10)).toBeUndefined()
  expect(store.lastAtOrBefore(4)).toBeUndefined()
})

test("a transaction that fails leaves nothing behind", () => {
  const row = tipset(1, [])
  expect(() =>
    store.transaction(() => {
      store.blocks.put(cid(77), new Uint8Array([1]))
      store.addTipset(2, { ...row, key: new TipsetKey([cid(2)]) }, [log(5n, [1])])
      throw new ChainError("execution-fault", "test")
    }),
  ).toThrow("test")
  expect(store.hashAt(2)).toBeUndefined()
  expect(store.blocks.has(cid(77))).toBe(false)
  expect(store.searchLogs({ from: 0, to: 10 })).toEqual([])
  expect(store.meta("head")).toEqual(new Uint8Array(row.key.hash))
})

test("blocks are found by digest, whatever their codec", () => {
  const bytes = new Uint8Array([1, 2, 3])
  store.transaction(() => store.blocks.put(cidOfBlock(RAW, bytes), bytes))
  expect(store.blocks.get(cidOfBlock(RAW, bytes))).toEqual(bytes)
})

test("logs are found by emitter, by field, by both, in order", () => {
  tipset(1, [log(100n, [1, 5]), log(101n, [1, 6])])
  tipset(3, [log(100n, [2, 5]), log(100n, [1, 5])])
  const places = (search: Parameters<ChainStore["searchLogs"]>[0]) =>
    store.searchLogs(search).map(({ epoch, logIndex }) => [epoch, logIndex])
  const all = { from: 0, to: 10 }
  expect(places(all)).toEqual([
    [1, 0],
    [1, 1],
    [3, 0],
    [3, 1],
  ])
  expect(places({ ...all, emitters: [100n] })).toEqual([
    [1, 0],
    [3, 0],
    [3, 1],
  ])
  expect(places({ ...all, emitters: [101n, 100n] })).toEqual([
    [1, 0],
    [1, 1],
    [3, 0],
    [3, 1],
  ])
  expect(places({ ...all, emitters: [] })).toEqual([])
  const field = (key: string, ...values: number[]) => ({ key, values: values.map(topic) })
  expect(places({ ...all, fields: [field("t1", 1)] })).toEqual([
    [1, 0],
    [1, 1],
    [3, 1],
  ])
  expect(places({ ...all, fields: [field("t1", 1), field("t2", 5)] })).toEqual([
    [1, 0],
    [3, 1],
  ])
  expect(places({ ...all, fields: [field("t1", 2, 1), field("t2", 6, 5)], emitters: [100n] })).toEqual([
    [1, 0],
    [3, 0],
    [3, 1],
  ])
  expect(places({ from: 2, to: 3, fields: [field("t1", 1)] })).toEqual([[3, 1]])
  expect(places({ ...all, fields: [field("t2", 1)] })).toEqual([])
  expect(() => store.searchLogs({ ...all, limit: 3 })).toThrow(ChainError)
  expect(store.searchLogs({ ...all, limit: 4 })).toHaveLength(4)
})

test("a tipset that is taken off leaves no log, message or second name", () => {
  const row = tipset(1, [log(100n, [1])], [{ cid: cid(9), alias: name(4) }])
  tipset(2, [log(100n, [1])])
  store.transaction(() => store.removeTipset(1, row))
  expect(store.searchLogs({ from: 0, to: 9, emitters: [100n] }).map(({ epoch }) => epoch)).toEqual([2])
  expect(store.searchLogs({ from: 0, to: 9 }).map(({ epoch }) => epoch)).toEqual([2])
  expect(store.messagePlace(cid(9))).toBeUndefined()
  expect(store.cidByAlias(name(4))).toBeUndefined()
  expect(store.hashAt(1)).toBeUndefined()
})

test("a few logs among many are found without reading the many", () => {
  for (let epoch = 1; epoch <= 40; epoch++)
    tipset(
      epoch,
      Array.from({ length: 50 }, (_, i) => log(100n, [1, epoch === 20 && i === 7 ? 999 : i])),
    )
  const found = store.searchLogs({
    from: 0,
    to: 100,
    emitters: [100n],
    fields: [
      { key: "t1", values: [topic(1)] },
      { key: "t2", values: [topic(999)] },
    ],
  })
  expect(found.map(({ epoch, logIndex }) => [epoch, logIndex])).toEqual([[20, 7]])
})

test("what is found does not depend on how the postings are folded, nor on what was taken off", () => {
  const rows: TipsetRow[] = []
  const logsOf = (epoch: number, variant: number): StoredLog[] =>
    Array.from({ length: (epoch * 7) % 23 }, (_, i) =>
      log(BigInt(100 + (i % 3)), [i % 5, (epoch + variant) % 11], i % 2),
    )
  const names = [
    { cid: cid(9), alias: name(4) },
    { cid: cid(10), alias: undefined },
  ]
  const kept = new Map<number, StoredLog[]>()
  const add = (from: number, to: number, variant: number): void => {
    for (let epoch = from; epoch <= to; epoch++) {
      kept.set(epoch, logsOf(epoch, variant))
      rows[epoch] = tipset(epoch, logsOf(epoch, variant), names)
    }
  }
  const back = (to: number): void =>
    store.transaction(() => {
      for (let epoch = rows.length - 1; epoch > to; epoch--) {
        store.removeTipset(epoch, rows[epoch]!)
        kept.delete(epoch)
      }
      rows.length = to + 1
    })
  const check = (): void => {
    const { folds } = store.logIndex.check()
    for (const emitters of [undefined, [100n], [101n, 102n], [7n]])
      for (const t1 of [undefined, [1], [2, 3]])
        for (const t2 of [undefined, [4], [5, 6]])
          for (const [from, to] of [
            [0, 1000],
            [13, 57],
            [60, 61],
          ] as const) {
            const fields = [
              ...(t1 ? [{ key: "t1", values: t1.map(topic) }] : []),
              ...(t2 ? [{ key: "t2", values: t2.map(topic) }] : []),
            ]
            const has = (one: StoredLog, at: number, values: number[] | undefined): boolean =>
              values === undefined ||
              (one.entries[at] !== undefined && values.some((n) => topic(n).join() === one.entries[at]?.value.join()))
            const expected = [...kept]
              .filter(([epoch]) => epoch >= from && epoch <= to)
              .flatMap(([epoch, all]) => all.map((one, index) => ({ epoch, index, one })))
              .filter(({ one }) => emitters === undefined || emitters.includes(one.emitter))
              .filter(({ one }) => has(one, 0, t1) && has(one, 1, t2))
              .map(({ epoch, index }) => `${epoch}/${index}`)
            const found = store.searchLogs({ from, to, emitters, fields })
            expect(found.map(({ epoch, logIndex }) => `${epoch}/${logIndex}`)).toEqual(expected)
          }
    expect(folds).toBeGreaterThanOrEqual(0)
  }
  add(1, 80, 0)
  check()
  expect(store.logIndex.check().folds).toBeGreaterThan(2)
  back(70)
  check()
  back(31)
  check()
  add(32, 90, 5)
  check()
  back(0)
  expect(store.logIndex.check()).toEqual({ folds: 0, lists: 0 })
  expect(store.searchLogs({ from: 0, to: 100 })).toEqual([])
})

test("small folds become a big one, and what is taken off after that is gone from it", () => {
  const PER_TIPSET = 130
  const rows: TipsetRow[] = []
  // Topic 2 of each log is its own, topic 1 is shared by a third.
  const add = (from: number, to: number): void => {
    for (let epoch = from; epoch <= to; epoch++)
      rows[epoch] = tipset(
        epoch,
        Array.from({ length: PER_TIPSET }, (_, i) => log(BigInt(100 + (i % 2)), [i % 3, epoch * 1000 + i])),
      )
  }
  const find = (emitters: bigint[] | undefined, t1: number[] | undefined, t2: number[] | undefined) =>
    store
      .searchLogs({
        ...{ from: 0, to: 1000, emitters },
        fields: [
          ...(t1 ? [{ key: "t1", values: t1.map(topic) }] : []),
          ...(t2 ? [{ key: "t2", values: t2.map(topic) }] : []),
        ],
      })
      .map(({ epoch, logIndex }) => epoch * 1000 + logIndex)
  const check = (to: number): void => {
    store.logIndex.check()
    for (let epoch = 1; epoch <= to; epoch++) {
      const one = epoch * 1000 + ((epoch * 37) % PER_TIPSET)
      expect(find(undefined, undefined, [one])).toEqual([one])
      expect(find([100n + BigInt(one % 2)], [(one % 1000) % 3], [one, 5])).toEqual([one])
      expect(find([101n - BigInt(one % 2)], undefined, [one])).toEqual([])
    }
    expect(find(undefined, undefined, [to * 1000 + 1000])).toEqual([])
    expect(find([100n], [2], undefined)).toHaveLength(to * 22)
    expect(find(undefined, [0, 1, 2], undefined)).toHaveLength(to * PER_TIPSET)
  }
  add(1, 70)
  expect(store.logIndex.check()).toMatchObject({ folds: 20 })
  check(70)
  store.transaction(() => {
    for (let epoch = 70; epoch > 40; epoch--) store.removeTipset(epoch, rows[epoch]!)
  })
  expect(store.logIndex.check()).toMatchObject({ folds: 5 })
  check(40)
  add(41, 100)
  check(100)
  store.transaction(() => {
    for (let epoch = 100; epoch > 2; epoch--) store.removeTipset(epoch, rows[epoch]!)
  })
  expect(store.logIndex.check()).toMatchObject({ folds: 0, lists: 0 })
  check(2)
})
