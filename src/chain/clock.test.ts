import { expect, test } from "vitest"
import { Clock } from "./clock.ts"
import { ChainError } from "./errors.ts"

const at = (seconds: number) => {
  const time = { seconds }
  return { time, clock: new Clock(() => time.seconds * 1000 + 999) }
}

test("timestamps follow the wall clock and always rise", () => {
  const { clock, time } = at(1000)
  expect(clock.take(900)).toBe(1000)
  expect(clock.take(1000)).toBe(1001)
  expect(clock.take(1001)).toBe(1002)
  time.seconds = 2000
  expect(clock.take(1002)).toBe(2002)
})

test("an hour more is an hour after the newest tipset, also when tipsets came faster than the clock", () => {
  const { clock } = at(1000)
  let last = 999
  for (let i = 0; i < 100; i++) last = clock.take(last)
  expect(last).toBe(1099)
  clock.increase(3600)
  expect(clock.take(last)).toBe(1099 + 3600)
})

test("increased time stays", () => {
  const { clock } = at(1000)
  expect(clock.increase(3600)).toBe(3600)
  expect(clock.increase(60)).toBe(3660)
  expect(clock.take(900)).toBe(4660)
})

test("a wanted timestamp is exact, used once, and the clock goes on from there", () => {
  const { clock, time } = at(1000)
  clock.setNext(5000, 1000)
  expect(clock.peek(1000)).toBe(5000)
  expect(clock.take(1000)).toBe(5000)
  time.seconds += 10
  expect(clock.take(5000)).toBe(5010)
})

test("a wanted timestamp may lie before the wall clock, but not before the head", () => {
  const { clock } = at(1000)
  clock.setNext(500, 400)
  expect(clock.take(400)).toBe(500)
  expect(() => clock.setNext(500, 500)).toThrow(ChainError)
})

test("an interval replaces the wall clock", () => {
  const { clock } = at(1000)
  clock.setInterval(12)
  expect(clock.take(100)).toBe(112)
  clock.setNext(200, 112)
  expect(clock.take(112)).toBe(200)
  expect(clock.take(200)).toBe(212)
  clock.setInterval(undefined)
  expect(clock.peek(212)).toBeGreaterThan(212)
})

test("a snapshot of the clock brings everything back", () => {
  const { clock } = at(1000)
  clock.increase(5)
  clock.setNext(3000, 10)
  const { state } = clock
  clock.take(10)
  clock.setInterval(7)
  clock.restore(state)
  expect(clock.take(10)).toBe(3000)
})
