import { startKernelWorker, workerScript } from "../../fvm/kernel-worker.ts"
import { ChainError } from "../errors.ts"
import type { TipsetOutcome } from "./replay.ts"
import type { ReplayInput } from "./worker.ts"

/** Sums of a replay, in tipsets. */
export interface ReplayCounts {
  readonly passed: number
  readonly failed: number
  /** Not executed, for lack of the actors' code. */
  readonly skipped: number
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
    let skipped = 0
    const worker = startKernelWorker(workerScript("worker", import.meta.url), { workerData: input })
    worker.on("message", (outcome: TipsetOutcome) => {
      if (outcome.skipped !== undefined) skipped++
      else if (outcome.difference === undefined) passed++
      else failed++
      onTipset(outcome)
    })
    worker.on("error", (cause) =>
      reject(new ChainError("worker-crashed", cause instanceof Error ? cause.message : String(cause), { cause })),
    )
    worker.on("exit", (code) => {
      if (code === 0) resolve({ passed, failed, skipped })
      else reject(new ChainError("worker-crashed", `the replay ended with code ${code}`))
    })
  })
}

/**
 * Replays several recordings one after the other and says how it went, a line for each tipset that differs.
 *
 * @param print - Gets the lines; the last one is `N passed, M failed, K skipped`, of tipsets.
 * @returns Whether no tipset differed.
 * @throws ChainError - As {@link runReplay}.
 */
export async function replayFolders(
  folders: readonly string[],
  options: Omit<ReplayInput, "folder">,
  print: (line: string) => void,
): Promise<boolean> {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const folder of folders) {
    let reason: string | undefined
    const counts = await runReplay({ ...options, folder }, ({ height, difference, skipped }) => {
      if (difference !== undefined) print(`FAILED ${folder}, tipset ${height}: ${difference}`)
      reason ??= skipped
    })
    if (reason !== undefined) print(`SKIPPED ${counts.skipped} tipsets of ${folder}: ${reason}`)
    sum.passed += counts.passed
    sum.failed += counts.failed
    sum.skipped += counts.skipped
  }
  print(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
  return sum.failed === 0
}
