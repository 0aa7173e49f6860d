import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import wabtFactory from "wabt"
import { UNIT_PRICES } from "./conformance.ts"
import { INSTRUMENTATION_VERSION, instrument, packModule, settingsKey, unpackModule } from "./pipeline.ts"

const wabt = await wabtFactory()
const settings = { prices: UNIT_PRICES, maxWasmStack: 2048, maxInstanceMemoryBytes: 512 * 2 ** 20 }

/** A bit of everything that a pass touches. */
const TEXTS = [
  '(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) (i32.const 0)))',
  `(module (import "debug" "enabled" (func $enabled (param i32) (result i32)))
    (memory (export "memory") 1 9) (table (export "table") 3 funcref) (elem (i32.const 0) $f $g) (data (i32.const 8) "data") (data $late "late")
    (global $a (mut i32) (i32.const 1)) (global $b (mut i64) (i64.const -1)) (global $c f64 (f64.const 1.5))
    (func $f (param i32) (result i32) (local i64 f32) (if (result i32) (local.get 0) (then (call $f (i32.const 0))) (else (i32.const 1))))
    (func $g (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
    (func $start (global.set $a (i32.const 7))) (start $start)
    (func (export "invoke") (param i32) (result i32)
      (loop $again (br_if $again (call $enabled (local.get 0))) (block $x (br_table $x $again $x (i32.const 0))))
      (drop (memory.grow (i32.const 1))) (drop (memory.grow (local.get 0))) (memory.fill (i32.const 0) (i32.const 0) (local.get 0))
      (memory.copy (i32.const 0) (i32.const 9) (i32.const 9)) (memory.init $late (i32.const 0) (i32.const 0) (i32.const 4)) (data.drop $late)
      (drop (table.grow (table.get (i32.const 0)) (local.get 0))) (table.copy (i32.const 0) (i32.const 1) (i32.const 1))
      (f32.store (i32.const 0) (f32.div (f32.const 0) (f32.load (i32.const 4)))) (f64.store (i32.const 0) (f64.sqrt (global.get $c)))
      (drop (i32.trunc_sat_f64_s (f64.promote_f32 (f32.load (i32.const 0))))) (global.set $b (i64.extend8_s (i64.const 255)))
      (call $g (i32.const 0))))`,
].map(binary)

/** Its one syscall can be answered inside. */
const HASHES =
  binary(`(module (import "debug" "hash" (func $hash (param i32 i64 i32 i32 i32 i32) (result i32))) (memory (export "memory") 1)
  (func (export "invoke") (param i32) (result i32)
    (call $hash (i32.const 0) (i64.const 0x1b) (i32.const 0) (local.get 0) (i32.const 0) (i32.const 32))))`)

function binary(text: string): Uint8Array {
  const module = wabt.parseWat("test.wat", text, { bulk_memory: true, reference_types: true })
  const { buffer } = module.toBinary({})
  module.destroy()
  return buffer
}

test("who changes what a pass makes raises INSTRUMENTATION_VERSION, and writes the new digest here", () => {
  const hash = createHash("sha256")
  for (const code of TEXTS) hash.update(packModule(instrument(code, settings)))
  const hashShortcut = { module: "debug", name: "hash", flat: 3n, perByte: 5n }
  hash.update(packModule(instrument(HASHES, { ...settings, hashShortcut })))
  // Databases keep instrumented modules by this version: an old one must never be taken for a new one.
  expect({ version: INSTRUMENTATION_VERSION, digest: hash.digest("hex").slice(0, 32) }).toEqual({
    version: 5,
    digest: "d759db6b3f9c0d8bb943b53a6b8def28",
  })
})

test("a packed module comes out with its facts; anything else is not taken for one", () => {
  const made = instrument(TEXTS[1]!, settings)
  const packed = packModule(made)
  expect(unpackModule(packed)).toEqual({
    bytes: packed,
    size: made.size,
    facts: JSON.parse(JSON.stringify(made.facts)),
  })
  for (const bytes of [new Uint8Array(), TEXTS[0]!, packed.subarray(0, 20)]) expect(unpackModule(bytes)).toBeUndefined()
})

test("prices and limits are part of the key, which fits for the name of a file", () => {
  const key = settingsKey(settings)
  expect(key).toMatch(/^[\w.-]+$/)
  expect(settingsKey({ ...settings, maxWasmStack: 1 })).not.toBe(key)
  expect(settingsKey({ ...settings, prices: { ...UNIT_PRICES, call: 99n } })).not.toBe(key)
  const hashShortcut = { module: "crypto", name: "hash", flat: 3n, perByte: 5n }
  const withShortcut = settingsKey({ ...settings, hashShortcut })
  expect(withShortcut).toMatch(/^[\w.-]+$/)
  expect(withShortcut).not.toBe(key)
  expect(settingsKey({ ...settings, hashShortcut: { ...hashShortcut, perByte: 6n } })).not.toBe(withShortcut)
})
