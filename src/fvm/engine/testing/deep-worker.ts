import { parentPort, workerData } from "node:worker_threads"
import { UNIT_PRICES } from "../conformance.ts"
import { EngineFault } from "../errors.ts"
import type { MemoryLimiter } from "../index.ts"
import { V8Engine } from "../v8.ts"

/*
 * Calls an actor that calls an actor, and so on, each of them as deep in its own metered stack as it can be. Answers how
 * deep it came, and how it ended.
 */

/** What the worker is told. */
export type DeepInput = {
  /** Imports `host.next: (i32) -> i32` and calls it once at its greatest depth. */
  readonly code: Uint8Array
  /** Nested invocations. */
  readonly calls: number
}

/** What it answers. */
export type DeepOutput = { readonly reached: number; readonly ending: string }

const { code, calls } = workerData as DeepInput
const limiter: MemoryLimiter = { memoryUsed: 0, growMemory: () => true }
let reached = 0

const engine = new V8Engine<undefined>({
  prices: UNIT_PRICES,
  hostFunctions: {
    host: { next: { params: ["i32"], result: "i32", call: () => (reached < calls ? call() : 0) } },
  },
})

function call(): number {
  reached++
  const made = engine.instantiate(engine.load("code", () => code)!, undefined, limiter, 10n ** 15n)
  if (made.kind === "trapped") throw new EngineFault(made.message)
  try {
    const ending = made.instance.invoke(1)
    if (ending.kind === "trapped") throw new EngineFault(`trapped: ${ending.message}`)
    return ending.block
  } finally {
    made.instance.release()
  }
}

let ending = "returned"
try {
  call()
} catch (error) {
  ending = error instanceof EngineFault ? error.message : String(error)
}
parentPort!.postMessage({ reached, ending } satisfies DeepOutput)
