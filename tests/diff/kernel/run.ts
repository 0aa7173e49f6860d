/**
 * Compares our kernel with the reference on random actors and messages.
 *
 *     FEVM_ORACLE=/path/to/fvm-oracle node --import tsx tests/diff/kernel/run.ts [--seed N] [--count N] [--keep DIR]
 *
 * Each seed makes two actors and ten sequences of messages; a sequence counts as a scenario. A difference is shrunk, and
 * kept in DIR (default: tests/vectors/regressions) as a vector named after its seed, which `npm run vectors` runs. The last
 * line is `N scenarios, M differences`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, workerData } from "node:worker_threads"
import { startKernelWorker } from "../../../src/fvm/kernel-worker.ts"
import { compareScenario, shrink } from "./compare.ts"
import { Oracle } from "./oracle.ts"
import { makeScenario } from "./scenario.ts"

type Settings = { binary: string; seed: number; count: number; keep: string }

if (isMainThread) {
  const { values } = parseArgs({
    options: { seed: { type: "string" }, count: { type: "string" }, keep: { type: "string" } },
  })
  const binary = process.env.FEVM_ORACLE
  if (binary === undefined) {
    process.stdout.write("SKIPPED: FEVM_ORACLE names no fvm-oracle\n")
  } else {
    const settings: Settings = {
      binary,
      seed: Number(values.seed ?? 1),
      count: Number(values.count ?? 100),
      keep: values.keep ?? fileURLToPath(new URL("../../vectors/regressions", import.meta.url)),
    }
    const worker = startKernelWorker(new URL(import.meta.url), { workerData: settings })
    worker.once("exit", (code) => {
      process.exitCode = code
    })
  }
} else {
  const { binary, seed, count, keep } = workerData as Settings
  const oracle = new Oracle(binary)
  const exits = new Map<number, number>()
  let scenarios = 0
  let differences = 0
  let unanswered = 0
  for (let i = seed; i < seed + count; i++) {
    const scenario = makeScenario(i)
    const outcome = await compareScenario(oracle, scenario)
    if (outcome.kind === "no answer") {
      unanswered++
      process.stdout.write(`seed ${i}: no answer: ${outcome.error.slice(0, 300)}\n`)
      continue
    }
    scenarios += scenario.sequences.length
    if (outcome.kind === "same") {
      for (const code of outcome.exits) exits.set(code, (exits.get(code) ?? 0) + 1)
      continue
    }
    differences++
    process.stdout.write(`seed ${i}: ${outcome.difference.slice(0, 600)}\n`)
    const small = await shrink(oracle, scenario)
    const again = await compareScenario(oracle, small)
    mkdirSync(keep, { recursive: true })
    writeFileSync(
      `${keep}/fuzz-${i}.json`,
      `${JSON.stringify(again.kind === "different" ? again.vector : outcome.vector)}\n`,
    )
    if (again.kind === "different") process.stdout.write(`  shrunk: ${again.difference.slice(0, 600)}\n`)
  }
  oracle.close()
  const spread = [...exits].sort(([a], [b]) => a - b).map(([code, times]) => `${code}: ${times}`)
  process.stdout.write(`exit codes {${spread.join(", ")}}, ${unanswered} seeds without an answer\n`)
  process.stdout.write(`${scenarios} scenarios, ${differences} differences\n`)
  process.exitCode = differences > 0 ? 1 : 0
}
