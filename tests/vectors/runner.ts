import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { startKernelWorker, workerScript } from "../../src/fvm/kernel-worker.ts"
import type { WorkerAnswer, WorkerInput } from "./worker.ts"

/** All JSON files under the given folders and files, sorted. */
export function vectorFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(path, name))
  })
}

/**
 * Runs vectors in a worker with a large stack, one after the other.
 *
 * A file that kills the worker fails; the rest goes on in a new one.
 *
 * @param bundles - Bundle files separated by `:`, or the empty text.
 * @param onAnswer - Hears of each vector as soon as it has run. Files that are no vectors are passed over.
 */
export async function runVectors(
  files: readonly string[],
  bundles: string,
  onAnswer: (answer: WorkerAnswer) => void,
): Promise<void> {
  let rest = files
  while (rest.length > 0) {
    const done = new Set<string>()
    const crash = await runInWorker({ files: rest, bundles }, (answer) => {
      done.add(answer.file)
      onAnswer(answer)
    })
    if (crash === undefined) return
    const last = rest.findLastIndex((file) => done.has(file))
    const culprit = rest[last + 1]
    if (culprit === undefined) return
    onAnswer({ file: culprit, name: culprit, outcome: { kind: "failed", difference: `the worker died: ${crash}` } })
    rest = rest.slice(last + 2)
  }
}

function runInWorker(input: WorkerInput, onAnswer: (answer: WorkerAnswer) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    let crash: string | undefined
    const worker = startKernelWorker(workerScript("worker", import.meta.url), { workerData: input })
    worker.on("message", onAnswer)
    worker.on("error", (error) => {
      crash = error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    worker.on("exit", (code) => resolve(crash ?? (code === 0 ? undefined : `exit code ${code}`)))
  })
}
