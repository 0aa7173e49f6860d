import type { Job, JobResults } from "./jobs.ts"
import { WorkerHandle, type WorkerOptions } from "./worker-handle.ts"

/** What readers can be asked: nothing that writes. */
export type ReadJob = Extract<Job, { kind: "trial" | "estimate" | "replay" }>

interface Queued {
  readonly start: (worker: WorkerHandle) => void
}

interface Idle {
  readonly worker: WorkerHandle
  /** By `performance.now()`. */
  readonly since: number
}

/** A thread with its caches filled has some hundred megabytes; one that was not needed for so long is ended. */
const IDLE_MS = 60_000

/**
 * Threads that execute on copies. A thread has one job at a time, so that a slow one holds up nobody while another is free; threads are
 * started when they are needed first, and all but one end when they were not needed for a while.
 */
export class ReaderPool {
  /** What was used last stands last, and is used next: so those that are not needed stay idle. */
  readonly #idle: Idle[] = []
  readonly #all: WorkerHandle[] = []
  readonly #ending = new Set<Promise<void>>()
  readonly #queue: Queued[] = []
  readonly #options: WorkerOptions
  readonly #size: number
  #timer: NodeJS.Timeout | undefined

  constructor(options: WorkerOptions, size: number) {
    this.#options = { ...options, givesWay: true }
    this.#size = size
  }

  /** Threads that there are. */
  get size(): number {
    return this.#all.length
  }

  /** Starts one thread ahead of the first request. */
  start(): void {
    if (this.#all.length > 0) return
    const worker = this.#grow()
    worker.start()
    this.#rest(worker)
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
      else this.#rest(worker)
    }
  }

  #rest(worker: WorkerHandle): void {
    this.#idle.push({ worker, since: performance.now() })
    if (this.#all.length > 1) this.#timer ??= setTimeout(() => this.#endIdle(), IDLE_MS).unref()
  }

  #endIdle(): void {
    this.#timer = undefined
    this.endIdle(performance.now() - IDLE_MS)
    if (this.#all.length > 1) this.#timer = setTimeout(() => this.#endIdle(), IDLE_MS).unref()
  }

  /** Ends the threads that have had nothing to do since, but leaves one. @param since - By `performance.now()`. */
  endIdle(since: number): void {
    while (this.#all.length > 1) {
      const [longest] = this.#idle
      if (longest === undefined || longest.since > since) return
      this.#idle.shift()
      this.#all.splice(this.#all.indexOf(longest.worker), 1)
      const ended = longest.worker.close()
      this.#ending.add(ended)
      void ended.finally(() => this.#ending.delete(ended))
    }
  }

  #acquire(): Promise<WorkerHandle> | WorkerHandle {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle.worker
    if (this.#all.length < this.#size) return this.#grow()
    return new Promise((resolve) => this.#queue.push({ start: resolve }))
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.all([...this.#all.map((worker) => worker.close()), ...this.#ending])
  }
}
