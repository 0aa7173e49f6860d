import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { type Vector as Comparable, differences } from "../../tests/support/compare-results.ts"
import { type Followed, followVector } from "../../tests/support/follow-vector.ts"
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
  /** What it does when gas is followed, for a vector that differs; see `follow-vector.ts`. */
  readonly followed?: Followed
  readonly error?: string
}

const { files, bundle: file } = workerData as ReportInput
const [bundle] = readBundleFiles(file)
for (const name of files) {
  let answer: ReportAnswer
  try {
    const vector: unknown = JSON.parse(readFileSync(name, "utf8"))
    if (!isVector(vector) || vector.pre.needs_bundle === null || bundle === undefined) continue
    const ran = runVector(vector, bundle)
    const differs = differences(vector as unknown as Comparable, ran).length > 0
    answer = { file: name, ran, ...(differs ? { followed: followVector(vector, bundle) } : {}) }
  } catch (error) {
    answer = { file: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  parentPort?.postMessage(answer)
}
