/**
 * Runs cases cut from ethereum/tests on our kernel with our EVM actor, and on @ethereumjs/evm beside it.
 *
 *     npm run ethereum-tests [-- DIR...] [--bundle FILE.car] [--filter TEXT] [--jobs 2] [--time-limit SECONDS] [--verbose]
 *
 * Storage, code, balances (less fees) and nonces of contracts have to be as the case says, logs as @ethereumjs/evm makes them. A case that
 * hangs on Ethereum's gas, fees or blocks is run a second time, on both, by Filecoin's rules and with gas that costs nothing (`Rules` in
 * `tests/ethereum/ethereumjs.ts`); whatever one then sees has to be equal. Excluded is what even so cannot be put to Filecoin, by the rules in
 * `tests/ethereum/ethereumjs.ts` and `tests/ethereum/rules.ts`, which look at the case and at its run on @ethereumjs/evm, never at its name. A case that
 * does not end within the time limit has failed. Prints failures by name, how many each rule excluded, what took longest and, last, `N
 * passed, M failed, K skipped`.
 */
import { once } from "node:events"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import type { Worker } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { startKernelWorker } from "../src/fvm/kernel-worker.ts"
import type { EthereumAnswer, EthereumInput, EthereumOrder } from "../tests/ethereum/worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bundle: { type: "string", default: "dist/actors/bundle.car" },
    filter: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    "time-limit": { type: "string", default: "60" },
    verbose: { type: "boolean" },
  },
})
const SLOWEST = 5
const paths = positionals.length > 0 ? positionals : ["../shared/data/ethereum-tests"]
const files = paths.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.json(\.gz)?$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path],
)
const orders: EthereumOrder[] = files.flatMap((file) => {
  const bytes = readFileSync(file)
  const cases = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()) as object
  return Object.keys(cases)
    .filter((name) => name.includes(values.filter))
    .map((name) => ({ file, name }))
})
const counts = { passed: 0, agreed: 0, failed: 0, excluded: 0 }
const rules = new Map<string, number>()
const times: Array<{ readonly name: string; readonly milliseconds: number }> = []

function take({ file, name }: EthereumOrder, { kind, text, milliseconds }: EthereumAnswer): void {
  counts[kind]++
  times.push({ name, milliseconds })
  if (kind === "excluded" || kind === "agreed") {
    const rule = kind === "excluded" ? `excluded: ${text}` : `agreed by Filecoin's rules without gas: ${text}`
    rules.set(rule, (rules.get(rule) ?? 0) + 1)
  }
  if (kind === "failed") process.stdout.write(`FAILED ${basename(file).split(".")[0]} ${name}: ${text}\n`)
  else if (values.verbose) process.stdout.write(`${kind} ${name} ${text}\n`)
}

const input: EthereumInput = { bundle: values.bundle }
let next = 0

/** Takes orders until there are none left, in a worker that is replaced when a case takes too long or ends it. */
async function serve(): Promise<void> {
  let worker: Worker | undefined
  for (;;) {
    const order = orders[next++]
    if (order === undefined) break
    worker ??= await start()
    const answer = await ask(worker, order)
    if (answer.ended) worker = undefined
    take(order, answer)
  }
  await worker?.terminate()
}

async function start(): Promise<Worker> {
  const worker = startKernelWorker(new URL("../tests/ethereum/worker.ts", import.meta.url), { workerData: input })
  await once(worker, "message")
  return worker
}

async function ask(worker: Worker, order: EthereumOrder): Promise<EthereumAnswer & { readonly ended: boolean }> {
  const limit = Number(values["time-limit"]) * 1000
  const failed = (text: string): EthereumAnswer & { readonly ended: boolean } => ({
    kind: "failed",
    text,
    milliseconds: limit,
    ended: true,
  })
  const answer = await new Promise<EthereumAnswer & { readonly ended: boolean }>((resolve) => {
    const timer = setTimeout(() => resolve(failed(`does not end within ${limit / 1000} s`)), limit)
    worker.once("message", (got: EthereumAnswer) => {
      clearTimeout(timer)
      resolve({ ...got, ended: false })
    })
    worker.once("error", (error) => {
      clearTimeout(timer)
      resolve(failed(`the worker ended: ${error.message}`))
    })
    worker.postMessage(order)
  })
  worker.removeAllListeners("message")
  worker.removeAllListeners("error")
  if (answer.ended) await worker.terminate()
  return answer
}

await Promise.all(Array.from({ length: Number(values.jobs) }, serve))
for (const [rule, count] of [...rules].sort(([, a], [, b]) => b - a)) process.stdout.write(`${count} ${rule}\n`)
for (const { name, milliseconds } of times.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, SLOWEST))
  process.stdout.write(`took ${(milliseconds / 1000).toFixed(1)} s: ${name}\n`)
process.stdout.write(
  `${counts.passed} as the case says, ${counts.agreed} by Filecoin's rules without gas as @ethereumjs/evm\n` +
    `${counts.passed + counts.agreed} passed, ${counts.failed} failed, ${counts.excluded} skipped\n`,
)
process.exitCode = counts.failed > 0 ? 1 : 0
