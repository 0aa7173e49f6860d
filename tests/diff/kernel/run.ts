/**
 * Compares our kernel with the reference on random actors and messages.
 *
 *     FEVM_ORACLE=/path/to/fvm-oracle node --import tsx tests/diff/kernel/run.ts [--seed N] [--count N] [--keep DIR] [--modules | --arguments]
 *
 * Each seed makes two actors and ten sequences of messages; a sequence counts as a scenario. With --modules each seed makes ten
 * actors whose code is nearly right, with --arguments ten actors that hand nearly right arguments to syscalls, and calls each once. A difference is shrunk, and
 * kept in DIR (default: tests/vectors/regressions) as a vector named after its seed, which `npm run vectors` runs. The last
 * line is `N scenarios, M differences`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, workerData } from "node:worker_threads"
import { startKernelWorker } from "../../../src/fvm/kernel-worker.ts"
import { argumentScenario } from "./arguments.ts"
import { compareJson, compareScenario, shrink } from "./compare.ts"
import { baseModules, moduleScenario } from "./modules.ts"
import { Oracle } from "./oracle.ts"
import { makeScenario } from "./scenario.ts"

type Settings = { binary: string; seed: number; count: number; keep: string; kind: Kind }

/** What is random: whole programs, the bytes of modules, the arguments of syscalls. */
type Kind = "programs" | "modules" | "arguments"

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      count: { type: "string" },
      keep: { type: "string" },
      modules: { type: "boolean" },
      arguments: { type: "boolean" },
    },
  })
  const binary = process.env.FEVM_ORACLE
  if (binary === undefined) {
    process.stdout.write("SKIPPED: FEVM_ORACLE names no fvm-oracle\n")
  } else {
    const settings: Settings = {
      binary,
      seed: Number(values.seed ?? 1),
      count: Number(values.count ?? 100),
      kind: values.modules ? "modules" : values.arguments ? "arguments" : "programs",
      keep: values.keep ?? fileURLToPath(new URL("../../vectors/regressions", import.meta.url)),
    }
    const worker = startKernelWorker(new URL(import.meta.url), { workerData: settings })
    worker.once("exit", (code) => {
      process.exitCode = code
    })
  }
} else {
  const { binary, seed, count, keep, kind } = workerData as Settings
  const bases = kind === "modules" ? baseModules() : []
  const oracle = new Oracle(binary)
  const exits = new Map<number, number>()
  let scenarios = 0
  let differences = 0
  let unanswered = 0
  for (let i = seed; kind === "modules" && i < seed + count; i++) {
    // One by one: a module can make the reference panic, and nothing else of its scenario would be answered.
    for (let only = 0; only < 10; only++) {
      const outcome = await compareJson(oracle, moduleScenario(i, bases, only))
      if (outcome.kind === "no answer") unanswered++
      else scenarios++
      if (outcome.kind === "same") for (const code of outcome.exits) exits.set(code, (exits.get(code) ?? 0) + 1)
      if (outcome.kind !== "different") continue
      differences++
      process.stdout.write(`seed ${i}, module ${only}: ${outcome.difference.slice(0, 600)}\n`)
      mkdirSync(keep, { recursive: true })
      writeFileSync(`${keep}/modules-${i}-${only}.json`, `${JSON.stringify(outcome.vector)}\n`)
    }
  }
  for (let i = seed; kind === "arguments" && i < seed + count; i++) {
    const outcome = await compareJson(oracle, argumentScenario(i))
    if (outcome.kind === "no answer") {
      unanswered++
      process.stdout.write(`seed ${i}: no answer: ${outcome.error.slice(0, 300)}\n`)
      continue
    }
    scenarios += 10
    if (outcome.kind === "same") for (const code of outcome.exits) exits.set(code, (exits.get(code) ?? 0) + 1)
    if (outcome.kind !== "different") continue
    differences++
    process.stdout.write(`seed ${i}: ${outcome.difference.slice(0, 600)}\n`)
    mkdirSync(keep, { recursive: true })
    writeFileSync(`${keep}/arguments-${i}.json`, `${JSON.stringify(outcome.vector)}\n`)
  }
  for (let i = seed; kind === "programs" && i < seed + count; i++) {
    const scenario = makeScenario(i)
    const outcome = await compareScenario(oracle, scenario)
    if (outcome.kind === "no answer") {
      unanswered++
      process.stdout.write(`seed ${i}: no answer: ${outcome.error.slice(0, 300)}\n`)
      continue
    }
    scenarios += scenario.sequences.length
    if ((i - seed) % 100 === 99) process.stderr.write(`${scenarios} scenarios so far, ${differences} differences\n`)
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
