import { readFileSync, readlinkSync } from "node:fs"
import { setPriority } from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import type { CID } from "multiformats/cid"
import { decodeCid } from "../ipld/cid.ts"
import { ChainError } from "./errors.ts"
import { Execution } from "./execution.ts"
import type { Job, WorkerSetup } from "./jobs.ts"
import { createRuntime, createTracingRuntime } from "./runtime.ts"
import type { StepTrace } from "./steps/types.ts"
import { ChainStore } from "./store.ts"
import { pack, unpack } from "./wire.ts"

/** What a worker is started with. */
export interface WorkerStart extends WorkerSetup {
  /** See `givesWay` of the worker's handle. */
  readonly givesWay: boolean
}

/** A question to a worker. */
export interface WorkerRequest {
  readonly id: number
  readonly job: Job | { readonly kind: "close" } | { readonly kind: "crash" }
}

/** Its answer. With id 0 and code `warning` it is no answer but something for the log. */
export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number
      readonly ok: false
      readonly code: string
      readonly message: string
      readonly stack: string | undefined
    }

const port = parentPort
if (port === null) throw new ChainError("invalid-option", "this file is started as a worker thread only")
const setup = workerData as WorkerStart
if (setup.givesWay) giveWay()
const store = new ChainStore({ path: setup.path, durable: setup.durable })
const codes = setup.codes.map(decodeCid)
const warn = (message: string): void =>
  port.postMessage({ id: 0, ok: false, code: "warning", message, stack: undefined } satisfies WorkerReply)
const runtime = createRuntime(setup.networkVersion, codes, store.code, warn)
const execution = new Execution(store, runtime, setup, () =>
  createTracingRuntime(setup.networkVersion, codes, readTracedCode(setup.tracedCode), warn),
)

/** Lowers the priority of this thread. On Linux alone threads have one of their own. */
function giveWay(): void {
  if (process.platform !== "linux") return
  try {
    const thread = readlinkSync("/proc/thread-self").split("/").at(-1)
    setPriority(Number(thread), 10)
  } catch {
    // Where that may not be done the node's own thread gets the processor back later from a slow call, that is all.
  }
}

function readTracedCode(files: WorkerSetup["tracedCode"]): { readonly code: CID; readonly wasm: Uint8Array }[] {
  return files.map(({ code, path }) => {
    try {
      return { code: decodeCid(code), wasm: new Uint8Array(readFileSync(path)) }
    } catch (cause) {
      throw new ChainError("bundle", `cannot read the traced code ${path}: ${(cause as Error).message}`, { cause })
    }
  })
}

port.on("message", ({ id, job }: WorkerRequest) => {
  if (job.kind === "close") {
    void store.close().then(() => {
      port.postMessage({ id, ok: true, value: undefined } satisfies WorkerReply)
      port.close()
    })
    return
  }
  if (job.kind === "crash") process.exit(1)
  let reply: WorkerReply
  let given: readonly ArrayBuffer[] = []
  try {
    const value = execution.run(unpack(job) as Job)
    if ("steps" in value) given = value.steps.flatMap(buffersOf)
    reply = { id, ok: true, value: pack(value) }
  } catch (error) {
    // A fault of ours too is an answer: nothing was written, and the next request finds a sane worker.
    reply = {
      id,
      ok: false,
      code: error instanceof ChainError ? error.code : "execution-fault",
      message: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? describe(error) : undefined,
    }
  }
  port.postMessage(reply, given)
})

/** The long columns of a trace: they are handed over, since to copy them would hold up the thread that gets them. */
function buffersOf({ rows, words }: StepTrace): ArrayBuffer[] {
  return [rows.buffer, words.buffer].filter((buffer) => buffer instanceof ArrayBuffer)
}

/** The stack with those of its causes, for the log. */
function describe(error: Error): string {
  const own = error.stack ?? error.message
  return error.cause instanceof Error ? `${own}\ncaused by ${describe(error.cause)}` : own
}
