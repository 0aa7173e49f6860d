import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { type RunVector, runVector } from "../../tests/support/run-vector.ts"
import { isVector } from "../../tests/vectors/format.ts"

/** What the report hands to its worker. */
export interface ReportInput {
  readonly files: readonly string[]
  readonly bundle: string
}

/** What the worker answers for each file; `error` if it could not be run. */
export interface ReportAnswer {
  readonly file: string
  readonly ran?: RunVector
  readonly error?: string
}

const { files, bundle: file } = workerData as ReportInput
const [bundle] = readBundleFiles(file)
for (const name of files) {
  let answer: ReportAnswer
  try {
    const vector: unknown = JSON.parse(readFileSync(name, "utf8"))
    if (!isVector(vector) || vector.pre.needs_bundle === null || bundle === undefined) continue
    answer = { file: name, ran: runVector(vector, bundle) }
  } catch (error) {
    answer = { file: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  parentPort?.postMessage(answer)
}
