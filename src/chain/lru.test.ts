import { expect, test } from "vitest"
import { Lru } from "./lru.ts"

test("what was not asked for longest goes first", () => {
  const lru = new Lru<string, number>(2)
  lru.set("a", 1)
  lru.set("b", 2)
  expect(lru.get("a")).toBe(1)
  lru.set("c", 3)
  expect(["a", "b", "c"].map((key) => lru.get(key))).toEqual([1, undefined, 3])
})

test("what is heavy takes the place of several, and stays alone if it is heavier than all", () => {
  const lru = new Lru<string, number>(4)
  for (const [i, key] of ["a", "b", "c"].entries()) lru.set(key, i)
  lru.set("heavy", 9, 3)
  expect(["a", "b", "c", "heavy"].map((key) => lru.get(key))).toEqual([undefined, undefined, 2, 9])
  lru.set("huge", 10, 100)
  expect(["c", "heavy", "huge"].map((key) => lru.get(key))).toEqual([undefined, undefined, 10])
  lru.set("a", 1)
  lru.set("b", 2)
  expect(["a", "b", "huge"].map((key) => lru.get(key))).toEqual([1, 2, undefined])
})

test("a value that is set anew, or was deleted, weighs nothing any more", () => {
  const lru = new Lru<string, number>(3)
  lru.set("a", 1, 3)
  lru.set("a", 2, 1)
  lru.set("b", 3, 2)
  expect([lru.get("a"), lru.get("b")]).toEqual([2, 3])
  lru.delete("b")
  lru.set("c", 4, 2)
  expect([lru.get("a"), lru.get("c")]).toEqual([2, 4])
})
