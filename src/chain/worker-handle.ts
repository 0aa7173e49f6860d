import { Worker } from "node:worker_threads"
import { ChainError, type ChainErrorCode } from "./errors.ts"
import type { Job, JobResults, WorkerSetup } from "./jobs.ts"
import { pack, unpack } from "./wire.ts"
import type { WorkerReply, WorkerRequest, WorkerStart } from "./worker.ts"

/** How to start a worker. */
export interface WorkerOptions {
  readonly setup: WorkerSetup
  readonly stackSizeMb: number
  /** Whether the thread leaves the processor to the others where there are not enough. Default: false */
  readonly givesWay?: boolean
  /** Told of faults inside a worker, with the stack. */
  readonly log: (message: string, error: unknown) => void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: ChainError) => void
  readonly timer: NodeJS.Timeout | undefined
  /** When the answer has to be there, by `performance.now()`. */
  readonly deadline: number | undefined
}

/**
 * The worker's file. From source (a checkout, tests) the thread has to learn TypeScript first: a loader that was given to the main
 * thread does not reach the entry file of another.
 */
function entry(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./worker.cjs", import.meta.url)
  const loader = import.meta.resolve("tsx/esm/api")
  const worker = new URL("./worker.ts", import.meta.url).href
  const code = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(worker)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

/** V8 keeps some of the thread's stack for itself. */
const NATIVE_STACK_RESERVE_MB = 4

/**
 * A worker thread that is asked one thing at a time or several, and started anew when it dies.
 *
 * What it was asked when it died is answered with `worker-crashed`; what took too long with `worker-timeout`, and the thread is replaced.
 */
export class WorkerHandle {
  readonly #options: WorkerOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Requests that are not answered yet. */
  get load(): number {
    return this.#waiting.size
  }

  /** Starts the thread ahead of the first request. */
  start(): void {
    this.#ensure()
  }

  #ensure(): Worker {
    if (this.#closed) throw new ChainError("closed", "the chain is closed")
    if (this.#worker !== undefined) return this.#worker
    const { setup, stackSizeMb, givesWay = false } = this.#options
    const worker = new Worker(entry(), {
      workerData: { ...setup, givesWay } satisfies WorkerStart,
      resourceLimits: { stackSizeMb: stackSizeMb + NATIVE_STACK_RESERVE_MB },
    })
    worker.on("message", (reply: WorkerReply) => this.#answer(reply))
    worker.on("error", (error) => this.#lost(worker, `the worker died: ${error.message}`, error))
    worker.on("exit", (code) => this.#lost(worker, `the worker ended with code ${code}`, undefined))
    this.#worker = worker
    return worker
  }

  #answer(reply: WorkerReply): void {
    if (reply.id === 0 && !reply.ok) this.#options.log(reply.message, undefined)
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    clearTimeout(waiting.timer)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if (waiting.deadline !== undefined && performance.now() > waiting.deadline) {
      // While this thread was busy the timer had no chance.
      waiting.reject(new ChainError("worker-timeout", "the answer came too late"))
      return
    }
    if (reply.ok) {
      waiting.resolve(unpack(reply.value))
      return
    }
    const error = new ChainError(reply.code as ChainErrorCode, reply.message)
    if (reply.code === "execution-fault") this.#options.log(`a fault in a worker: ${reply.message}`, reply.stack)
    waiting.reject(error)
  }

  #lost(worker: Worker, message: string, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    if (this.#waiting.size > 0) this.#options.log(message, error)
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new ChainError("worker-crashed", message, { cause: error }))
    }
    this.#waiting.clear()
  }

  /** @throws ChainError - `worker-crashed`, `worker-timeout`, `closed`, and what the job answers with. */
  request<K extends Job["kind"]>(
    job: Extract<Job, { kind: K }> | (K extends "crash" ? { kind: "crash" } : never),
    timeoutMs?: number,
  ): Promise<JobResults[K]> {
    return this.#send({ id: this.#nextId++, job: job as Job }, timeoutMs) as Promise<JobResults[K]>
  }

  #send(request: WorkerRequest, timeoutMs: number | undefined): Promise<unknown> {
    const worker = this.#ensure()
    return new Promise<unknown>((resolve, reject) => {
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              this.#waiting.delete(request.id)
              reject(new ChainError("worker-timeout", `no answer within ${timeoutMs} ms`))
              // A thread inside Wasm cannot be asked to stop; others that wait for it are told that it is gone.
              void worker.terminate()
            }, timeoutMs)
      const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
      this.#waiting.set(request.id, { resolve, reject, timer, deadline })
      worker.ref()
      worker.postMessage({ id: request.id, job: pack(request.job) })
    })
  }

  /** Lets what was asked finish, closes the thread's store, ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) {
      this.#closed = true
      return
    }
    try {
      await this.#send({ id: this.#nextId++, job: { kind: "close" } }, undefined)
    } catch {
      // It died before it could close: the database does not mind.
    }
    this.#closed = true
    this.#worker = undefined
    await worker.terminate()
  }

  /** Kills the thread as a fault would; for tests. */
  async crash(): Promise<void> {
    await this.#send({ id: this.#nextId++, job: { kind: "crash" } }, undefined)
  }
}
