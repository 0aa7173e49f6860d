/**
 * Runs cases cut from ethereum/tests on our kernel with our EVM actor, and on @ethereumjs/evm beside it.
 *
 *     npm run ethereum-tests [-- DIR...] [--bundle FILE.car] [--filter TEXT] [--verbose]
 *
 * Storage, code, balances (less fees) and nonces of contracts have to be as the case says, logs as @ethereumjs/evm makes them. Excluded
 * is what hangs on Ethereum's gas, fees or blocks, by the rules in `ethereum/ethereumjs.ts` and `ethereum/rules.ts`, which look at the
 * case and at its run on @ethereumjs/evm, never at its name. Prints failures by name, how many each rule excluded and, last, `N passed,
 * M failed, K skipped`.
 */
import { readdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { startKernelWorker, workerScript } from "../src/fvm/kernel-worker.ts"
import type { EthereumAnswer, EthereumInput } from "./ethereum/worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bundle: { type: "string", default: "dist/actors/bundle.car" },
    filter: { type: "string", default: "" },
    verbose: { type: "boolean" },
  },
})
const paths = positionals.length > 0 ? positionals : ["../shared/data/ethereum-tests"]
const files = paths.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.json(\.gz)?$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path],
)
const counts = { passed: 0, failed: 0, excluded: 0 }
const rules = new Map<string, number>()
const input: EthereumInput = { files, bundle: values.bundle, filter: values.filter }
const worker = startKernelWorker(workerScript("ethereum/worker", import.meta.url), { workerData: input })
worker.on("message", ({ file, name, kind, text }: EthereumAnswer) => {
  counts[kind]++
  if (kind === "excluded") rules.set(text, (rules.get(text) ?? 0) + 1)
  if (kind === "failed") process.stdout.write(`FAILED ${basename(file).split(".")[0]} ${name}: ${text}\n`)
  else if (values.verbose) process.stdout.write(`${kind} ${name} ${text}\n`)
})
await new Promise<void>((resolve, reject) => {
  worker.on("error", reject)
  worker.on("exit", () => resolve())
})
for (const [rule, count] of [...rules].sort(([, a], [, b]) => b - a))
  process.stdout.write(`excluded ${count}: ${rule}\n`)
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.excluded} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
