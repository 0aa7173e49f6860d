/**
 * Runs cases of precompiles (geth's format: name, input, expected or error) on our kernel with our EVM actor, through a contract that
 * hands its call data to the precompile.
 *
 *     npm run precompiles [-- DIR...] [--bundle FILE.car] [--filter TEXT] [--beside FILE.car [--shapes]] [--all]
 *
 * With another bundle beside, both run and have to answer the same, and the gas of the whole message in each is compared: mean, least
 * and greatest ratio by file, and by name where it is more than twice as much (`--all`: by name for each).
 * `--shapes` adds inputs of all sizes and kinds, made for being compared (`tests/ethereum/precompile-shapes.ts`).
 *
 * Prints failures by name and, last, `N passed, M failed, K skipped`.
 */
import { readdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { startKernelWorker } from "../src/fvm/kernel-worker.ts"
import type { PrecompileAnswer, PrecompileInput } from "../tests/ethereum/precompile-worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bundle: { type: "string", default: "dist/actors/bundle.car" },
    beside: { type: "string", default: "" },
    filter: { type: "string", default: "" },
    all: { type: "boolean" },
    shapes: { type: "boolean", default: false },
  },
})
const paths = positionals.length > 0 || values.shapes ? positionals : ["../shared/data/precompiles"]
const files = paths.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.json(\.gz)?$/.test(name) && name.includes(values.filter))
        .sort()
        .map((name) => join(path, name))
    : [path],
)
/** A precompile may cost twice what it costs there. */
const BOUND = 2
const gases = new Map<string, Array<{ readonly name: string; readonly ours: number; readonly other: number }>>()
const counts = { passed: 0, failed: 0, skipped: 0 }
const input: PrecompileInput = { files, shapes: values.shapes, bundle: values.bundle, beside: values.beside }
const worker = startKernelWorker(new URL("../tests/ethereum/precompile-worker.ts", import.meta.url), {
  workerData: input,
})
worker.on("message", ({ file, name, kind, text, gas }: PrecompileAnswer) => {
  counts[kind]++
  if (gas !== undefined) {
    const list = gases.get(file) ?? []
    list.push({ name, ours: Number(gas[0]), other: Number(gas[1]) })
    gases.set(file, list)
  }
  if (kind !== "passed")
    process.stdout.write(`${kind.toUpperCase()} ${basename(file).split(".")[0]} ${name}: ${text}\n`)
})
await new Promise<void>((resolve, reject) => {
  worker.on("error", reject)
  worker.on("exit", () => resolve())
})
for (const [file, list] of gases) {
  const ratios = list.map(({ ours, other }) => ours / other)
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
  const cells = [mean, Math.min(...ratios), Math.max(...ratios)].map((x) => x.toFixed(3).padStart(7)).join(" ")
  process.stdout.write(`${basename(file).padEnd(40)} ${String(list.length).padStart(5)} ${cells}\n`)
  for (const { name, ours, other } of list)
    if (ours / other > BOUND || values.all)
      process.stdout.write(
        `  ${ours / other > BOUND ? "DEARER " : ""}${name}: ${(ours / other).toFixed(2)} (${ours} / ${other})\n`,
      )
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
