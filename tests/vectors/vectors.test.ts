import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { hasSharedData, needsSharedData, sharedPath } from "../support/shared-data.ts"
import { runVectors, vectorFiles } from "./runner.ts"
import type { WorkerAnswer } from "./worker.ts"

/** Vectors that do not pass yet: name -> reason. May only shrink: a listed one that passes fails the test. */
const pending = JSON.parse(readFileSync(fileURLToPath(new URL("./pending.json", import.meta.url)), "utf8")) as Readonly<
  Record<string, string>
>

const bundles = process.env.FEVM_BUNDLE ?? ""

async function run(folder: string): Promise<WorkerAnswer[]> {
  const answers: WorkerAnswer[] = []
  await runVectors(vectorFiles([folder]), bundles, (answer) => answers.push(answer))
  return answers
}

function check(answers: readonly WorkerAnswer[]): void {
  const failed = answers.filter(({ outcome }) => outcome.kind === "failed")
  const surprises = failed.filter(({ name }) => pending[name] === undefined)
  expect(
    surprises.map(({ file, name, outcome }) => ({ name, outcome, replay: `npm run vectors -- ${file}` })),
    "vectors that fail and are not listed in tests/vectors/pending.json",
  ).toEqual([])
  const names = new Set(failed.map(({ name }) => name))
  expect(
    answers.filter(({ name, outcome }) => outcome.kind === "passed" && pending[name] !== undefined && !names.has(name)),
    "vectors that pass: delete them from tests/vectors/pending.json",
  ).toEqual([])
}

describe.skipIf(!hasSharedData)(needsSharedData("the reference's vectors"), () => {
  test("kernel: every syscall, error, gas rule and limit, charge by charge", { timeout: 600_000 }, async () => {
    const answers = await run(sharedPath("vectors/kernel"))
    check(answers)
    expect(answers.length).toBeGreaterThan(600)
  })

  test.skipIf(bundles === "")(
    bundles === ""
      ? "official (SKIPPED: FEVM_BUNDLE does not name the official bundle)"
      : "official: Ethereum-style work on the network's own actors, with every state root",
    { timeout: 600_000 },
    async () => {
      const answers = await run(sharedPath("vectors/official"))
      check(answers)
      expect(answers.length).toBeGreaterThan(100)
    },
  )
})

describe("our own vectors", () => {
  test("each difference that fuzzing found stays fixed", { timeout: 600_000 }, async () => {
    check(await run(fileURLToPath(new URL("./regressions", import.meta.url))))
  })

  test("network versions 21 to 29 charge what the reference charges", async () => {
    check(await run(fileURLToPath(new URL("./network-versions", import.meta.url))))
  })
})
