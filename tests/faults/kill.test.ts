import { expect, test } from "vitest"
import { killRounds } from "./kill.ts"

test("killed at random moments under load: what was acknowledged is there, whole, and the database is sound", async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  const report = await killRounds(4, seed, (line) => console.warn(line))
  expect(report.faults).toEqual([])
  expect(report.passed).toBe(4)
})
