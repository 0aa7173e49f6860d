import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import wabtFactory from "wabt"
import { UNIT_PRICES } from "../conformance.ts"
import { ModuleRefused } from "../errors.ts"
import { instrument } from "../pipeline.ts"
import { BinaryReader, BinaryWriter, s32Length, u32Length } from "./binary.ts"
import { meterGas } from "./gas-metering.ts"
import { parseModule } from "./module.ts"
import { OPERATORS, operatorPrice } from "./operators.ts"
import { limitStack, stackCosts } from "./stack-limiter.ts"
import { validateCode } from "./validate.ts"

const wabt = await wabtFactory()
const assemble = (wat: string, features = {}): Uint8Array => {
  const module = wabt.parseWat("test.wat", wat, { bulk_memory: true, reference_types: true, ...features })
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

/** The prices of network versions 21 to 29. */
const PRICES = {
  instructionDefault: 4000n,
  mathDefault: 4000n,
  jumpUnconditional: 4000n,
  jumpConditional: 4000n,
  jumpIndirect: 4000n,
  call: 0n,
  memoryFillBaseCost: 0n,
  memoryAccessCost: 0n,
  memoryCopyPerByteCost: 400n,
  memoryFillPerByteCost: 400n,
  hostCallCost: 14_000_000n,
}

const settings = { prices: PRICES, maxWasmStack: 2048, maxInstanceMemoryBytes: 512 * 1024 * 1024 }

const metered = (code: Uint8Array, limit = 2048): Uint8Array =>
  meterGas(parseModule(limitStack(parseModule(code), limit)), PRICES)

const shared = new URL("../../../../../shared/", import.meta.url)

describe("instrumentation against the reference", () => {
  const folder = new URL("vectors/instrument/", shared)
  if (!existsSync(folder)) console.warn(`SKIPPED: no instrument vectors at ${folder.pathname}`)
  const files = existsSync(folder) ? readdirSync(folder) : []
  it.skipIf(files.length === 0)("every vector comes out byte for byte", () => {
    const different = files.filter((file) => {
      const vector = JSON.parse(readFileSync(new URL(file, folder), "utf8"))
      const code = new Uint8Array(Buffer.from(vector.wasm, "base64"))
      validateCode(parseModule(code))
      return Buffer.compare(metered(code, vector.max_wasm_stack), Buffer.from(vector.instrumented, "base64")) !== 0
    })
    expect(files.length).toBe(100)
    expect(different).toEqual([])
  })

  it("every operator has the reference's price", () => {
    const file = new URL("oracle/prices/teep.json", shared)
    if (!existsSync(file)) return console.warn(`SKIPPED: no prices at ${file.pathname}`)
    const { operators } = JSON.parse(readFileSync(file, "utf8"))
    // `i32.trunc_sat_f32_s` there is I32TruncSatF32S, `local.get` LocalGet.
    const nameOf = (name: string): string =>
      name === "select_t"
        ? "TypedSelect"
        : name
            .split(/[._]/)
            .map((part) => part[0]!.toUpperCase() + part.slice(1))
            .join("")
    const seen = new Set<string>()
    for (const row of OPERATORS) {
      if (row === undefined) continue
      const name = nameOf(row.name)
      seen.add(name)
      const price = operatorPrice(row, PRICES)
      // A typed select has a price, but the stack limiter does not know it.
      if (name === "TypedSelect") continue
      const expected = operators[name] ?? "absent"
      const actual =
        price === "unsupported"
          ? price
          : "perUnit" in price
            ? { fixed: Number(price.fixed), per_unit: Number(price.perUnit) }
            : { fixed: Number(price.fixed) }
      expect([name, actual]).toEqual([name, expected])
    }
    expect(Object.keys(operators).filter((name) => !seen.has(name))).toEqual([])
  })

  it("the official actors come out byte for byte", async () => {
    const bundle = (process.env.FEVM_BUNDLE ?? "").split(":").find((file) => file.includes("mainnet"))
    const digests = JSON.parse(readFileSync(new URL("./official-v18.sha256.json", import.meta.url), "utf8")) as Record<
      string,
      string
    >
    if (bundle === undefined) return console.warn("SKIPPED: FEVM_BUNDLE names no builtin-actors-mainnet.car")
    const { CarReader } = await import("@ipld/car")
    const car = await CarReader.fromBytes(readFileSync(bundle))
    let compared = 0
    for await (const { cid, bytes } of car.blocks()) {
      const expected = digests[cid.toString()]
      if (expected === undefined) continue
      compared++
      expect([cid.toString(), createHash("sha256").update(metered(bytes)).digest("hex")]).toEqual([
        cid.toString(),
        expected,
      ])
    }
    if (compared === 0) console.warn("SKIPPED: the bundle is not v18 of mainnet")
    else expect(compared).toBe(16)
  })
})

describe("integers of the binary format", () => {
  it("are written in their shortest form and read back", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat(0xffff_ffff),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (s, u, w) => {
          const writer = new BinaryWriter(1)
          writer.s32(s)
          expect(writer.length).toBe(s32Length(s))
          const middle = writer.length
          writer.u32(u)
          expect(writer.length - middle).toBe(u32Length(u))
          writer.s64(w)
          const reader = new BinaryReader(writer.finish())
          expect([reader.s32(), reader.u32(), reader.s64()]).toEqual([s, u, w])
          expect(reader.atEnd).toBe(true)
        },
      ),
    )
  })

  it.each([
    ["u32", [0x80, 0x80, 0x80, 0x80, 0x10]],
    ["u32", [0xff, 0xff, 0xff, 0xff, 0x8f, 0x00]],
    ["s32", [0xff, 0xff, 0xff, 0xff, 0x4f]],
    ["s32", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["s64", [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ["u32", [0x80]],
  ] as const)("%s refuses %j", (method, bytes) => {
    expect(() => new BinaryReader(Uint8Array.from(bytes))[method]()).toThrow(ModuleRefused)
  })
})

describe("the stack limiter", () => {
  it("counts groups of locals, the greatest height and two", () => {
    const module = parseModule(
      assemble(`(module
        (func (param i32 i32 i32))
        (func (local i32 i32 i32 i32 i32))
        (func (local i32 i64 i32 i64 i32))
        (func (drop (i32.add (i32.const 1) (i32.const 2)))))`),
    )
    expect([...stackCosts(module)]).toEqual([2, 3, 7, 4])
  })
})

describe("gas metering", () => {
  const fails = (body: string): unknown => {
    try {
      metered(assemble(`(module (memory 1) (func (export "f") ${body}))`))
      return undefined
    } catch (error) {
      return error instanceof ModuleRefused && error.step
    }
  }

  it("refuses a linear instruction with a negative constant", () => {
    expect(fails("(drop (memory.grow (i32.const -1)))")).toBe("uninstrumentable")
    expect(fails("(drop (memory.grow (i32.const 0x7fffffff)))")).toBe(undefined)
  })

  it("refuses a block whose price exceeds 64 bits", () => {
    expect(fails("(drop (memory.grow (i32.const 0x7fffffff)))".repeat(400))).toBe("uninstrumentable")
  })
})

describe("validation refuses what the FVM has switched off", () => {
  const body = (text: string, more = ""): string => `(module (memory 1) (table 1 funcref) ${more} (func ${text}))`
  const cases: [name: string, wat: string, features: object][] = [
    ["SIMD", body("(drop (v128.const i32x4 0 0 0 0))"), { simd: true }],
    ["threads", body("(drop (i32.atomic.load (i32.const 0)))", ""), { threads: true }],
    ["shared memory", "(module (memory 1 2 shared))", { threads: true }],
    ["multi-value", "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))", { multi_value: true }],
    ["block parameters", "(module (func (i32.const 1) (block (param i32) (drop))))", { multi_value: true }],
    ["tail calls", body("(return_call 0)"), { tail_call: true }],
    ["exceptions", "(module (tag) (func (throw 0)))", { exceptions: true }],
    ["memory64", "(module (memory i64 1))", { memory64: true }],
    ["multi-memory", "(module (memory 1) (memory 1))", { multi_memory: true }],
    ["extended constants", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", { extended_const: true }],
    ["externref", "(module (table 1 externref))", {}],
    ["typed select", body("(drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))"), {}],
    ["ref.null", body("(drop (ref.null func))"), {}],
    ["ref.is_null", body("(drop (ref.is_null (table.get 0 (i32.const 0))))"), {}],
    ["ref.func", body("(drop (ref.func 0))", "(elem declare func 0)"), {}],
  ]
  it.each(cases)("%s", (_, wat, features) => {
    expect(() => instrument(assemble(wat, features), settings)).toThrow(ModuleRefused)
  })

  it("what is ill typed, at its offset", () => {
    const code = Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 5, 1, 3, 0, 0x1a, 0x0b,
    ])
    expect(() => validateCode(parseModule(code))).toThrow(expect.objectContaining({ step: "invalid", offset: 23 }))
  })

  it.each([
    ["floats", body("(drop (f64.add (f64.const 1) (f64.const 2)))")],
    ["sign extension", body("(drop (i32.extend8_s (i32.const 1)))")],
    ["saturating conversion", body("(drop (i32.trunc_sat_f64_u (f64.const 1)))")],
    [
      "bulk memory",
      body(
        "(memory.copy (i32.const 0) (i32.const 0) (i32.const 1)) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))",
        `(data "x")`,
      ),
    ],
    [
      "table instructions",
      body(
        "(table.set (i32.const 0) (table.get (i32.const 0))) (drop (table.size)) (drop (table.grow (table.get (i32.const 0)) (i32.const 1)))",
      ),
    ],
    [
      "a null reference in a global",
      body("(table.set (i32.const 0) (global.get 0))", "(global funcref (ref.null func))"),
    ],
    ["mutable globals", body("(global.set 0 (i32.const 1))", `(global (export "g") (mut i32) (i32.const 0))`)],
  ])("but not %s", (_, wat) => {
    expect(instrument(assemble(wat), settings).bytes.length).toBeGreaterThan(8)
  })
})

