import { expect, test } from "vitest"
import wabtFactory from "wabt"
import { EXIT_CODES } from "../../src/fvm/exit-code.ts"
import { startKernelWorker, workerScript } from "../../src/fvm/kernel-worker.ts"
import type { BadActor, BadActorsReport } from "./bad-actors-worker.ts"

const wabt = await wabtFactory()

const { SYS_ILLEGAL_INSTRUCTION, SYS_OUT_OF_GAS, SYS_ASSERTION_FAILED, SYS_MISSING_RETURN, SYS_INVALID_RECEIVER } =
  EXIT_CODES

const wat = (text: string): Uint8Array => {
  const module = wabt.parseWat("bad.wat", text, { bulk_memory: true, reference_types: true })
  const { buffer } = module.toBinary({})
  module.destroy()
  return buffer
}
const invoke = (body: string, more = ""): Uint8Array =>
  wat(`(module ${more} (memory (export "memory") 1) (func $invoke (export "invoke") (param i32) (result i32) ${body}))`)

const CREATE = '(import "ipld" "block_create" (func $create (param i32 i64 i32 i32) (result i32)))'
const EXIT = '(import "vm" "exit" (func $exit (param i32 i32 i32 i32) (result i32)))'
const SEND =
  '(import "send" "send" (func $send (param i32 i32 i32 i64 i32 i64 i64 i64 i64) (result i32))) (import "vm" "message_context" (func $context (param i32) (result i32)))'
const EVENT = '(import "event" "emit_event" (func $emit (param i32 i32 i32 i32 i32 i32) (result i32)))'
const LINK = `${CREATE} (import "ipld" "block_link" (func $link (param i32 i32 i64 i32 i32 i32) (result i32)))`

