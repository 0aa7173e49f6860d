import { EngineFault } from "../fvm/engine/errors.ts"
import { BudgetExceeded } from "../fvm/errors.ts"
import { WorkBudget } from "../fvm/gas/budget.ts"
import type { StateTree } from "../fvm/state-tree/state-tree.ts"
import { type CID, decodeCid } from "../ipld/cid.ts"
import { ChainError } from "./errors.ts"
import { Execution } from "./execution.ts"
import type { EstimateJob, Job, JobResults, TrialJob } from "./jobs.ts"
import { ReaderPool, type ReadJob } from "./reader-pool.ts"
import { createRuntime } from "./runtime.ts"
import type { ChainStore } from "./store.ts"
import { TrialMemo } from "./trial-memo.ts"
import { WorkerHandle, type WorkerOptions } from "./worker-handle.ts"

/**
 * Compute gas that a call may take of the thread that serves everybody. By the network's measure (10 gas a nanosecond) these are
 * two milliseconds; once V8 has compiled what runs, half of one.
 */
const READ_BUDGET = 20_000_000n
/** The same where hardly anybody waits: some four milliseconds compiled; a worker would only cost the asker the way there. */
const LONE_READ_BUDGET = 600_000_000n
/** The same for a tipset. */
const WRITE_BUDGET = 200_000_000n
/** The thread of the node has the stack that Node gives it, about a megabyte: room for several times as many actors. */
const MAX_INLINE_DEPTH = 16
/** So often a call that took too long goes to a worker at once, before it is tried here again. */
const SLOW_FOR = 64
const MAX_SLOW = 1024
/** Workers are started this long after the first execution: when the node is in use, but not in the way of its first answers. */
const READER_START_DELAY_MS = 500

type WriteJob = Extract<Job, { kind: "produce" | "edit" | "revert" }>
type Outcome = JobResults["trial" | "estimate"]

/** What a job on a copy is called, and how long it may take in a worker. */
interface ReadOptions {
  readonly name?: (() => string) | undefined
  readonly timeoutMs?: number | undefined
}

/** How to run jobs. */
export interface JobRunnerOptions extends WorkerOptions {
  /** Threads that execute on copies, at most. */
  readonly readers: number
  /** Whether nobody waits for whoever asks now. Default: others always may */
  readonly alone?: () => boolean
}

/**
 * Runs jobs where they do the least harm: what is short on the thread of the node itself, what turns out to be long in a worker.
 *
 * Handing a job to another thread and back costs several times what a token transfer takes to execute. So a job is first executed
 * here, with a budget; one that exceeds it has done nothing, is given to a worker, and the next like it go there at once. A tipset
 * whose commit waits for the disk is always the writer's.
 */
export class JobRunner {
  readonly #store: ChainStore
  readonly #options: JobRunnerOptions
  readonly #writer: WorkerHandle
  readonly #readers: ReaderPool
  /** Names of calls that took too long: for which budget, and how often they still go to a worker at once. */
  readonly #slow = new Map<string, { readonly budget: bigint; left: number }>()
  readonly #memo = new TrialMemo()
  #inline: Execution | undefined
  #readerStart: NodeJS.Timeout | undefined

  constructor(store: ChainStore, options: JobRunnerOptions) {
    this.#store = store
    this.#options = options
    this.#writer = new WorkerHandle(options)
    this.#readers = new ReaderPool(options, options.readers)
    if (options.setup.durable) this.#writer.start()
  }

  /** As Execution.stateTree, of this thread. */
  stateTree(root: CID): StateTree {
    return this.#here.stateTree(root)
  }

  get #here(): Execution {
    if (this.#inline === undefined) {
      const { setup, log } = this.#options
      const runtime = createRuntime(setup.networkVersion, setup.codes.map(decodeCid), this.#store.code, (message) =>
        log(message, undefined),
      )
      this.#inline = new Execution(this.#store, runtime, setup)
    }
    return this.#inline
  }

  /** Runs a job that changes the chain; one at a time is the caller's to see to. @throws As WorkerHandle.request. */
  async write<K extends WriteJob["kind"]>(job: Extract<WriteJob, { kind: K }>): Promise<JobResults[K]> {
    if (!this.#options.setup.durable) {
      await this.#store.room()
      const done = this.#attempt(job, WRITE_BUDGET)
      if (done !== undefined) return done
    }
    await this.#store.settle()
    return this.#writer.request<K>(job as never)
  }

  /**
   * Runs a job on a copy.
   *
   * @param name - Of calls that will take about as long as this one. Default: there are none
   * @throws As WorkerHandle.request.
   */
  async read<K extends ReadJob["kind"]>(
    wanted: Extract<ReadJob, { kind: K }>,
    options: ReadOptions = {},
  ): Promise<JobResults[K]> {
    const job: ReadJob = wanted
    if (job.kind === "replay") {
      await this.#store.settle()
      return this.#readers.request<K>(wanted as never, options.timeoutMs)
    }
    const key = this.#memo.keyOf(job)
    const known = key === undefined ? undefined : this.#memo.get(key)
    if (known !== undefined) return known as JobResults[K]
    const answer = await this.#execute(job, options)
    if (key !== undefined) this.#memo.set(key, answer)
    return answer as JobResults[K]
  }

  async #execute(job: TrialJob | EstimateJob, options: ReadOptions): Promise<Outcome> {
    // Single steps take a thousand times as long as what they are of.
    if (job.steps === undefined) {
      const budget = this.#options.alone?.() === true ? LONE_READ_BUDGET : READ_BUDGET
      if (!this.#isSlow(options.name, budget)) {
        const done = this.#attempt<"trial" | "estimate">(job, budget)
        if (done !== undefined) return done
        if (options.name !== undefined) this.#noteSlow(options.name(), budget)
      }
    }
    await this.#store.settle()
    return this.#readers.request<"trial" | "estimate">(job as never, options.timeoutMs)
  }

  /** Undefined: it takes too long for this thread, and nothing came of it. */
  #attempt<K extends Job["kind"]>(job: Extract<Job, { kind: K }>, computeGas: bigint): JobResults[K] | undefined {
    this.#readerStart ??= setTimeout(() => this.#readers.start(), READER_START_DELAY_MS).unref()
    try {
      return this.#here.run(job, new WorkBudget(computeGas, MAX_INLINE_DEPTH)) as JobResults[K]
    } catch (error) {
      if (error instanceof BudgetExceeded || error instanceof EngineFault) return undefined
      if (error instanceof ChainError) throw error
      this.#options.log("a fault in an execution", error)
      throw new ChainError("execution-fault", error instanceof Error ? error.message : String(error), { cause: error })
    }
  }

  #isSlow(nameOf: ReadOptions["name"], budget: bigint): boolean {
    if (nameOf === undefined || this.#slow.size === 0) return false
    const name = nameOf()
    const known = this.#slow.get(name)
    if (known === undefined || known.budget < budget) return false
    if (--known.left === 0) this.#slow.delete(name)
    return true
  }

  #noteSlow(name: string, budget: bigint): void {
    if (this.#slow.size >= MAX_SLOW) this.#slow.delete(this.#slow.keys().next().value!)
    this.#slow.set(name, { budget, left: SLOW_FOR })
  }

  /** Lets what was asked finish, and ends the threads. */
  async close(): Promise<void> {
    clearTimeout(this.#readerStart)
    await Promise.all([this.#writer.close(), this.#readers.close()])
  }
}
