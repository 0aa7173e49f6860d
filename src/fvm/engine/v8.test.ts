import { describe, expect, it } from "vitest"
import wabtFactory from "wabt"
import { CONFORMANCE, type ConformanceHarness, UNIT_PRICES } from "./conformance.ts"
import { ModuleRefused } from "./errors.ts"
import type { MemoryLimiter } from "./index.ts"
import { V8Engine } from "./v8.ts"

const wabt = await wabtFactory()
const assemble = (wat: string): Uint8Array => {
  const module = wabt.parseWat("test.wat", wat, { bulk_memory: true, reference_types: true, mutable_globals: true })
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}
const unlimited: MemoryLimiter = { memoryUsed: 0, growMemory: () => true }

describe("the engine on V8 conforms", () => {
  const harness: ConformanceHarness = { createEngine: (options) => new V8Engine(options), assemble }
  for (const row of CONFORMANCE) it(row.name, () => row.run(harness))
})

describe("the engine on V8 conforms when instances keep memory that has grown", () => {
  const harness: ConformanceHarness = {
    createEngine: (options) => new V8Engine({ ...options, staysInMemory: () => true }),
    assemble,
  }
  // The one case that shows the difference: code that does not stay in its memory.
  const different =
    "a memory that has grown is as small as before in the next call, and its new pages are zero when it grows again"
  for (const row of CONFORMANCE) if (row.name !== different) it(row.name, () => row.run(harness))

  it("size and contents are as new", () => {
    const engine = new V8Engine({ prices: UNIT_PRICES, hostFunctions: {}, staysInMemory: () => true })
    const code = assemble(`(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32)
      (drop (memory.grow (i32.const 2))) (i32.load (i32.const 131080)) (memory.fill (i32.const 0) (i32.const 7) (i32.const 196608))
      (i32.add (memory.size))))`)
    for (let i = 0; i < 3; i++) {
      const made = engine.instantiate(engine.load("code", () => code)!, undefined, unlimited, 10n ** 12n)
      if (made.kind !== "instance") throw new Error(made.message)
      expect(made.instance.memory.length).toBe(65_536)
      expect(made.instance.memory.bytes.every((byte) => byte === 0)).toBe(true)
      expect(made.instance.invoke(0)).toEqual({ kind: "returned", block: 3 })
      expect(made.instance.memory.length).toBe(3 * 65_536)
      made.instance.release()
    }
  })
})

describe("what an engine keeps", () => {
  const code = assemble(
    `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) (i32.const 3)))`,
  )

  it("instrumented modules are read back from a cache, and a broken entry is made anew", () => {
    const entries = new Map<string, Uint8Array>()
    const cache = {
      get: (key: string) => entries.get(key),
      put: (key: string, bytes: Uint8Array) => void entries.set(key, bytes),
    }
    const run = (): number => {
      const engine = new V8Engine({ prices: UNIT_PRICES, hostFunctions: {}, cache })
      let fetched = 0
      const module = engine.load("cid", () => {
        fetched++
        return code
      })!
      const made = engine.instantiate(module, undefined, unlimited, 10n ** 9n)
      if (made.kind !== "instance") throw new Error(made.message)
      expect(made.instance.invoke(0)).toEqual({ kind: "returned", block: 3 })
      expect([module.exportedMemoryBytes, module.exportedTableElements, module.entryPoint]).toEqual([
        65_536,
        undefined,
        "callable",
      ])
      return fetched
    }
    expect(run()).toBe(1)
    expect([...entries.keys()].every((key) => /^[\w.-]+$/.test(key))).toBe(true)
    expect(run()).toBe(0)
    for (const key of entries.keys()) entries.set(key, Uint8Array.of(0, 1, 2))
    expect(run()).toBe(1)
  })

  it("other prices do not find the entry", () => {
    const keys = new Set<string>()
    for (const prices of [UNIT_PRICES, { ...UNIT_PRICES, mathDefault: 2n }]) {
      const cache = { get: (key: string) => void keys.add(key), put: () => {} }
      new V8Engine({ prices, hostFunctions: {}, cache }).load("cid", () => code)
    }
    expect(keys.size).toBe(2)
  })

  it("refusals are remembered without asking for the code again", () => {
    const engine = new V8Engine({ prices: UNIT_PRICES, hostFunctions: {} })
    let fetched = 0
    for (let i = 0; i < 3; i++) {
      expect(() =>
        engine.load("bad", () => {
          fetched++
          return Uint8Array.of(1)
        }),
      ).toThrow(ModuleRefused)
    }
    expect(fetched).toBe(1)
  })

  it("ten thousand modules, nine of ten bad, leave no more behind than the first thousand did", () => {
    const engine = new V8Engine({ prices: UNIT_PRICES, hostFunctions: {} })
    const collect = globalThis.gc ?? (() => {})
    const rss: number[] = []
    for (let i = 0; i <= 10_000; i++) {
      const bytes = i % 10 > 0 ? Uint8Array.of(0, 0x61, 0x73, 0x6d, i & 255, i >> 8) : code
      try {
        const made = engine.instantiate(engine.load(`${i}`, () => bytes)!, undefined, unlimited, 10n ** 9n)
        if (made.kind === "instance") {
          made.instance.invoke(0)
          made.instance.release()
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ModuleRefused)
      }
      if (i % 1000 === 0) {
        collect()
        rss.push(process.memoryUsage().rss)
      }
    }
    // Room for what the collector has not done yet.
    expect(rss.at(-1)! - rss[2]!).toBeLessThan(300 * 1024 * 1024)
  })
})