/** Name, code, gas limit, messages, the exit code that each of them must have. */
const BAD: readonly (readonly [string, Uint8Array | undefined, bigint, number, number])[] = [
  ["traps", invoke("(unreachable)"), 50_000_000n, 1000, SYS_ILLEGAL_INSTRUCTION],
  ["divides by zero", invoke("(i32.div_u (i32.const 1) (i32.const 0))"), 50_000_000n, 1000, SYS_ILLEGAL_INSTRUCTION],
  ["reads beyond its memory", invoke("(i32.load (i32.const -1))"), 50_000_000n, 1000, SYS_ILLEGAL_INSTRUCTION],
  ["loops for ever", invoke("(loop (br 0)) (i32.const 0)"), 50_000_000n, 1000, SYS_OUT_OF_GAS],
  [
    "grows its memory without end",
    invoke("(loop (drop (memory.grow (i32.const 16))) (br 0)) (i32.const 0)"),
    50_000_000n,
    300,
    SYS_OUT_OF_GAS,
  ],
  [
    "grows its memory without end and has gas for all of it",
    invoke("(loop (br_if 0 (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) (unreachable)"),
    1_000_000_000n,
    50,
    SYS_ILLEGAL_INSTRUCTION,
  ],
  [
    "grows its table without end",
    invoke("(loop (drop (table.grow (ref.null func) (i32.const 100))) (br 0)) (i32.const 0)", "(table 1 funcref)"),
    50_000_000n,
    500,
    SYS_ASSERTION_FAILED,
  ],
  ["recurses", invoke("(call $invoke (local.get 0))"), 50_000_000n, 1000, SYS_ILLEGAL_INSTRUCTION],
  [
    "calls itself through the kernel",
    invoke(
      `(drop (call $context (i32.const 64))) (i32.store8 (i32.const 0) (i32.const 0)) (i32.store16 (i32.const 1) (i32.const 0x0fff))
       (i32.store8 (i32.const 1) (i32.or (i32.const 0x80) (i32.load8_u (i32.const 88))))
       (i32.store8 (i32.const 2) (i32.shr_u (i32.load16_u (i32.const 88)) (i32.const 7)))
       (drop (call $send (i32.const 128) (i32.const 0) (i32.const 3) (i64.const 2) (i32.const 0) (i64.const 0) (i64.const 0) (i64.const -1) (i64.const 0)))
       (unreachable)`,
      SEND,
    ),
    500_000_000n,
    100,
    SYS_ILLEGAL_INSTRUCTION,
  ],
  ["returns a handle that it does not have", invoke("(i32.const 99)"), 50_000_000n, 1000, SYS_MISSING_RETURN],
  [
    "exits with a handle that it does not have",
    invoke("(call $exit (i32.const 16) (i32.const 99) (i32.const 0) (i32.const 0))", EXIT),
    50_000_000n,
    500,
    SYS_ASSERTION_FAILED,
  ],
  [
    "gives syscalls pointers to nowhere, and blocks without end",
    invoke(
      `(loop (drop (call $create (i32.const -1) (i64.const -1) (i32.const -5) (i32.const -7)))
         (drop (call $create (i32.const 0) (i64.const 0x55) (i32.const 0) (i32.const 65536))) (br 0)) (i32.const 0)`,
      CREATE,
    ),
    300_000_000n,
    100,
    SYS_OUT_OF_GAS,
  ],
  [
    "stores blocks without end",
    invoke(
      `(loop (i32.store (i32.const 100) (i32.add (i32.load (i32.const 100)) (i32.const 1)))
         (drop (call $create (i32.const 0) (i64.const 0x55) (i32.const 0) (i32.const 65536)))
         (drop (call $link (i32.const 4) (i32.load (i32.const 0)) (i64.const 0xb220) (i32.const 32) (i32.const 16) (i32.const 38)))
         (br 0)) (i32.const 0)`,
      LINK,
    ),
    1_000_000_000n,
    100,
    SYS_OUT_OF_GAS,
  ],
  [
    "logs events without end",
    invoke(
      "(loop (drop (call $emit (i32.const 0) (i32.const 28) (i32.const 32) (i32.const 0) (i32.const 32) (i32.const 0))) (br 0)) (i32.const 0)",
      `${EVENT} (data (i32.const 0) "\\03")`,
    ),
    100_000_000n,
    500,
    SYS_OUT_OF_GAS,
  ],
  ["is text", new TextEncoder().encode("not Wasm at all"), 50_000_000n, 1000, SYS_ASSERTION_FAILED],
  ["is empty", new Uint8Array(0), 50_000_000n, 500, SYS_ASSERTION_FAILED],
  ["is cut off", invoke("(unreachable)").slice(0, 40), 50_000_000n, 500, SYS_ASSERTION_FAILED],
  ["has no code anywhere", undefined, 50_000_000n, 500, SYS_ASSERTION_FAILED],
  [
    "has no memory",
    wat('(module (func (export "invoke") (param i32) (result i32) (i32.const 0)))'),
    50_000_000n,
    500,
    SYS_ASSERTION_FAILED,
  ],
  ["has no invoke", wat('(module (memory (export "memory") 1) (func))'), 50_000_000n, 500, SYS_INVALID_RECEIVER],
]

/** What the resident memory of the process may have gained: collectors do not give everything back at once. */
const TOLERANCE = 192 * 2 ** 20

test("10,000 messages to bad actors cost their sender gas and nothing else, and leave no memory behind", {
  timeout: 900_000,
}, async () => {
  const actors: BadActor[] = BAD.map(([name, code, gasLimit, messages]) => ({ name, code, gasLimit, messages }))
  expect(actors.reduce((sum, { messages }) => sum + messages, 0)).toBeGreaterThan(10_000)
  const worker = startKernelWorker(workerScript("bad-actors-worker", import.meta.url), { workerData: actors })
  const report = await new Promise<BadActorsReport>((resolve, reject) => {
    worker.once("message", resolve)
    worker.once("error", reject)
    worker.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)))
  })
  expect(report.actors).toEqual(
    BAD.map(([name, , , messages, exit]) => ({ name, exits: { [exit]: messages }, changed: 0, unpaid: 0 })),
  )
  expect(report.memoryAfter - report.memoryBefore).toBeLessThan(TOLERANCE)
  console.info(`memory ${report.memoryBefore >> 20} MiB before, ${report.memoryAfter >> 20} MiB after`)
})
