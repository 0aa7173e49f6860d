import type { Job, JobResults } from "./jobs.ts"
import { WorkerHandle, type WorkerOptions } from "./worker-handle.ts"

/** What readers can be asked: nothing that writes. */
export type ReadJob = Extract<Job, { kind: "trial" | "estimate" | "replay" }>

interface Queued {
  readonly start: (worker: WorkerHandle) => void
}

/**
 * Threads that execute on copies. A thread has one job at a time, so that a slow one holds up nobody while another is free; threads are
 * started when they are needed first.
 */
export class ReaderPool {
  readonly #idle: WorkerHandle[] = []
  readonly #all: WorkerHandle[] = []
  readonly #queue: Queued[] = []
  readonly #options: WorkerOptions
  readonly #size: number

  constructor(options: WorkerOptions, size: number) {
    this.#options = { ...options, givesWay: true }
    this.#size = size
  }

  /** Starts one thread ahead of the first request. */
  start(): void {
    if (this.#all.length > 0) return
    const worker = this.#grow()
    worker.start()
    this.#idle.push(worker)
  }

  #grow(): WorkerHandle {
    const worker = new WorkerHandle(this.#options)
    this.#all.push(worker)
    return worker
  }

  /** @throws As WorkerHandle.request. */
  async request<K extends ReadJob["kind"]>(
    job: Extract<ReadJob, { kind: K }>,
    timeoutMs?: number,
  ): Promise<JobResults[K]> {
    const worker = await this.#acquire()
    try {
      return (await worker.request(job as never, timeoutMs)) as JobResults[K]
    } finally {
      const next = this.#queue.shift()
      if (next !== undefined) next.start(worker)
      else this.#idle.push(worker)
    }
  }

  #acquire(): Promise<WorkerHandle> | WorkerHandle {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#all.length < this.#size) return this.#grow()
    return new Promise((resolve) => this.#queue.push({ start: resolve }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.close()))
  }
}
