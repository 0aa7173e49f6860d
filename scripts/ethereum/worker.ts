import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import type { EthereumCase } from "./case.ts"
import { difference } from "./compare.ts"
import { runReference } from "./ethereumjs.ts"
import { runOnKernel } from "./kernel.ts"
import { byDesign } from "./rules.ts"

/** What the command hands to its worker. */
export interface EthereumInput {
  readonly files: readonly string[]
  readonly bundle: string
  /** Only cases with this in their name; empty for all. */
  readonly filter: string
}

/** What came of a case. */
export interface EthereumAnswer {
  readonly file: string
  readonly name: string
  readonly kind: "passed" | "failed" | "excluded"
  readonly text: string
}

const { files, bundle: list, filter } = workerData as EthereumInput
const [bundle] = readBundleFiles(list)

async function judge(test: EthereumCase): Promise<Pick<EthereumAnswer, "kind" | "text">> {
  const rule = byDesign(test)
  if (rule !== undefined) return { kind: "excluded", text: rule }
  const { outcome, excluded } = await runReference(test)
  if (excluded !== undefined) return { kind: "excluded", text: excluded }
  if (bundle === undefined) return { kind: "failed", text: "no bundle" }
  const { outcome: ours, exitCode } = runOnKernel(test, bundle)
  const found = difference(test, outcome, ours)
  return found === undefined
    ? { kind: "passed", text: "" }
    : { kind: "failed", text: `${found} (exit code ${exitCode})` }
}

for (const file of files) {
  const bytes = readFileSync(file)
  const cases = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()) as Record<
    string,
    EthereumCase
  >
  for (const [name, test] of Object.entries(cases)) {
    if (!name.includes(filter)) continue
    let answer: Pick<EthereumAnswer, "kind" | "text">
    try {
      answer = await judge(test)
    } catch (error) {
      answer = { kind: "failed", text: `fault: ${error instanceof Error ? (error.stack ?? error.message) : error}` }
    }
    parentPort?.postMessage({ file, name, ...answer } satisfies EthereumAnswer)
  }
}
