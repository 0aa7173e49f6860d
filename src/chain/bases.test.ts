import fc from "fast-check"
import { expect, test } from "vitest"
import { type Base, Bases } from "./bases.ts"

const base = (marks: readonly number[], pack = 0): Base => ({
  place: { pack, offset: 0 },
  bytes: new Uint8Array(0),
  marks,
  patches: 0,
})

/** Marks of the nth block that has nothing to do with the others. */
const marksOf = (n: number): number[] => Array.from({ length: 8 }, (_, i) => Math.imul(8 * n + i + 1, 0x2545f491))

test("the block with most marks is found, and one that follows it takes its place", () => {
  const bases = new Bases()
  for (let n = 0; n < 10; n++) bases.learn(base(marksOf(n), n), -1)
  expect(bases.find(marksOf(99))).toBe(-1)
  // Two marks of one block, five of another.
  const next = [...marksOf(3).slice(0, 2), ...marksOf(7).slice(0, 5), 12345]
  const found = bases.find(next)
  expect(bases.get(found)?.place.pack).toBe(7)
  bases.learn(base(next, 70), found)
  expect(bases.get(bases.find(marksOf(7)))?.place.pack).toBe(70)
  expect(bases.get(bases.find([12345]))?.place.pack).toBe(70)
  expect(bases.get(bases.find(marksOf(3)))?.place.pack).toBe(3)
})

test("a block that is only a little like another stands beside it", () => {
  const bases = new Bases()
  bases.learn(base(marksOf(1), 1), -1)
  const other = [...marksOf(1).slice(0, 4), ...marksOf(2).slice(0, 4)]
  bases.learn(base(other, 2), bases.find(other))
  expect(bases.get(bases.find(marksOf(1)))?.place.pack).toBe(1)
  expect(bases.get(bases.find(marksOf(2)))?.place.pack).toBe(2)
})

test("what is found has a mark in common, however many blocks were learnt, and the newest are found", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), (count) => {
      const bases = new Bases()
      for (let n = 0; n < count; n++) bases.learn(base(marksOf(n), n), -1)
      for (let n = Math.max(0, count - 4000); n < count; n += 17) {
        const found = bases.get(bases.find(marksOf(n)))
        expect(found?.marks.some((mark) => marksOf(n).includes(mark))).toBe(true)
        expect(found?.place.pack).toBe(n)
      }
    }),
    { numRuns: 10 },
  )
})

test("nothing is found once all was forgotten", () => {
  const bases = new Bases()
  bases.learn(base(marksOf(1)), -1)
  bases.clear()
  expect(bases.find(marksOf(1))).toBe(-1)
})
