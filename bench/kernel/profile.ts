/**
 * What a message spends its time on: the same run as `bench.ts`, sampled by V8's profiler and summed up by part of the kernel.
 *
 *     node --import tsx bench/kernel/profile.ts --oracle fvm-oracle --bundle FILE.car [SCENARIO.json...]
 *
 * Shares are self time; they say where time goes, not how fast it is. `PROFILE.md` shows and explains a run.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startKernelWorker, workerScript } from "../../src/fvm/kernel-worker.ts"
import type { BenchInput } from "./worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    oracle: { type: "string", default: "fvm-oracle" },
    bundle: { type: "string" },
    repeat: { type: "string", default: "20000" },
    functions: { type: "string", default: "0" },
  },
})
const bundle = values.bundle ?? process.env.FEVM_BUNDLE
if (bundle === undefined) {
  process.stderr.write("usage: profile.ts --oracle FILE --bundle FILE.car [--functions N] [SCENARIO.json...]\n")
  process.exit(2)
}
const shared = fileURLToPath(new URL("../../../shared/bench/", import.meta.url))
const scenarios =
  positionals.length > 0
    ? positionals
    : readdirSync(shared)
        .filter((f) => f.includes("transfer"))
        .map((f) => join(shared, f))

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Parts of the kernel by where a function stands; the first that fits counts. */
const PARTS: readonly (readonly [part: string, at: RegExp])[] = [
  ["Wasm", /^wasm:/],
  ["garbage collector", /\(garbage collector\)/],
  ["instances: taken, set back, given back", /fvm\/engine\//],
  ["hashing", /blake2b|noble\/hashes|keccak|crypto\/hashes/],
  ["HAMT, AMT, KAMT of the kernel", /ipld\/(hamt|amt|kamt|hash-trie|node-cache)|state-tree|history-map/],
  ["IPLD: CBOR, CIDs, links, stores", /ipld\/|multiformats|kernel\/(links|read-cid|blocks)/],
  ["syscalls: arguments, memory, gas between them", /fvm\/(syscalls|kernel)\//],
  ["gas, access, calls, transfers", /fvm\/(gas|call-manager|machine)\//],
  ["executor: preflight, receipt, fees", /fvm\/executor|address\/|bench\/kernel/],
]

/** Waiting, and the profiler itself. */
const NOT_OURS = new Set(["(idle) ", "dispatch ", "dispatch node:inspector"])

function partOf({ functionName, url }: Profile["nodes"][number]["callFrame"]): string {
  return PARTS.find(([, at]) => at.test(`${url}${functionName}`))?.[0] ?? "V8 and Node"
}

const folder = mkdtempSync(join(tmpdir(), "fevm-profile-"))
try {
  for (const scenario of scenarios) {
    const vector = join(folder, basename(scenario))
    const args = ["run", scenario, "--bundle", bundle.split(":")[0] ?? bundle]
    writeFileSync(vector, execFileSync(values.oracle, args, { encoding: "utf8", maxBuffer: 2 ** 30 }))
    const profile = join(folder, `${basename(scenario)}.cpuprofile`)
    const input: BenchInput = {
      vector,
      bundles: bundle,
      rounds: 2,
      repeat: Number(values.repeat),
      flushEvery: 100,
      profile,
    }
    await new Promise<void>((resolve, reject) => {
      const worker = startKernelWorker(workerScript("worker", import.meta.url), { workerData: input })
      worker.on("error", reject)
      worker.on("exit", () => resolve())
    })
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(profile, "utf8")) as Profile
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
    const parts = new Map<string, number>()
    const functions = new Map<string, number>()
    let total = 0
    for (const [i, id] of samples.entries()) {
      const frame = frames.get(id)
      const time = timeDeltas[i] ?? 0
      if (frame === undefined || NOT_OURS.has(`${frame.functionName} ${frame.url}`)) continue
      total += time
      const part = partOf(frame)
      parts.set(part, (parts.get(part) ?? 0) + time)
      const name = `${frame.functionName} ${basename(frame.url)}:${frame.lineNumber + 1}`
      functions.set(name, (functions.get(name) ?? 0) + time)
    }
    process.stdout.write(`${basename(scenario, ".json")}\n`)
    for (const [part, time] of [...parts].sort(([, a], [, b]) => b - a))
      process.stdout.write(`  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${part}\n`)
    for (const [name, time] of [...functions].sort(([, a], [, b]) => b - a).slice(0, Number(values.functions)))
      process.stdout.write(`           ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
