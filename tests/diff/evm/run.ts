/**
 * Compares our EVM actor with @ethereumjs/evm and, if they are there, with the official actor and the reference FVM, on random programs.
 *
 *     node --import tsx tests/diff/evm/run.ts [--seed N] [--count N] [--jobs N] [--oracle-every N] [--keep DIR] [--bundle FILE.car]
 *
 *     FEVM_BUNDLE   a bundle of the network (builtin-actors-mainnet.car): its EVM actor runs each program on our kernel, and the state has to
 *                   be equal, to what GAS answered
 *     FEVM_ORACLE   the program `fvm-oracle` (shared/oracle), with FEVM_BUNDLE: each N-th program (`--oracle-every`, default 1) also runs on the
 *                   reference FVM, with gas. Our kernel with the official actor has to do the same, gas to the unit and state roots; with our
 *                   actor the same but for gas and code, where a program neither reads GAS nor gives calls too little of it to matter
 *
 * Each seed makes up to three contracts that call each other, and one message. A difference is shrunk and kept in DIR (default:
 * tests/diff/evm/regressions, which `npm test` runs) as a case in the format of `npm run ethereum-tests`, named after its seed;
 * `--seed N --count 1` runs a seed alone. The last line is `N programs, M differences`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, parentPort, workerData } from "node:worker_threads"
import { startKernelWorker } from "../../../src/fvm/kernel-worker.ts"
import { readBundleFiles } from "../../../src/fvm/machine/bundle.ts"
import { Oracle } from "../kernel/oracle.ts"
import { Random } from "../kernel/random.ts"
import { type Authorities, compareCase, type Finding, shrink } from "./compare.ts"
import { caseOf, Maker } from "./program.ts"

/** Programs between two lines on stderr. */
const PROGRESS = 1000

type Settings = {
  ours: string
  official: string | undefined
  oracle: string | undefined
  oracleEvery: number
  keep: string
  seed: number
  count: number
  /** This worker's seeds: `seed + first`, and every so-manieth after it. */
  first: number
  step: number
}
type Answer = { seed: number; finding: Finding; lines: readonly string[] }

/** Runs the seeds of one worker. */
async function work(settings: Settings): Promise<void> {
  const [ours] = readBundleFiles(settings.ours)
  const [official] = settings.official === undefined ? [] : readBundleFiles(settings.official)
  if (ours === undefined) throw new RangeError(`${settings.ours} has no bundle`)
  const oracle =
    settings.oracle === undefined || settings.official === undefined
      ? undefined
      : new Oracle(settings.oracle, ["--bundle", settings.official])
  const { keep, seed: base, count, first, step, oracleEvery } = settings
  for (let i = first; i < count; i += step) {
    const seed = base + i
    const authorities: Authorities = { official, oracle: seed % oracleEvery === 0 ? oracle : undefined }
    const program = new Maker(new Random(seed)).program()
    const lines: string[] = []
    const finding = await compareCase(caseOf(program), ours, authorities)
    if (finding.kind === "different") {
      lines.push(`DIFFERENT seed ${seed}: ${finding.text.slice(0, 400)}`)
      const differs = async (one: typeof program): Promise<boolean> =>
        (await compareCase(caseOf(one), ours, authorities)).kind === "different"
      const small = await shrink(program, differs)
      mkdirSync(keep, { recursive: true })
      writeFileSync(`${keep}/seed-${seed}.json`, `${JSON.stringify({ [`seed-${seed}`]: caseOf(small) }, null, 1)}\n`)
      const again = await compareCase(caseOf(small), ours, authorities)
      lines.push(`  ${keep}/seed-${seed}.json: ${again.text.slice(0, 400)}`)
    }
    parentPort?.postMessage({ seed, finding, lines } satisfies Answer)
  }
  oracle?.close()
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "100" },
      jobs: { type: "string", default: "1" },
      "oracle-every": { type: "string", default: "1" },
      bundle: { type: "string", default: "dist/actors/bundle.car" },
      keep: { type: "string", default: fileURLToPath(new URL("./regressions", import.meta.url)) },
    },
  })
  const { FEVM_BUNDLE: official, FEVM_ORACLE: oracle } = process.env
  if (official === undefined)
    process.stdout.write("FEVM_BUNDLE names no bundle: @ethereumjs/evm alone is the reference\n")
  const unsaid = new Map<string, number>()
  const counts = { agreed: 0, unsaid: 0, different: 0, official: 0, oracle: 0, both: 0, done: 0 }
  const take = ({ finding, lines }: Answer): void => {
    counts.done++
    counts[finding.kind]++
    if (finding.official) counts.official++
    if (finding.oracle) counts.oracle++
    if (finding.kind === "agreed" && finding.text === "") counts.both++
    if (finding.text !== "" && finding.kind !== "different")
      unsaid.set(finding.text, (unsaid.get(finding.text) ?? 0) + 1)
    for (const line of lines) process.stdout.write(`${line}\n`)
    if (counts.done % PROGRESS === 0)
      process.stderr.write(`${counts.done} of ${values.count}: ${counts.agreed} agree, ${counts.different} differ\n`)
  }
  const jobs = Number(values.jobs)
  const codes = await Promise.all(
    Array.from({ length: jobs }, (_, first) => {
      const settings: Settings = {
        ours: values.bundle,
        official,
        oracle,
        oracleEvery: Number(values["oracle-every"]),
        keep: values.keep,
        seed: Number(values.seed),
        count: Number(values.count),
        first,
        step: jobs,
      }
      const worker = startKernelWorker(new URL(import.meta.url), { workerData: settings })
      worker.on("message", take)
      return new Promise<number>((resolve) => {
        worker.on("error", (error) => process.stdout.write(`FAULT ${error.stack ?? error.message}\n`))
        worker.on("exit", resolve)
      })
    }),
  )
  for (const [text, times] of [...unsaid].sort(([, a], [, b]) => b - a))
    process.stdout.write(`${times} not put to @ethereumjs/evm: ${text}\n`)
  process.stdout.write(
    `${counts.both} as @ethereumjs/evm, ${counts.official} compared with the official actor, ${counts.oracle} with the reference FVM, ${counts.unsaid} with none\n`,
  )
  process.stdout.write(`${counts.agreed + counts.different} programs, ${counts.different} differences\n`)
  process.exitCode = counts.different > 0 || codes.some((code) => code !== 0) ? 1 : 0
} else await work(workerData as Settings)
