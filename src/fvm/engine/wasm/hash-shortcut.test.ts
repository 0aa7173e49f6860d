import { keccak_256 } from "@noble/hashes/sha3.js"
import { expect, test } from "vitest"
import wabtFactory from "wabt"
import { UNIT_PRICES } from "../conformance.ts"
import type { Instance } from "../index.ts"
import { PAGE_BYTES } from "../pipeline.ts"
import { V8Engine } from "../v8.ts"

const wabt = await wabtFactory()

/** Takes the arguments of the syscall from the first bytes of memory, and returns what it answers. */
const WAT = `(module
  (import "crypto" "hash" (func $hash (param i32 i64 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "invoke") (param i32) (result i32)
    (call $hash (i32.load (i32.const 0)) (i64.load (i32.const 8)) (i32.load (i32.const 16)) (i32.load (i32.const 20))
      (i32.load (i32.const 24)) (i32.load (i32.const 28)))))`

const KECCAK = 0x1bn
const SHORTCUT = { module: "crypto", name: "hash", flat: 14_000n, perByte: 33n }
const GAS = 1_000_000n
/** What the host answers in these tests: no error number. */
const ASKED = 77
const RET = 64
const DATA = 1000
const DIGEST = 5000
const MEMORY = 2 * PAGE_BYTES

let asked = 0
const engine = new V8Engine<undefined>({
  prices: UNIT_PRICES,
  hostFunctions: {
    crypto: {
      hash: {
        params: ["i32", "i64", "i32", "i32", "i32", "i32"],
        result: "i32",
        call: () => {
          asked++
          return ASKED
        },
      },
    },
  },
  hashShortcut: SHORTCUT,
})
const parsed = wabt.parseWat("hash.wat", WAT)
const { buffer: code } = parsed.toBinary({})
parsed.destroy()

interface Call {
  readonly ret?: number
  readonly code?: bigint
  readonly data?: number
  readonly length: number
  readonly digest?: number
  readonly size?: number
  readonly gas?: bigint
  readonly allowed?: boolean
}

/** Gas for what the code itself does: as in a call that goes to the host. */
const own = ((): bigint => run({ length: 0, allowed: false }).used)()

function run(call: Call): { answer: number; used: bigint; before: Uint8Array; after: Uint8Array } {
  asked = 0
  const module = engine.load("hash", () => code)!
  const limiter = { memoryUsed: 0, growMemory: () => true }
  const gas = call.gas ?? GAS
  const made = engine.instantiate(module, undefined, limiter, gas)
  if (made.kind !== "instance") throw new Error(made.message)
  const instance: Instance = made.instance
  if (call.allowed !== false) instance.allowShortcuts(true)
  const { bytes } = instance.memory
  for (let i = 32; i < MEMORY; i++) bytes[i] = (i * 7 + (i >> 8)) & 0xff
  const view = new DataView(bytes.buffer)
  view.setUint32(0, call.ret ?? RET, true)
  view.setBigUint64(8, call.code ?? KECCAK, true)
  view.setUint32(16, call.data ?? DATA, true)
  view.setUint32(20, call.length, true)
  view.setUint32(24, call.digest ?? DIGEST, true)
  view.setUint32(28, call.size ?? 32, true)
  const before = bytes.slice()
  const ending = instance.invoke(0)
  const used = gas - instance.gas
  const after = bytes.slice()
  instance.release()
  return { answer: ending.kind === "returned" ? ending.block : -1, used, before, after }
}

/** Memory as it must be after a digest was written. */
function written(before: Uint8Array, { ret = RET, data = DATA, length, digest = DIGEST }: Call): Uint8Array {
  const wanted = before.slice()
  wanted.set(keccak_256(before.subarray(data, data + length)), digest)
  new DataView(wanted.buffer).setUint32(ret, 32, true)
  return wanted
}

test("Keccak-256 of every length of one block is answered without the host, for its gas, and nothing else is written", () => {
  for (let length = 0; length <= 135; length++) {
    for (const data of [DATA, DATA + 3, MEMORY - length]) {
      const call = { length, data }
      const { answer, used, before, after } = run(call)
      expect({ length, answer, asked, used: used - own }).toEqual({
        length,
        answer: 0,
        asked: 0,
        used: SHORTCUT.flat + SHORTCUT.perByte * BigInt(length),
      })
      expect(Buffer.compare(after, written(before, call)), `${length} bytes at ${data}`).toBe(0)
    }
  }
})

test("buffers may lie at the end of memory and over one another: the length is written last", () => {
  for (const call of [
    { length: 64, digest: MEMORY - 32 },
    { length: 64, ret: MEMORY - 4 },
    { length: 64, digest: DATA },
    { length: 100, digest: DATA + 90 },
    { length: 64, ret: DIGEST + 30 },
    { length: 64, ret: DIGEST },
  ]) {
    const { answer, before, after } = run(call)
    expect([answer, asked]).toEqual([0, 0])
    expect(Buffer.compare(after, written(before, call)), JSON.stringify(call)).toBe(0)
  }
})

test("everything else goes to the host, untouched and unpaid", () => {
  const calls: Call[] = [
    { length: 136 },
    { length: 0xffff_ffff },
    { length: 64, allowed: false },
    { length: 64, code: 0x12n },
    { length: 64, code: 0xb220n },
    { length: 64, code: KECCAK + (1n << 32n) },
    { length: 64, size: 31 },
    { length: 64, size: 33 },
    { length: 64, size: 0 },
    { length: 64, data: MEMORY - 63 },
    { length: 0, data: MEMORY + 1 },
    { length: 64, data: 0xffff_ffff },
    { length: 64, digest: MEMORY - 31 },
    { length: 64, digest: 0xffff_ffe0 },
    { length: 64, ret: MEMORY - 3 },
    { length: 64, ret: 0xffff_fffe },
  ]
  for (const call of calls) {
    const { answer, used, before, after } = run(call)
    expect({ call, answer, asked, used }).toEqual({ call, answer: ASKED, asked: 1, used: own })
    expect(Buffer.compare(after, before)).toBe(0)
  }
})

test("gas that just suffices is enough, one milligas less is the host's affair", () => {
  const cost = own + SHORTCUT.flat + 64n * SHORTCUT.perByte
  expect(run({ length: 64, gas: cost })).toMatchObject({ answer: 0, used: cost })
  expect(asked).toBe(0)
  // What comes after the call is paid before it, in one block: so the counter is never negative here.
  expect(run({ length: 64, gas: cost - 1n })).toMatchObject({ answer: ASKED, used: own })
  expect(asked).toBe(1)
})

test("an instance that is used again is not allowed shortcuts before it is told so", () => {
  run({ length: 64 })
  expect(run({ length: 64, allowed: false }).answer).toBe(ASKED)
})

test("a module that imports it with another type, or has no memory, is left as it is", () => {
  for (const text of [
    `(module (import "crypto" "hash" (func (param i32) (result i32))) (memory (export "memory") 1)
      (func (export "invoke") (param i32) (result i32) (call 0 (i32.const 0))))`,
    `(module (import "crypto" "hash" (func (param i32 i64 i32 i32 i32 i32) (result i32)))
      (func (export "invoke") (param i32) (result i32)
        (call 0 (i32.const 0) (i64.const 27) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))`,
  ]) {
    const module = wabt.parseWat("other.wat", text)
    const { buffer } = module.toBinary({})
    module.destroy()
    const loaded = engine.load(text, () => buffer)
    expect(loaded).toBeDefined()
  }
})
