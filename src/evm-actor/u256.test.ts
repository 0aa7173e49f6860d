import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { WebAssembly } from "../fvm/engine/js-api.ts"
import { compileModule } from "./testing/compile.ts"

type Words = Record<string, (...pointers: number[]) => number | bigint | undefined>

const SLOT = 8192
const MAX = 2n ** 256n
let words: Words
let view: DataView

beforeAll(async () => {
  const module = await compileModule("u256.ts")
  const { exports } = new WebAssembly.Instance(module, { env: { abort() {} } })
  words = exports as unknown as Words
  view = new DataView((exports.memory as { buffer: ArrayBuffer }).buffer)
})

function write(at: number, x: bigint): void {
  for (let i = 0; i < 4; i++) view.setBigUint64(at + 8 * i, BigInt.asUintN(64, x >> BigInt(64 * i)), true)
}

function read(at: number): bigint {
  let x = 0n
  for (let i = 3; i >= 0; i--) x = (x << 64n) | view.getBigUint64(at + 8 * i, true)
  return x
}

/** Runs a function of words; the operands as the EVM pops them, the top of the stack first. */
function run(name: string, ...operands: bigint[]): bigint {
  write(SLOT - 32, 0x5a5an)
  operands.forEach((x, i) => {
    write(SLOT + 32 * (operands.length - 1 - i), x)
  })
  words[name]?.(SLOT)
  expect(read(SLOT - 32), "the word below the result is left alone").toBe(0x5a5an)
  return read(SLOT)
}

const signed = (x: bigint): bigint => BigInt.asIntN(256, x)
const unsigned = (x: bigint): bigint => BigInt.asUintN(256, x)

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let e = exponent, b = base; e > 0n; e >>= 1n, b = (b * b) % MAX) if (e & 1n) result = (result * b) % MAX
  return result
}

const OPERATIONS: Record<string, (...x: [bigint, bigint, bigint]) => bigint> = {
  add: (a, b) => unsigned(a + b),
  mul: (a, b) => unsigned(a * b),
  sub: (a, b) => unsigned(a - b),
  div: (a, b) => (b ? a / b : 0n),
  sdiv: (a, b) => (b ? unsigned(signed(a) / signed(b)) : 0n),
  mod: (a, b) => (b ? a % b : 0n),
  smod: (a, b) => (b ? unsigned(signed(a) % signed(b)) : 0n),
  addmod: (a, b, c) => (c ? (a + b) % c : 0n),
  mulmod: (a, b, c) => (c ? (a * b) % c : 0n),
  exp: (a, b) => power(a, b),
  signextend: (a, b) => (a < 31n ? unsigned(BigInt.asIntN(8 * (Number(a) + 1), b)) : b),
  lt: (a, b) => BigInt(a < b),
  gt: (a, b) => BigInt(a > b),
  slt: (a, b) => BigInt(signed(a) < signed(b)),
  sgt: (a, b) => BigInt(signed(a) > signed(b)),
  eq: (a, b) => BigInt(a === b),
  iszero: (a) => BigInt(a === 0n),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => MAX - 1n - a,
  byte: (a, b) => (a < 32n ? (b >> (8n * (31n - a))) & 0xffn : 0n),
  shl: (a, b) => (a < 256n ? unsigned(b << a) : 0n),
  shr: (a, b) => (a < 256n ? b >> a : 0n),
  sar: (a, b) => unsigned(signed(b) >> (a < 256n ? a : 256n)),
  clz256: (a) => BigInt(a === 0n ? 256 : 256 - a.toString(2).length),
}
const UNARY = new Set(["iszero", "not", "clz256"])
const TERNARY = new Set(["addmod", "mulmod"])
const arity = (name: string): number => (UNARY.has(name) ? 1 : TERNARY.has(name) ? 3 : 2)

