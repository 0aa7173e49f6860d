import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { type Database, open, type RootDatabase } from "lmdb"
import { afterEach, expect, test } from "vitest"
import { copyOf } from "./bytes.ts"
import { type Table, type TableRange, WriteBehind } from "./write-behind.ts"

type Root = RootDatabase<Uint8Array, Uint8Array>
type Stored = Database<Uint8Array, Uint8Array>

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const BINARY = { encoding: "binary", keyEncoding: "binary" } as const
const MIB = 2 ** 20

function database(): { root: Root; stored: Stored; behind: WriteBehind; table: Table } {
  const path = mkdtempSync(join(tmpdir(), "fevm-write-behind-test-"))
  const root: Root = open({ path, noSubdir: false, maxDbs: 4, noSync: true, eventTurnBatching: false, ...BINARY })
  const stored = root.openDB<Uint8Array, Uint8Array>("rows", BINARY)
  const behind = new WriteBehind(root)
  closers.push(async () => {
    await behind.close()
    await root.close()
    rmSync(path, { recursive: true, force: true })
  })
  return { root, stored, behind, table: behind.table(stored) }
}

const key = (n: number): Uint8Array => Uint8Array.of(n >> 8, n)
const numberOf = (bytes: Uint8Array): number => bytes[0]! * 256 + bytes[1]!
const bytes = (n: number, length = 3): Uint8Array => new Uint8Array(length).fill(n)
/** Some are so long that they are written when nobody asks for it. */
const sized = (n: number): Uint8Array => bytes(n, n < 8 ? 80_000 : n)
const rowsOf = (rows: Iterable<{ key: Uint8Array; value: Uint8Array }>): string[] =>
  [...rows].map(({ key: k, value }) => `${numberOf(k)}=${value[0]}*${value.length}`)

/** The database's next transactions fail, as if the disk were full. */
function failing(root: Root, stored: Stored): { works: boolean } {
  const state = { works: false }
  const { put } = stored
  stored.put = ((...args: [Uint8Array, Uint8Array, (error: Error) => void]) => {
    if (state.works) return put.apply(stored, args as unknown as Parameters<typeof put>)
    // Most are told later, some are refused at once.
    if (args[0][1]! % 8 === 7) throw new RangeError("the disk is full")
    setImmediate(() => args[2](new RangeError("the disk is full")))
  }) as unknown as typeof put
  const { transactionSync } = root
  root.transactionSync = ((...args: Parameters<typeof transactionSync>) => {
    if (!state.works) throw new RangeError("the disk is full")
    return transactionSync.apply(root, args)
  }) as typeof transactionSync
  return state
}

type Step =
  | { readonly do: "put"; readonly rows: readonly (readonly [number, number])[]; readonly fails: boolean }
  | { readonly do: "remove"; readonly rows: readonly number[]; readonly fails: boolean }
  | { readonly do: "turn" | "settle" | "break" | "mend" }
  | {
      readonly do: "range"
      readonly from: number
      readonly to: number
      readonly reverse: boolean
      readonly limit: number
    }

const number = fc.integer({ min: 0, max: 300 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      rows: fc.array(fc.tuple(number, fc.integer({ min: 1, max: 200 })), { maxLength: 20 }),
      fails: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("remove" as const),
      rows: fc.array(number, { maxLength: 20 }),
      fails: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("turn" as const, "settle" as const, "break" as const, "mend" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("range" as const),
      from: number,
      to: number,
      reverse: fc.boolean(),
      limit: fc.integer({ min: 1, max: 400 }),
    }),
  },
)

