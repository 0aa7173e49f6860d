import { parentPort, workerData } from "node:worker_threads"
import { readBundleFiles } from "../../fvm/machine/bundle.ts"
import { runtimeFor } from "../../fvm/runtime.ts"
import { loadRecording } from "./recording.ts"
import { replayChain } from "./replay.ts"

/** What the worker is told. */
export interface ReplayInput {
  readonly folder: string
  /** Bundle files separated by `:`. */
  readonly bundles: string
  readonly limit?: number
}

const { folder, bundles: list, limit } = workerData as ReplayInput
const bundles = readBundleFiles(list)
for (const outcome of replayChain(loadRecording(folder), {
  bundles,
  runtimeFor: (context) => runtimeFor(context, { bundles }),
  ...(limit === undefined ? {} : { limit }),
}))
  parentPort?.postMessage(outcome)
