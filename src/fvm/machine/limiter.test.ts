import { expect, test } from "vitest"
import { MessageMemoryLimiter } from "./limiter.ts"

test("memory is granted up to the limit and not beyond; what is refused is not counted", () => {
  const limiter = new MessageMemoryLimiter(4)
  expect(limiter.growMemory(3)).toBe(true)
  expect(limiter.growMemory(2)).toBe(false)
  expect(limiter.growMemory(1)).toBe(true)
  expect(limiter.memoryUsed).toBe(4)
})
