/**
 * Runs random scenarios of contracts and people on the reference FVM with the official bundle, and the same messages on our kernel with our
 * bundle: exit codes, return data, events, balances and the state of actors have to be equal.
 *
 *     FEVM_ORACLE=fvm-oracle FEVM_BUNDLE=builtin-actors-mainnet.car \
 *       node --import tsx tests/actors/run.ts [--seed N] [--count N] [--messages N] [--keep DIR] [--keep-all] [--record FILE.json.gz] [--bundle FILE.car]
 *
 * Each seed makes one scenario (`scenarios.ts`). A scenario that differs is cut to the messages that it needs and kept in DIR as a vector that
 * `npm run report:actors -- DIR` runs. `--keep-all` keeps each. `--record FILE` adds what was kept to a file of vectors, compressed, as
 * `native.test.ts` runs it; `--yardstick` and `--named` run the scenarios of `yardstick.ts` and
 * `named-scenarios.ts` in the place of random ones. The last line is `N scenarios, M differences`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { isMainThread, workerData } from "node:worker_threads"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Json } from "../../src/actors/testing/messages.ts"
import { startKernelWorker } from "../../src/fvm/kernel-worker.ts"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { Oracle } from "../diff/kernel/oracle.ts"
import { Random } from "../diff/kernel/random.ts"
import { type Vector as Comparable, differences } from "../support/compare-results.ts"
import { runVector } from "../support/run-vector.ts"
import { isVector } from "../vectors/format.ts"
import { namedScenarios } from "./named-scenarios.ts"
import { ScenarioMaker } from "./scenarios.ts"
import { yardstick } from "./yardstick.ts"

/** Scenarios between two lines on stderr. */
const PROGRESS = 100

interface Settings {
  readonly seed: number
  readonly count: number
  readonly messages: number
  readonly keep: string
  readonly keepAll: boolean
  readonly record: string
  readonly yardstick: boolean
  readonly named: boolean
  readonly bundle: string
  readonly oracle: string
  readonly official: string
}

async function work(settings: Settings): Promise<void> {
  const [ours] = readBundleFiles(settings.bundle)
  if (ours === undefined) throw new RangeError(`${settings.bundle} has no bundle`)
  const oracle = new Oracle(settings.oracle, ["--bundle", settings.official])
  const exits = new Map<number, number>()
  const kept: unknown[] = []
  let different = 0

  /** The first difference of a scenario, and what the reference made of it. */
  const compare = async (scenario: Json): Promise<{ found: string | undefined; vector: unknown }> => {
    const vector = await oracle.ask(scenario)
    if (!isVector(vector)) return { found: `no answer: ${(vector as { error?: string }).error}`, vector }
    let found: string | undefined
    try {
      found = differences(vector as unknown as Comparable, runVector(vector, ours))[0]
    } catch (error) {
      found = `fault: ${error instanceof Error ? error.stack : error}`
    }
    return { found, vector }
  }

  const lists: readonly Json[] = settings.yardstick ? [await yardstick()] : settings.named ? namedScenarios() : []
  const count = lists.length || settings.count
  for (let seed = settings.seed; seed < settings.seed + count; seed++) {
    if (seed > settings.seed && (seed - settings.seed) % PROGRESS === 0)
      process.stderr.write(`${seed - settings.seed} of ${settings.count}: ${different} differ\n`)
    const scenario =
      lists[seed - settings.seed] ?? new ScenarioMaker(new Random(seed)).scenario(`scenario-${seed}`, settings.messages)
    let { found, vector } = await compare(scenario)
    if (found !== undefined) {
      different++
      process.stdout.write(`DIFFERENT seed ${seed}: ${found.slice(0, 600)}\n`)
      let messages = scenario.messages as Json[]
      for (let i = messages.length - 1; i >= 0; i--) {
        const fewer = messages.filter((_, at) => at !== i)
        const again = await compare({ ...scenario, messages: fewer })
        if (again.found === undefined || again.found.startsWith("no answer")) continue
        messages = fewer
        ;({ found, vector } = again)
      }
      process.stdout.write(`  ${messages.length} messages: ${found?.slice(0, 300)}\n`)
    }
    if (isVector(vector))
      for (const { results } of vector.cases)
        for (const result of results) {
          const code = "exit_code" in result ? result.exit_code : -1
          exits.set(code, (exits.get(code) ?? 0) + 1)
        }
    if (found !== undefined || settings.keepAll) kept.push(vector)
    if ((found !== undefined || settings.keepAll) && settings.keep !== "") {
      mkdirSync(settings.keep, { recursive: true })
      writeFileSync(`${settings.keep}/scenario-${seed}.json`, JSON.stringify(vector))
    }
  }
  oracle.close()
  if (settings.record !== "") {
    const { record } = settings
    const before = existsSync(record) ? (JSON.parse(gunzipSync(readFileSync(record)).toString()) as unknown[]) : []
    writeFileSync(record, gzipSync(JSON.stringify([...before, ...kept]), { level: 9 }))
  }
  process.stdout.write(
    `exit codes: ${[...exits]
      .sort(([a], [b]) => a - b)
      .map((pair) => pair.join(" x "))
      .join(", ")}\n`,
  )
  process.stdout.write(`${count} scenarios, ${different} differences\n`)
  process.exitCode = different > 0 ? 1 : 0
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "100" },
      messages: { type: "string", default: "6" },
      keep: { type: "string", default: "" },
      "keep-all": { type: "boolean", default: false },
      record: { type: "string", default: "" },
      yardstick: { type: "boolean", default: false },
      named: { type: "boolean", default: false },
      bundle: { type: "string", default: "dist/actors/bundle.car" },
    },
  })
  const { FEVM_ORACLE: oracle, FEVM_BUNDLE: official } = process.env
  if (oracle === undefined || official === undefined) {
    process.stdout.write("skipped: set FEVM_ORACLE and FEVM_BUNDLE\n")
  } else {
    const settings: Settings = {
      seed: Number(values.seed),
      count: Number(values.count),
      messages: Number(values.messages),
      keep: values.keep,
      keepAll: values["keep-all"],
      record: values.record,
      yardstick: values.yardstick,
      named: values.named,
      bundle: values.bundle,
      oracle,
      official,
    }
    const worker = startKernelWorker(new URL(import.meta.url), { workerData: settings })
    worker.once("exit", (code) => {
      process.exitCode = code
    })
  }
} else await work(workerData as Settings)
