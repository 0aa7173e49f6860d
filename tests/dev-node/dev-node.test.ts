import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type DevNode, hasAnvil, startAnvil, startFevm } from "./nodes.ts"
import { compileToken, STORIES, Stage } from "./stories.ts"

const compiled = compileToken()
if (!hasAnvil) process.stderr.write("SKIPPED: the stories on Anvil (npm install in bench/compare brings it)\n")

describe.each([
  { name: "fevm", start: startFevm, isHere: true },
  { name: "anvil", start: startAnvil, isHere: hasAnvil },
])("what a developer does with $name", ({ name, start, isHere }) => {
  let node: DevNode | undefined
  let stage: Stage

  beforeAll(async () => {
    if (!isHere) return
    node = await start()
    stage = new Stage(node.url, compiled)
    await stage.deploy()
  }, 60_000)
  afterAll(() => node?.close())

  for (const { name: story, play, expected, anvil } of STORIES)
    test.skipIf(!isHere)(story, async () => {
      const before = await stage.get("evm_snapshot")
      try {
        expect(await play(stage)).toEqual(name === "anvil" && anvil ? anvil.expected : expected)
      } finally {
        await stage.refuses("evm_revert", before) // after a reset there is nothing to go back to
      }
    })
})
