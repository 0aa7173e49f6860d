import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { type Vector as Comparable, differences } from "../../tests/support/compare-results.ts"
import { type Followed, followVector } from "../../tests/support/follow-vector.ts"
import { type RunVector, runVector } from "../../tests/support/run-vector.ts"
import { isVector, type Vector } from "../../tests/vectors/format.ts"

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
  /** Gas of the messages of `tests/actors/yardstick.ts`; last, without a file. */
  readonly yardstick?: { readonly official: readonly number[]; readonly ours: readonly number[] }
}

const YARDSTICK = "../../tests/actors/yardstick-vector.json.gz"
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
if (bundle !== undefined) {
  const [vector] = JSON.parse(gunzipSync(readFileSync(new URL(YARDSTICK, import.meta.url))).toString()) as [Vector]
  const official = vector.cases[0]?.results.map((result) => Number("refused" in result ? 0 : result.gas_used)) ?? []
  const ours = runVector(vector, bundle).cases[0]?.results.map(({ gas_used }) => gas_used) ?? []
  parentPort?.postMessage({ file: "", yardstick: { official, ours } } satisfies ReportAnswer)
}
