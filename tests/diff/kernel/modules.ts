import { existsSync, readdirSync, readFileSync } from "node:fs"
import wabtFactory from "wabt"
import { Random } from "./random.ts"

/*
 * Random modules that are nearly right: good ones with a few bytes changed. Both kernels must agree on which of them load,
 * and on what those do.
 */

const wabt = await wabtFactory()

const FEATURES = {
  bulk_memory: true,
  reference_types: true,
  multi_value: true,
  simd: true,
  threads: true,
  tail_call: true,
  multi_memory: true,
  memory64: true,
  extended_const: true,
  exceptions: true,
  sat_float_to_int: true,
  sign_extension: true,
}

const invoke = (body: string, more = ""): string =>
  `(module ${more} (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) ${body}))`

/** One for each thing that a validator must know, good or not. */
const TEXTS: readonly string[] = [
  invoke("(i32.const 0)"),
  invoke("(drop (v128.const i32x4 1 2 3 4)) (i32.const 0)"),
  invoke("(drop (i32.atomic.load (i32.const 0))) (i32.const 0)"),
  invoke("(return_call 0 (i32.const 0))"),
  invoke("(call $two) (drop)", "(func $two (result i32 i32) (i32.const 0) (i32.const 0))"),
  invoke("(i32.const 0) (block (param i32) (result i32))"),
  invoke("(drop (ref.null func)) (i32.const 0)"),
  invoke("(drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3))) (i32.const 0)"),
  invoke(
    "(table.set (i32.const 0) (global.get 0)) (i32.const 0)",
    "(table 2 funcref) (global funcref (ref.null func))",
  ),
  invoke("(global.get $g) (i32.eqz (ref.is_null)) (drop) (i32.const 0)", "(global $g funcref (ref.func 0))"),
  invoke("(i32.const 0)", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
  invoke("(i32.const 0)", `(import "vm" "exit" (func (param i32 i32 i32 i32) (result i32)))`),
  invoke("(i32.const 0)", `(import "debug" "enabled" (func (param i32) (result i32))) (export "other" (func 0))`),
  `(module (import "debug" "enabled" (func (export "invoke") (param i32) (result i32))) (memory (export "memory") 1) (func))`,
  invoke("(i32.const 0)", `(import "x" "g" (global i32)) (global i32 (global.get 0))`),
  invoke("(i32.const 0)", `(import "x" "g" (global (mut i32)))`),
  invoke("(i32.const 0)", "(table 1 externref)"),
  invoke("(i32.const 0)", "(table 3 funcref) (elem (i32.const 0) func 0) (elem func 0) (elem declare func 0)"),
  invoke("(i32.const 0)", "(table 3 funcref) (elem (table 0) (i32.const 0) funcref (ref.func 0))"),
  invoke(
    "(table.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop 0) (i32.const 0)",
    "(table 3 funcref) (elem func 0)",
  ),
  invoke("(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 0) (i32.const 0)", `(data "abc")`),
  invoke("(drop (i32.const 0)) (unreachable) (i32.add) (drop) (br 0) (select)"),
  invoke("(loop (br_if 0 (i32.const 0))) (block (block (br_table 0 1 0 (local.get 0)))) (i32.const 0)"),
  invoke(
    "(call_indirect (type 0) (i32.const 0) (i32.const 1))",
    "(type (func (param i32) (result i32))) (table 2 funcref)",
  ),
  `(module (memory (export "memory") 1) (func (export "invoke")))`,
  `(module (memory (export "memory") 1) (global (export "invoke") i32 (i32.const 0)) (func))`,
  `(module (memory 1) (func (export "invoke") (param i32) (result i32) (i32.const 0)))`,
  `(module (memory (export "memory") 1 2) (func $s) (start $s) (func (export "invoke") (param i32) (result i32) (memory.grow (i32.const 1)) (drop) (i32.const 0)))`,
  `(module (memory (export "memory") 1) (table (export "table") 5 10 funcref) (func (export "invoke") (param i32) (result i32) (i32.const 0)))`,
  invoke(
    "(f32.demote_f64 (f64.sqrt (f64.const -1))) (i32.reinterpret_f32) (drop) (i32.trunc_sat_f32_s (f32.const nan))",
  ),
  invoke("(local i32 i32 i64 f32 f64 f64) (i64.extend32_s (local.get 3)) (local.set 3) (i32.const 0)").replace(
    "(param i32) (result i32) (local",
    "(param i32) (result i32) (local",
  ),
]

/** Binary modules to begin with. */
export function baseModules(): Uint8Array[] {
  const modules: Uint8Array[] = []
  for (const text of TEXTS) {
    try {
      const module = wabt.parseWat("base.wat", text, FEATURES)
      modules.push(module.toBinary({}).buffer)
      module.destroy()
    } catch {
      // A text that this version of the assembler does not know is no base.
    }
  }
  const folder = new URL("../../../../shared/vectors/instrument/", import.meta.url)
  if (existsSync(folder)) {
    for (const file of readdirSync(folder)) {
      const { wasm } = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as { wasm: string }
      modules.push(new Uint8Array(Buffer.from(wasm, "base64")))
    }
  }
  return modules
}

/** Bytes that mean something in many places. */
const LIKELY = [
  0x00, 0x01, 0x02, 0x03, 0x0b, 0x0f, 0x10, 0x1a, 0x20, 0x40, 0x41, 0x6a, 0x70, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xfc,
  0xff,
]

/** A base with up to three bytes changed, put in or left out. */
export function mutate(base: Uint8Array, random: Random): Uint8Array {
  const bytes = [...base]
  for (let edits = random.below(4); edits > 0; edits--) {
    const at = 8 + random.below(Math.max(1, bytes.length - 8))
    const value = random.once(2) ? random.pick(LIKELY) : random.below(256)
    const kind = random.below(8)
    if (kind < 5) bytes[at] = value
    else if (kind === 5) bytes[at] = ((bytes[at] ?? 0) + (random.once(2) ? 1 : 255)) & 255
    else if (kind === 6) bytes.splice(at, 0, value)
    else bytes.splice(at, 1)
  }
  return Uint8Array.from(bytes)
}

/** A scenario of ten actors with nearly right code, each called once, for the oracle. */
export function moduleScenario(seed: number, bases: readonly Uint8Array[], only?: number): unknown {
  const random = new Random(seed)
  const codes = random.times(10, () => mutate(random.pick(bases), random))
  return {
    name: `modules-${seed}`,
    description: `Modules of seed ${seed} with bytes changed.`,
    actors: [
      { name: "alice", code: { builtin: "account" }, balance: "1000000000000000000000" },
      ...codes.map((code, i) => ({ name: `m${i}`, code: { wasm_hex: Buffer.from(code).toString("hex") } })),
    ],
    variants: codes.flatMap((_, i) =>
      only !== undefined && only !== i
        ? []
        : [
            {
              name: `module ${i}`,
              messages: [{ from: "alice", to: `m${i}`, method: 2, params: "0102", gas_limit: 500_000_000 }],
            },
          ],
    ),
  }
}
