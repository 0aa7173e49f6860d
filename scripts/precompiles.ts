/**
 * Runs cases of precompiles (geth's format: name, input, expected or error) on our kernel with our EVM actor, through a contract that
 * hands its call data to the precompile.
 *
 *     npm run precompiles [-- DIR...] [--bundle FILE.car] [--filter TEXT]
 *
 * Prints failures by name and, last, `N passed, M failed, K skipped`.
 */
import { readdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { startKernelWorker, workerScript } from "../src/fvm/kernel-worker.ts"
import type { PrecompileAnswer, PrecompileInput } from "./ethereum/precompile-worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bundle: { type: "string", default: "dist/actors/bundle.car" }, filter: { type: "string", default: "" } },
})
const paths = positionals.length > 0 ? positionals : ["../shared/data/precompiles"]
const files = paths.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.json(\.gz)?$/.test(name) && name.includes(values.filter))
        .sort()
        .map((name) => join(path, name))
    : [path],
)
const counts = { passed: 0, failed: 0, skipped: 0 }
const input: PrecompileInput = { files, bundle: values.bundle }
const worker = startKernelWorker(workerScript("ethereum/precompile-worker", import.meta.url), { workerData: input })
worker.on("message", ({ file, name, kind, text }: PrecompileAnswer) => {
  counts[kind]++
  if (kind !== "passed")
    process.stdout.write(`${kind.toUpperCase()} ${basename(file).split(".")[0]} ${name}: ${text}\n`)
})
await new Promise<void>((resolve, reject) => {
  worker.on("error", reject)
  worker.on("exit", () => resolve())
})
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
