import { startKernelWorker, workerScript } from "../../fvm/kernel-worker.ts"
import { ChainError } from "../errors.ts"
import type { TipsetOutcome } from "./replay.ts"
import type { ReplayInput } from "./worker.ts"

/** Sums of a replay, in tipsets. */
export interface ReplayCounts {
  readonly passed: number
  readonly failed: number
}

/**
 * Replays a recorded chain in a worker with a large stack.
 *
 * @param onTipset - Hears of each tipset as soon as it is done.
 * @throws ChainError - `worker-crashed`: the recording or a bundle cannot be read, or the kernel failed.
 */
export function runReplay(input: ReplayInput, onTipset: (outcome: TipsetOutcome) => void): Promise<ReplayCounts> {
  return new Promise((resolve, reject) => {
    let passed = 0
    let failed = 0
    const worker = startKernelWorker(workerScript("worker", import.meta.url), { workerData: input })
    worker.on("message", (outcome: TipsetOutcome) => {
      if (outcome.difference === undefined) passed++
      else failed++
      onTipset(outcome)
    })
    worker.on("error", (cause) =>
      reject(new ChainError("worker-crashed", cause instanceof Error ? cause.message : String(cause), { cause })),
    )
    worker.on("exit", (code) => {
      if (code === 0) resolve({ passed, failed })
      else reject(new ChainError("worker-crashed", `the replay ended with code ${code}`))
    })
  })
}
