import { describe, expect, it } from "vitest"
import { CLIENTS, countTests, runClient } from "./clients-e2e/clients.ts"

const MINUTES = 60_000

describe("a client, unchanged, against the built command", () => {
  it.for(CLIENTS.filter(({ weight }) => weight === "light"))(
    "$name",
    { timeout: 20 * MINUTES },
    async (client, { skip }) => {
      const outcome = await runClient(client)
      if (outcome.kind === "skipped") {
        console.warn(`SKIPPED ${client.name}: ${outcome.reason}`)
        skip(outcome.reason)
        return
      }
      expect(outcome.failed, outcome.output).toBe(0)
      expect(outcome.passed).toBeGreaterThan(0)
    },
  )
})

describe("countTests", () => {
  it.each([
    ["Vitest", " Test Files  1 failed | 1 passed (2)\n      Tests  2 failed | 40 passed (42)\n", 40, 2],
    ["Mocha", "\n  40 passing (2s)\n  2 pending\n  3 failing\n", 40, 3],
    ["node:test", "# tests 5\n# pass 4\n# fail 1\n", 4, 1],
    ["two summaries", "ℹ pass 4\nℹ fail 0\n  2 passing (1s)\n", 6, 0],
    ["none", "Error: no such file\n", 0, 0],
  ])("reads the summary of %s", (_, output, passed, failed) => {
    expect(countTests(output)).toEqual({ passed, failed })
  })
})