describe("bytes from anywhere", () => {
  const good =
    assemble(`(module (import "a" "b" (func (param i32) (result i32))) (memory (export "memory") 1 2) (table 2 funcref)
    (global (mut i64) (i64.const 5)) (elem (i32.const 0) 1) (data (i32.const 3) "hello")
    (func (export "invoke") (param i32) (result i32) (local f64)
      (block (br_table 0 0 (local.get 0))) (loop (br_if 0 (i32.const 0))) (drop (memory.grow (i32.const 1))) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))
      (if (result i32) (i32.const 1) (then (call 0 (i32.const 2))) (else (i32.const 3)))))`)

  const outcome = (bytes: Uint8Array): string => {
    try {
      const { bytes: out, facts } = instrument(bytes, settings)
      // What we take, V8 must take too.
      if (
        facts.unlinkable === undefined &&
        !(globalThis as { WebAssembly?: { validate(b: Uint8Array): boolean } }).WebAssembly!.validate(out)
      ) {
        return "V8 refuses it"
      }
      return "taken"
    } catch (error) {
      return error instanceof ModuleRefused ? "refused" : String(error)
    }
  }

  it("are taken or refused with a reason, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcome(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes]))).toMatch(/^(taken|refused)$/)
      }),
      { numRuns: 2000 },
    )
  })

  it("so are good modules with a few bytes changed, cut out or doubled", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(2)), { minLength: 1, maxLength: 4 }),
        (edits) => {
          let bytes = [...good]
          for (const [at, value, how] of edits) {
            if (how === 0) bytes[at % bytes.length] = value
            else
              bytes = [...bytes.slice(0, at), ...(how === 1 ? [] : [value]), ...bytes.slice(at + (how === 1 ? 1 : 0))]
          }
          expect(outcome(Uint8Array.from(bytes))).toMatch(/^(taken|refused)$/)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it("every prefix of a good module is refused", () => {
    const taken = []
    for (let length = 0; length < good.length; length++)
      if (outcome(good.slice(0, length)) === "taken") taken.push(length)
    expect(taken).toEqual([])
    expect(outcome(good)).toBe("taken")
  })
})

it("prices of one unit give the test prices of the conformance suite", () => {
  expect(Object.keys(UNIT_PRICES).sort()).toEqual(Object.keys(PRICES).sort())
})
