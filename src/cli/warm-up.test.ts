import { expect, test } from "vitest"
import { type FevmNode, startNode } from "./start-node.ts"
import { warmUp } from "./warm-up.ts"

test("asks a node of its own, and ends it", async () => {
  const started: FevmNode[] = []
  await warmUp({
    start: async (options) => {
      const node = await startNode(options)
      started.push(node)
      return node
    },
    quietMilliseconds: () => Number.POSITIVE_INFINITY,
    rounds: 10,
  })
  expect(started).toHaveLength(1)
  const [node] = started
  // A deposit, ten transfers of tokens, five of value, a deployment.
  expect(node?.chain.head.epoch).toBe(17)
  await expect(fetch(`${node?.url}/health`)).rejects.toThrow("fetch failed")
})

test("waits for others", async () => {
  let quiet = 0
  let starts = 0
  let asked = 0
  const over = new Error("enough was seen")
  const run = warmUp({
    start: async () => {
      starts++
      throw over
    },
    quietMilliseconds: () => {
      if (++asked === 5) quiet = 1000
      expect(starts).toBe(0)
      return quiet
    },
  })
  await expect(run).rejects.toBe(over)
  expect({ asked, starts }).toEqual({ asked: 5, starts: 1 })
})
