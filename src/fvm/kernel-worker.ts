import { Worker, type WorkerOptions } from "node:worker_threads"

/**
 * Native stack in MiB for a thread that runs the kernel: 1,024 actors on the call stack, each with its Wasm, syscall and call manager
 * frames.
 */
export const KERNEL_STACK_MB = 900

/**
 * Starts a worker thread with a stack that is large enough for the kernel.
 *
 * @param script - Beside the caller, by `new URL("./x.js", import.meta.url)` or `./x.ts` when the caller itself runs from TypeScript; use
 *   {@link workerScript}.
 */
export function startKernelWorker(script: URL, options: Omit<WorkerOptions, "resourceLimits"> = {}): Worker {
  const settings: WorkerOptions = { ...options, resourceLimits: { stackSizeMb: KERNEL_STACK_MB } }
  if (!script.pathname.endsWith(".ts")) return new Worker(script, settings)
  // From a checkout: a worker of Node 20 does not inherit the loader that `--import tsx` has put in, so it puts it in itself.
  const loader = import.meta.resolve("tsx/esm/api")
  const source = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(script.href)}) })`
  return new Worker(source, { ...settings, eval: true, execArgv: [] })
}

/** The worker script `name` (without extension) beside the module with this `import.meta.url`. */
export function workerScript(name: string, moduleUrl: string): URL {
  return new URL(`./${name}${moduleUrl.endsWith(".ts") ? ".ts" : ".js"}`, moduleUrl)
}