/** Words near the places where limbs, digits and signs meet, and any others. */
const word = fc.oneof(
  fc.bigInt(0n, MAX - 1n),
  fc.bigInt(0n, 300n),
  fc.tuple(fc.nat(256), fc.integer({ min: -2, max: 2 })).map(([bit, d]) => unsigned((1n << BigInt(bit)) + BigInt(d))),
  fc.tuple(fc.nat(255), fc.bigInt(0n, MAX - 1n)).map(([bits, x]) => x >> BigInt(bits)),
  fc
    .array(fc.constantFrom<bigint>(0n, 1n, 0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn), {
      minLength: 8,
      maxLength: 8,
    })
    .map((digits) => digits.reduce<bigint>((x, digit) => (x << 32n) | digit, 0n)),
  fc
    .array(fc.constantFrom<bigint>(0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n), {
      minLength: 4,
      maxLength: 4,
    })
    .map((limbs) => limbs.reduce<bigint>((x, limb) => (x << 64n) | limb, 0n)),
)
/** Operands that have to do with each other: equal, opposite, one next to the other, or one next to a multiple of the other. */
const operands = fc.oneof(
  fc.tuple(word, word, word),
  fc.tuple(word, fc.integer({ min: -2, max: 2 }), word).map(([a, d, c]) => [a, unsigned(a + BigInt(d)), c] as const),
  fc
    .tuple(word, word, fc.integer({ min: -2, max: 2 }))
    .map(([b, q, d]) => [unsigned(b * q + BigInt(d)), b, q] as const),
  fc.tuple(word, word).map(([a, b]) => [a, unsigned(-a), b] as const),
  fc
    .tuple(word, word, fc.integer({ min: -1, max: 1 }))
    .map(([a, b, d]) => [a, b, unsigned(a + b + BigInt(d))] as const),
)

describe("256-bit words", () => {
  for (const [name, model] of Object.entries(OPERATIONS)) {
    test(`${name} is what BigInt computes`, () => {
      fc.assert(
        fc.property(operands, ([a, b, c]) => {
          expect(run(name, ...[a, b, c].slice(0, arity(name)))).toBe(model(a, b, c))
        }),
        { numRuns: name === "exp" ? 300 : 2000 },
      )
    })
  }

  test("a product modulo a number just below 2^256, with operands of all lengths", () => {
    const short = fc.bigInt(1n, 2n ** 64n)
    const wide = fc.oneof(
      word,
      short.map((x) => MAX - x),
    )
    fc.assert(
      fc.property(wide, wide, short, (a, b, k) => {
        expect(run("mulmod", a, b, MAX - k)).toBe((a * b) % (MAX - k))
      }),
      { numRuns: 2000 },
    )
    for (const k of [1n, 189n, 2n ** 32n + 977n, 2n ** 64n - 1n, 2n ** 64n])
      for (const a of [0n, k, MAX - k, MAX - 1n, MAX - k - 1n])
        for (const b of [1n, k, MAX - k, MAX - 1n, 2n ** 128n])
          expect(run("mulmod", a, b, MAX - k)).toBe((a * b) % (MAX - k))
  })

  test("edge values meet each other in every operation", () => {
    const edges = [
      0n,
      1n,
      2n,
      31n,
      32n,
      255n,
      256n,
      2n ** 32n,
      2n ** 64n - 1n,
      2n ** 64n,
      2n ** 128n,
      2n ** 255n,
      MAX - 1n,
    ]
    for (const [name, model] of Object.entries(OPERATIONS))
      for (const a of edges)
        for (const b of edges)
          for (const c of arity(name) === 3 ? edges : [0n])
            expect(run(name, ...[a, b, c].slice(0, arity(name))), `${name}(${a}, ${b}, ${c})`).toBe(model(a, b, c))
  })

  test("division adds back when the estimated digit is one too large", () => {
    // TAOCP 4.3.1 exercise 21: the step of probability 2/b.
    const a = (0x7fffffffn << 96n) | (0x80000000n << 64n)
    const b = (0x80000000n << 64n) | 1n
    expect(run("div", a, b)).toBe(a / b)
    expect(run("mod", a, b)).toBe(a % b)
    expect(run("mulmod", MAX - 1n, MAX - 1n, MAX - 2n)).toBe(1n)
  })

  test("a word and an address go to bytes and back, most significant first", () => {
    fc.assert(
      fc.property(word, (x) => {
        write(SLOT, x)
        words.toBytes?.(SLOT + 64, SLOT)
        const hex = Array.from({ length: 32 }, (_, i) =>
          view
            .getUint8(SLOT + 64 + i)
            .toString(16)
            .padStart(2, "0"),
        )
        expect(BigInt(`0x${hex.join("")}`)).toBe(x)
        words.fromBytes?.(SLOT + 128, SLOT + 64)
        expect(read(SLOT + 128)).toBe(x)
        words.toAddress?.(SLOT + 192, SLOT)
        words.fromAddress?.(SLOT + 128, SLOT + 192)
        expect(read(SLOT + 128)).toBe(x % 2n ** 160n)
      }),
    )
  })
})
