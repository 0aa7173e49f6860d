import { readFileSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { runtimeFor } from "../../src/fvm/runtime.ts"
import { isVector } from "./format.ts"
import { replayVector, type VectorOutcome } from "./replay.ts"

/** What the runner hands to the worker. */
export interface WorkerInput {
  readonly files: readonly string[]
  /** Bundle files separated by `:`, or the empty text. */
  readonly bundles: string
}

/** What the worker answers for each file. */
export interface WorkerAnswer {
  readonly file: string
  readonly name: string
  readonly outcome: VectorOutcome
}

const { files, bundles: list } = workerData as WorkerInput
const bundles = readBundleFiles(list)

for (const file of files) {
  let answer: WorkerAnswer
  try {
    const vector: unknown = JSON.parse(readFileSync(file, "utf8"))
    if (!isVector(vector)) continue
    let outcome: VectorOutcome
    try {
      outcome = replayVector(vector, {
        bundles,
        // The oracle verifies proofs for real and we do not: the vectors have no right ones, and the warnings are known.
        runtimeFor: (context) => runtimeFor(context, { bundles, warn: () => undefined }),
      })
    } catch (error) {
      outcome = {
        kind: "failed",
        difference: `fault: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
      }
    }
    answer = { file, name: vector.name, outcome }
  } catch (error) {
    answer = { file, name: file, outcome: { kind: "failed", difference: `cannot be read: ${error}` } }
  }
  parentPort?.postMessage(answer)
}
