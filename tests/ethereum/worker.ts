import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import type { EthereumCase } from "./case.ts"
import { judge, type Verdict } from "./judge.ts"

/** What the command hands to a worker at its start. */
export interface EthereumInput {
  readonly bundle: string
}

/** A case to run. */
export interface EthereumOrder {
  readonly file: string
  readonly name: string
}

/** What came of it. */
export interface EthereumAnswer extends Verdict {
  readonly milliseconds: number
}

const { bundle: list } = workerData as EthereumInput
const [bundle] = readBundleFiles(list)
let open: { readonly file: string; readonly cases: Readonly<Record<string, EthereumCase>> } | undefined

function caseNamed({ file, name }: EthereumOrder): EthereumCase {
  if (open?.file !== file) {
    const bytes = readFileSync(file)
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()
    open = { file, cases: JSON.parse(text) as Record<string, EthereumCase> }
  }
  return open.cases[name] as EthereumCase
}

parentPort?.on("message", async (order: EthereumOrder) => {
  const start = performance.now()
  let verdict: Verdict
  try {
    if (bundle === undefined) throw new RangeError(`${list} has no bundle`)
    verdict = await judge(caseNamed(order), bundle)
  } catch (error) {
    verdict = { kind: "failed", text: `fault: ${error instanceof Error ? (error.stack ?? error.message) : error}` }
  }
  parentPort?.postMessage({ ...verdict, milliseconds: performance.now() - start } satisfies EthereumAnswer)
})
// Orders that come while the script is still loading are lost.
parentPort?.postMessage("ready")
