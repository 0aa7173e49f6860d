/**
 * Compares our EVM actor with @ethereumjs/evm and, if FEVM_BUNDLE names it, with the official actor, on random programs.
 *
 *     FEVM_BUNDLE=/path/to/builtin-actors.car node --import tsx tests/diff/evm/run.ts [--seed N] [--count N] [--keep DIR] [--bundle FILE.car]
 *
 * Each seed makes up to three contracts that call each other, and one message. A difference is shrunk and kept in DIR (default:
 * tests/diff/evm/regressions) as a case in the format of `npm run ethereum-tests`, named after its seed; `--seed N --count 1` runs it
 * alone. The last line is `N programs, M differences`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, workerData } from "node:worker_threads"
import { startKernelWorker } from "../../../src/fvm/kernel-worker.ts"
import { readBundleFiles } from "../../../src/fvm/machine/bundle.ts"
import { Random } from "../kernel/random.ts"
import { compareCase, shrink } from "./compare.ts"
import { caseOf, Maker } from "./program.ts"

/** Programs between two lines on stderr. */
const PROGRESS = 500

type Settings = { ours: string; official: string | undefined; seed: number; count: number; keep: string }

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "100" },
      bundle: { type: "string", default: "dist/actors/bundle.car" },
      keep: { type: "string", default: fileURLToPath(new URL("./regressions", import.meta.url)) },
    },
  })
  const official = process.env.FEVM_BUNDLE
  if (official === undefined)
    process.stdout.write("FEVM_BUNDLE names no bundle: @ethereumjs/evm alone is the reference\n")
  const settings: Settings = {
    ours: values.bundle,
    official,
    seed: Number(values.seed),
    count: Number(values.count),
    keep: values.keep,
  }
  const worker = startKernelWorker(new URL(import.meta.url), { workerData: settings })
  worker.once("exit", (code) => {
    process.exitCode = code
  })
} else {
  const { ours: file, official: officialFile, seed, count, keep } = workerData as Settings
  const [ours] = readBundleFiles(file)
  const [official] = officialFile === undefined ? [] : readBundleFiles(officialFile)
  if (ours === undefined) throw new RangeError(`${file} has no bundle`)
  const unsaid = new Map<string, number>()
  const counts = { agreed: 0, unsaid: 0, different: 0, official: 0, both: 0 }
  for (let i = seed; i < seed + count; i++) {
    const program = new Maker(new Random(i)).program()
    if (i > seed && (i - seed) % PROGRESS === 0)
      process.stderr.write(`${i - seed} of ${count}: ${counts.agreed} agree, ${counts.different} differ\n`)
    const finding = await compareCase(caseOf(program), ours, official)
    counts[finding.kind]++
    if (finding.official) counts.official++
    if (finding.kind === "agreed" && finding.text === "") counts.both++
    if (finding.text !== "" && finding.kind !== "different")
      unsaid.set(finding.text, (unsaid.get(finding.text) ?? 0) + 1)
    if (finding.kind !== "different") continue
    process.stdout.write(`DIFFERENT seed ${i}: ${finding.text.slice(0, 400)}\n`)
    const small = await shrink(
      program,
      async (one) => (await compareCase(caseOf(one), ours, official)).kind === "different",
    )
    mkdirSync(keep, { recursive: true })
    writeFileSync(`${keep}/seed-${i}.json`, `${JSON.stringify({ [`seed-${i}`]: caseOf(small) }, null, 1)}\n`)
    const again = await compareCase(caseOf(small), ours, official)
    process.stdout.write(`  ${keep}/seed-${i}.json: ${again.text.slice(0, 400)}\n`)
  }
  for (const [text, times] of [...unsaid].sort(([, a], [, b]) => b - a))
    process.stdout.write(`${times} not put to @ethereumjs/evm: ${text}\n`)
  process.stdout.write(
    `${counts.both} as @ethereumjs/evm, ${counts.official} compared with the official actor, ${counts.unsaid} with neither\n`,
  )
  process.stdout.write(`${counts.agreed + counts.different} programs, ${counts.different} differences\n`)
  process.exitCode = counts.different > 0 ? 1 : 0
}
