import { expect, test } from "vitest"
import { Crowd } from "./crowd.ts"

test("connections count for a while after their last request, each once", () => {
  let now = 0
  const crowd = new Crowd(() => now)
  const [a, b] = [{}, {}]
  expect(crowd.size).toBe(0)
  crowd.note(a)
  crowd.note(a)
  crowd.note(b)
  expect(crowd.size).toBe(2)
  now = 300
  crowd.note(a)
  expect(crowd.size).toBe(2)
  now = 600
  expect(crowd.size).toBe(1)
  now = 2000
  expect(crowd.size).toBe(0)
})
