/**
 * The kernel beside the reference, in one run on one machine: microseconds a message, and how many times those of the reference.
 *
 *     node --import tsx bench/kernel/bench.ts --oracle fvm-oracle --bundle FILE.car [SCENARIO.json...]
 *
 * Both apply the scenario's messages once and then repeat the last one, with tracing off and a flush after every hundred. They take
 * turns (--turns), so that what else the machine does troubles both; medians and best turns are shown.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startKernelWorker, workerScript } from "../../src/fvm/kernel-worker.ts"
import type { BenchInput, BenchOutput } from "./worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    oracle: { type: "string", default: "fvm-oracle" },
    bundle: { type: "string" },
    rounds: { type: "string", default: "10" },
    repeat: { type: "string", default: "2000" },
    turns: { type: "string", default: "3" },
  },
})
const bundle = values.bundle ?? process.env.FEVM_BUNDLE
if (bundle === undefined) {
  process.stderr.write("usage: bench.ts --oracle FILE --bundle FILE.car [SCENARIO.json...]\n")
  process.exit(2)
}
const shared = fileURLToPath(new URL("../../../shared/bench/", import.meta.url))
const heavy = fileURLToPath(new URL("./scenarios/", import.meta.url))
const scenarios =
  positionals.length > 0
    ? positionals
    : [
        join(shared, "value-transfer.json"),
        join(shared, "erc20-transfer.json"),
        ...readdirSync(heavy).map((file) => join(heavy, file)),
      ]

/** Messages in a round; calls that take milliseconds are repeated a hundredth as often. */
function repeatOf(scenario: string): number {
  const repeat = Number(values.repeat)
  return basename(scenario).startsWith("compute-") ? Math.max(1, Math.round(repeat / 100)) : repeat
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** From what `fvm-oracle bench` prints. */
function microsecondsOf(output: string): number {
  return (JSON.parse(output) as { microseconds_per_message: number }).microseconds_per_message
}

function ours(vector: string, bundles: string, repeat: number): Promise<BenchOutput> {
  const input: BenchInput = {
    vector,
    bundles,
    rounds: Number(values.rounds),
    repeat,
    flushEvery: 100,
  }
  return new Promise((resolve, reject) => {
    const worker = startKernelWorker(workerScript("worker", import.meta.url), { workerData: input })
    worker.on("message", resolve)
    worker.on("error", reject)
  })
}

const folder = mkdtempSync(join(tmpdir(), "fevm-bench-"))
try {
  for (const scenario of scenarios) {
    const args = ["--bundle", bundle.split(":")[0] ?? bundle]
    const options = { encoding: "utf8", maxBuffer: 2 ** 30 } as const
    const vector = join(folder, basename(scenario))
    writeFileSync(vector, execFileSync(values.oracle, ["run", scenario, ...args], options))
    const repeat = repeatOf(scenario)
    const mine: number[] = []
    const reference: number[] = []
    let gasOfOne = 0
    for (let turn = 0; turn < Number(values.turns); turn++) {
      const bench = ["bench", scenario, ...args, "--repeat", String(repeat)]
      reference.push(microsecondsOf(execFileSync(values.oracle, bench, options)))
      const { microseconds, gas } = await ours(vector, bundle, repeat)
      mine.push(...microseconds)
      gasOfOne = gas
    }
    const figures = (all: readonly number[]): string =>
      `${median(all).toFixed(1)} us a message (best ${Math.min(...all).toFixed(1)})`
    process.stdout.write(
      `${basename(scenario, ".json")}, ${gasOfOne} gas: ${figures(mine)}; reference ${figures(reference)}; ` +
        `ratio ${(median(mine) / median(reference)).toFixed(2)} (best ${(Math.min(...mine) / Math.min(...reference)).toFixed(2)})\n`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
