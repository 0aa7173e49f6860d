import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"
import { describe, expect, it } from "vitest"
import wabtFactory from "wabt"
import type { DeepInput, DeepOutput } from "./testing/deep-worker.ts"

const wabt = await wabtFactory()

/** Calls in a message; each has its own metered stack of 2,048 values. */
const CALLS = 1024

function run(wat: string, calls: number, stackSizeMb: number): Promise<DeepOutput> {
  const module = wabt.parseWat("test.wat", wat)
  const workerData: DeepInput = { code: module.toBinary({}).buffer, calls }
  module.destroy()
  // A worker does not inherit the loader for TypeScript.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx/esm/api")).href.replace(".cjs", ".mjs")
  const script = new URL("./testing/deep-worker.ts", import.meta.url).href
  const source = `import("${loader}").then(({ register }) => { register(); return import("${script}") })`
  const worker = new Worker(source, { eval: true, workerData, execArgv: [], resourceLimits: { stackSizeMb } })
  return new Promise((resolve, reject) => {
    worker.once("message", resolve)
    worker.once("error", reject)
  })
}

/** An actor that recurses `depth` times before it calls the host. `frame` declares locals, `use` keeps values alive. */
const recursive = (depth: number, frame: string, before = "", after = ""): string => `(module
  (import "host" "next" (func $next (param i32) (result i32))) (memory (export "memory") 0)
  (func $f (param i32) (result i32) ${frame}
    ${before}
    (if (result i32) (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (call $next (i32.const 0))))
    ${after})
  (func (export "invoke") (param i32) (result i32) (call $f (i32.const ${depth}))))`

describe("1,024 nested actors, each at the end of its metered stack, fit a worker's stack", () => {
  it.each([
    // Costs of $f: 2 + greatest height + groups of locals. `invoke` and its thunk take 8 more.
    ["the smallest frames", recursive(500, "")],
    ["64 locals, which are one group", recursive(400, `(local ${"i64 ".repeat(64)})`)],
    ["40 values on the stack", recursive(45, "", "(local.get 0) ".repeat(40), "(i32.add) ".repeat(40))],
    ["locals of alternating types", recursive(55, "(local i32) (local i64) ".repeat(16))],
  ])("%s", async (_, wat) => {
    expect(await run(wat, CALLS, 900)).toEqual({ reached: CALLS, ending: "returned" })
  })

  it("a stack that is too small is a fault of the engine, not a trap of the actor", async () => {
    const { reached, ending } = await run(recursive(500, ""), CALLS, 4)
    expect(reached).toBeLessThan(CALLS)
    expect(ending).toBe("the native stack is full")
  })
})