test("whatever is put, removed, undone, written and not written: a table answers as a map would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { root, stored, behind, table } = database()
      const disk = failing(root, stored)
      disk.works = true
      const model = new Map<number, Uint8Array>()
      const inOrder = (reverse = false): string[] => {
        const rows = [...model].sort(([a], [b]) => a - b)
        return rowsOf((reverse ? rows.reverse() : rows).map(([n, value]) => ({ key: key(n), value })))
      }
      for (const one of steps)
        switch (one.do) {
          case "put":
          case "remove": {
            const change = (): void => {
              for (const row of one.rows) {
                if (typeof row === "number") table.removeSync(key(row))
                else table.putSync(key(row[0]), sized(row[1]))
              }
              if (one.fails) throw new RangeError("undone")
            }
            if (one.fails) expect(() => behind.transaction(change)).toThrow("undone")
            else {
              behind.transaction(change)
              for (const row of one.rows) {
                if (typeof row === "number") model.delete(row)
                else model.set(row[0], sized(row[1]))
              }
            }
            break
          }
          case "range": {
            const { from, to, reverse, limit } = one
            const range: TableRange = { start: key(from), end: key(to), reverse, limit }
            const inside = (n: number): boolean => (reverse ? n <= from && n > to : n >= from && n < to)
            const expected = inOrder(reverse).filter((row) => inside(Number(row.split("=")[0])))
            expect(rowsOf(table.getRange(range))).toEqual(expected.slice(0, limit))
            break
          }
          case "turn":
            await new Promise(setImmediate)
            break
          case "settle":
            if (disk.works) {
              await behind.settle()
              expect(rowsOf(stored.getRange({}))).toEqual(inOrder())
            } else await behind.settle().catch(({ code }) => expect(code).toBe("database-write"))
            break
          case "break":
            disk.works = false
            break
          case "mend":
            disk.works = true
            break
        }
      for (let n = 0; n <= 300; n++) {
        const value = table.getBinaryFast(key(n))
        const expected = model.get(n)
        expect([value?.length, value?.[0]]).toEqual([expected?.length, expected?.[0]])
      }
      expect(rowsOf(table.getRange({}))).toEqual(inOrder())
      expect([...table.getKeys()].map(numberOf)).toEqual([...model.keys()].sort((a, b) => a - b))
      expect(table.getKeysCount({})).toBe(model.size)
      disk.works = true
      await behind.settle()
      expect(rowsOf(stored.getRange({}))).toEqual(inOrder())
      expect(rowsOf(table.getRange({}))).toEqual(inOrder())
    }),
    { numRuns: 60 },
  )
}, 120_000)

test("nothing is written before the turn ends, then many changes together; what is left is written when nothing happens", async () => {
  const { stored, behind, table } = database()
  behind.transaction(() => table.putSync(key(1), bytes(1)))
  expect(stored.getBinary(key(1))).toBeUndefined()
  expect(table.getBinaryFast(key(1))).toEqual(bytes(1))
  behind.transaction(() => table.putSync(key(2), bytes(2, MIB)))
  expect(stored.getBinary(key(2))).toBeUndefined()
  await expect.poll(() => stored.getBinary(key(1))).toBeDefined()
  expect(stored.getBinary(key(2))).toHaveLength(MIB)
  behind.transaction(() => table.putSync(key(3), bytes(3)))
  await expect.poll(() => stored.getBinary(key(3))).toBeDefined()
})

test("with a bound of what waits: there is room only after some of it was written", async () => {
  const { stored, behind, table } = database()
  for (let n = 0; n < 20; n++) behind.transaction(() => table.putSync(key(n), bytes(n, MIB)))
  expect(stored.getBinary(key(0))).toBeUndefined()
  await behind.room()
  for (let n = 0; n < 20; n++) expect(stored.getBinary(key(n))).toHaveLength(MIB)
})

test("what could not be written stays to be read, is told to whoever wants to change more, and is written when there is room", async () => {
  const { root, stored, behind, table } = database()
  const disk = failing(root, stored)
  behind.transaction(() => table.putSync(key(1), bytes(1)))
  const full = { code: "database-write", message: expect.stringContaining("the disk is full") }
  await expect(behind.settle()).rejects.toMatchObject(full)
  await expect(behind.room()).rejects.toMatchObject(full)
  await expect(behind.settle()).rejects.toMatchObject(full)
  expect(table.getBinaryFast(key(1))).toEqual(bytes(1))
  disk.works = true
  await behind.room()
  expect(stored.getBinary(key(1))).toHaveLength(3)
  expect(table.getBinaryFast(key(1))).toHaveLength(3)
})

test("a row that was changed while its older value was being written is the younger one, before and after", async () => {
  const { stored, behind, table } = database()
  behind.transaction(() => table.putSync(key(1), bytes(1, MIB)))
  await new Promise(setImmediate)
  behind.transaction(() => table.putSync(key(1), bytes(2)))
  expect(table.getBinaryFast(key(1))).toEqual(bytes(2))
  await behind.settle()
  expect(copyOf(stored.getBinaryFast(key(1))!)).toEqual(bytes(2))
  expect(copyOf(table.getBinaryFast(key(1))!)).toEqual(bytes(2))
})

test("closing waits for what is being written and writes no more", async () => {
  const { stored, behind, table } = database()
  behind.transaction(() => table.putSync(key(1), bytes(1, MIB)))
  const writing = behind.settle()
  behind.transaction(() => table.putSync(key(2), bytes(2)))
  await behind.close()
  await writing
  expect(stored.getBinary(key(1))).toHaveLength(MIB)
  expect(stored.getBinary(key(2))).toBeUndefined()
})
