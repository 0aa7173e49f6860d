import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import * as fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type WasmModule, WebAssembly } from "../../fvm/engine/js-api.ts"
import { compileModule } from "../testing/compile.ts"

const DATA = fileURLToPath(new URL("../../../../shared/data/precompiles", import.meta.url))
const there = existsSync(DATA)
if (!there) console.warn(`skipped: no cases at ${DATA}, so the precompiles were not run`)

/** Which function a file of cases is for. ecRecover needs a syscall: the kernel's tests have it. */
const FUNCTIONS: Record<string, string> = {
  blake2F: "blake2f",
  blsG1Add: "blsG1Add",
  blsG1Mul: "blsG1Msm",
  blsG1MultiExp: "blsG1Msm",
  blsG2Add: "blsG2Add",
  blsG2Mul: "blsG2Msm",
  blsG2MultiExp: "blsG2Msm",
  blsMapG1: "blsMapFpToG1",
  blsMapG2: "blsMapFp2ToG2",
  blsPairing: "blsPairing",
  bn256Add: "bn254Add",
  bn256Pairing: "bn254Pairing",
  bn256ScalarMul: "bn254Mul",
  modexp: "modexp",
  modexp_eip2565: "modexp",
  p256Verify: "p256verify",
}

type Case = { name: string; input: string; expected?: string; error?: string }

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/^0x/, ""), "hex"))

let module: WasmModule

/** What a module imports; the kernel's own types of the API leave it out. */
const importsOf = (of: WasmModule): { module: string; name: string }[] =>
  (WebAssembly.Module as unknown as { imports(of: WasmModule): { module: string; name: string }[] }).imports(of)

/** Runs a function of the precompiles in an instance of its own, as an actor's invocation has. Undefined: it failed. */
function run(name: string, input: Uint8Array): string | undefined {
  const imports: Record<string, Record<string, (...parameters: number[]) => number>> = {}
  for (const { module: from, name: what } of importsOf(module)) {
    imports[from] ??= {}
    imports[from][what] = () => {
      throw new Error(`${from}.${what} was called`)
    }
  }
  const { exports } = new WebAssembly.Instance(module, imports)
  const functions = exports as unknown as Record<string, (...parameters: number[]) => number>
  const at = functions.alloc!(input.length + 8)
  const memory = exports.memory as unknown as { buffer: ArrayBuffer }
  new Uint8Array(memory.buffer).set(input, at)
  functions.reset!()
  if (!functions[name]!(at, input.length)) return undefined
  expect(new Uint8Array(memory.buffer, at, input.length)).toEqual(input)
  const length = functions.length!()
  return length === 0 ? "" : Buffer.from(memory.buffer, functions.at!(), length).toString("hex")
}

beforeAll(async () => {
  module = await compileModule("precompiles/testing/entry.ts")
})

describe.skipIf(!there)("precompiles give what the cases say", () => {
  const files = there ? readdirSync(DATA).filter((name) => name.endsWith(".json.gz")) : []
  for (const file of files) {
    const kind = file.replace(/\.json\.gz$/, "")
    const stem = kind.replace(/^fail-/, "")
    const name = FUNCTIONS[stem] ?? FUNCTIONS[stem === "blake2f" ? "blake2F" : stem]
    if (name === undefined) continue
    it(kind, () => {
      const cases = JSON.parse(gunzipSync(readFileSync(`${DATA}/${file}`)).toString("utf8")) as Case[]
      const wrong = cases
        .map((item) => [item, run(name, bytesOf(item.input))] as const)
        .filter(([item, got]) => got !== item.expected?.replace(/^0x/, ""))
        .map(([item, got]) => `${item.name}: ${got === undefined ? "failed" : got || "nothing"}`)
      expect(wrong.length, wrong.slice(0, 3).join("\n")).toBe(0)
    })
  }
})

describe("modexp is what BigInt computes", () => {
  const bytes = (value: bigint, length: number): string => value.toString(16).padStart(2 * length, "0")
  const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
    let [result, square] = [1n % modulus, base % modulus]
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = (result * square) % modulus
      square = (square * square) % modulus
    }
    return result
  }
  const number = (most: number): fc.Arbitrary<bigint> =>
    fc
      .tuple(fc.bigInt({ min: 0n, max: 2n ** BigInt(8 * most) - 1n }), fc.nat(8 * most))
      .map(([value, bits]) => value >> BigInt(bits))

  /** Runs of 0x00 and 0xff with some odd bytes among them: where carries, borrows and corrected quotients are. */
  const edges = (most: number): fc.Arbitrary<bigint> =>
    fc
      .array(fc.tuple(fc.constantFrom(0x00, 0xff, 0x80, 0x01, 0x7f), fc.integer({ min: 1, max: 9 })), {
        maxLength: most,
      })
      .map((runs) => runs.flatMap(([byte, times]) => Array<number>(times).fill(byte)).slice(0, most))
      .map((list) => BigInt(`0x0${Buffer.from(list).toString("hex")}`))
  const check = (base: bigint, exponent: bigint, modulus: bigint): void => {
    const lengths = [base, exponent, modulus].map((value) => Math.ceil(value.toString(16).length / 2))
    const words = lengths.map((length) => bytes(BigInt(length), 32))
    const input = [...words, ...[base, exponent, modulus].map((value, i) => bytes(value, lengths[i] as number))].join(
      "",
    )
    const expected = modulus === 0n ? 0n : power(base, exponent, modulus)
    expect(run("modexp", bytesOf(input)), input).toBe(bytes(expected, lengths[2] as number))
  }

  it.each([
    ["any", 0, 40],
    ["even", 1, 40],
    ["with many zero bits", 300, 40],
    ["long", 90, 200],
  ])("%s modulus", (_, zeros, most) => {
    fc.assert(
      fc.property(
        fc.oneof(number(most), edges(most), fc.bigInt({ min: 0n, max: 9n })),
        fc.oneof(number(12), edges(10), fc.bigInt({ min: 0n, max: 70n })),
        fc.oneof(number(most), edges(most)),
        fc.nat(zeros),
        (base, exponent, odd, shift) => check(base, exponent, (odd | 1n) << BigInt(shift)),
      ),
      { numRuns: 150 },
    )
  })

  it("a power of two as modulus", () => {
    fc.assert(
      fc.property(
        fc.oneof(number(40), edges(40)),
        fc.oneof(number(12), edges(6)),
        fc.nat(500),
        (base, exponent, bits) => check(base, exponent, 1n << BigInt(bits)),
      ),
      { numRuns: 150 },
    )
  })

  it("anything as modulus, 0 and 1 too", () => {
    fc.assert(fc.property(edges(24), fc.oneof(edges(8), fc.bigInt({ min: 0n, max: 20n })), edges(24), check), {
      numRuns: 300,
    })
  })
})
