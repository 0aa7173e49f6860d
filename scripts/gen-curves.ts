/*
 * Writes src/evm-actor/precompiles/curves.generated.ts: arithmetic of the four prime fields of the precompiles, unrolled, and constants.
 *
 *     node --import tsx scripts/gen-curves.ts
 *
 * An element is N limbs of W bits, 32 bits apart, little-endian, in Montgomery form with R = 2^(N W). Limbs are signed, so a difference needs no multiple of the
 * modulus. A product takes limbs that are up to 2^(W+1) in size on both sides, and gives limbs in 0..2^W-1 but for the last, which has the sign.
 * Limbs of 27 or 28 bits leave room for the sum of a whole column in 64 bits: no carries inside a product. That is the fewest Wasm instructions.
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { ISOGENY_G1, ISOGENY_G2 } from "./curve-constants.ts"

type Field = { name: string; prime: bigint; limbs: number; width: number }

const BN_P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n
const BLS_P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn
const P256_P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const FIELDS: Field[] = [
  { name: "Bn", prime: BN_P, limbs: 10, width: 27 },
  { name: "P256", prime: P256_P, limbs: 10, width: 27 },
  { name: "P256n", prime: P256_N, limbs: 10, width: 27 },
  { name: "Bls", prime: BLS_P, limbs: 14, width: 28 },
]

const mod = (x: bigint, p: bigint): bigint => ((x % p) + p) % p
function pow(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n
  for (let b = mod(base, p), e = exponent; e > 0n; e >>= 1n, b = (b * b) % p) if (e & 1n) result = (result * b) % p
  return result
}
const invert = (x: bigint, p: bigint): bigint => pow(x, p - 2n, p)

function limbsOf(x: bigint, field: Field): number[] {
  return Array.from({ length: field.limbs }, (_, i) =>
    Number((x >> BigInt(i * field.width)) & ((1n << BigInt(field.width)) - 1n)),
  )
}
const montgomery = (x: bigint, field: Field): number[] =>
  limbsOf(mod(x << BigInt(field.limbs * field.width), field.prime), field)

const lines: string[] = []
const out = (line: string): void => {
  lines.push(line)
}
const data = (name: string, limbs: number[], comment: string): void =>
  out(`/** ${comment} */\nexport const ${name}: usize = memory.data<i32>([${limbs.join(", ")}])`)

out("// Written by scripts/gen-curves.ts: change that.")

for (const field of FIELDS) {
  const { name, prime, limbs: n, width } = field
  const p = limbsOf(prime, field)
  const base = 1n << BigInt(width)
  const negativeInverse = Number(mod(-invertPowerOfTwo(prime, width), base))
  const mask = Number(base - 1n)

  const product = (square: boolean): void => {
    const signature = square ? `sqr${name}(z: usize, x: usize)` : `mul${name}(z: usize, x: usize, y: usize)`
    out(`/** z = x${square ? "²" : " y"} / R, modulo the prime of ${name}. z may be x${square ? "" : " or y"}. */`)
    out(`export function ${signature}: void {`)
    for (let i = 0; i < n; i++) out(`  const a${i} = i64(load<i32>(x, ${4 * i}))`)
    if (square) for (let i = 0; i < n - 1; i++) out(`  const d${i} = a${i} << 1`)
    else for (let i = 0; i < n; i++) out(`  const b${i} = i64(load<i32>(y, ${4 * i}))`)
    out("  let t: i64 = 0")
    for (let k = 0; k < 2 * n - 1; k++) {
      const terms: string[] = []
      for (let i = Math.max(0, k - n + 1); i <= Math.min(k, n - 1); i++) {
        const j = k - i
        if (!square) terms.push(`a${i} * b${j}`)
        else if (i < j) terms.push(`d${i} * a${j}`)
        else if (i === j) terms.push(`a${i} * a${i}`)
      }
      for (let i = Math.max(0, k - n + 1); i <= Math.min(k - 1, n - 1); i++) {
        const factor = p[k - i]
        if (factor === 0) continue
        terms.push(factor === 1 ? `m${i}` : `m${i} * ${factor}`)
      }
      out(`  t += ${terms.join(" + ")}`)
      if (k < n) {
        out(
          negativeInverse === 1 ? `  const m${k} = t & ${mask}` : `  const m${k} = (t * ${negativeInverse}) & ${mask}`,
        )
        out(`  t = (t + m${k} * ${p[0]}) >> ${width}`)
      } else {
        out(`  store<i32>(z, i32(t) & ${mask}, ${4 * (k - n)})`)
        out(`  t >>= ${width}`)
      }
    }
    out(`  store<i32>(z, i32(t), ${4 * (n - 1)})`)
    out("}")
  }
  product(false)
  product(true)

  for (const [verb, sign] of [
    ["add", "+"],
    ["sub", "-"],
  ]) {
    out(`/** z = x ${sign} y, limbs carried. z may be x or y. */`)
    out(`export function ${verb}${name}(z: usize, x: usize, y: usize): void {`)
    out(`  let t = load<i32>(x) ${sign} load<i32>(y)`)
    for (let i = 0; i < n - 1; i++) {
      out(`  store<i32>(z, t & ${mask}, ${4 * i})`)
      out(`  t = (t >> ${width}) + load<i32>(x, ${4 * i + 4}) ${sign} load<i32>(y, ${4 * i + 4})`)
    }
    out(`  store<i32>(z, t, ${4 * (n - 1)})`)
    out("}")
    out(
      `/** z = x ${sign} y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */`,
    )
    out(`export function ${verb}Lazy${name}(z: usize, x: usize, y: usize): void {`)
    for (let i = 0; i < n; i++) out(`  store<i32>(z, load<i32>(x, ${4 * i}) ${sign} load<i32>(y, ${4 * i}), ${4 * i})`)
    out("}")
  }
  // q = z / p, rounded down, from the highest limb; right to within a hundredth.
  const scale = 40n
  const reciprocal = (1n << (scale + BigInt(width * (n - 1)))) / prime
  out(`/** Brings z, which may be hundreds of times the prime, next to 0..p. */`)
  out(`export function reduce${name}(z: usize): void {`)
  out(`  const q = (i64(load<i32>(z, ${4 * (n - 1)})) * ${reciprocal}) >> ${scale}`)
  out("  if (q == 0) return")
  out(`  let t = i64(load<i32>(z)) - q * ${p[0]}`)
  for (let i = 0; i < n - 1; i++) {
    out(`  store<i32>(z, i32(t) & ${mask}, ${4 * i})`)
    out(`  t = (t >> ${width}) + i64(load<i32>(z, ${4 * i + 4})) - q * ${p[i + 1]}`)
  }
  out(`  store<i32>(z, i32(t), ${4 * (n - 1)})`)
  out("}")
  data(`PRIME_${name}`, p, "The prime.")
  data(`ONE_${name}`, montgomery(1n, field), "1.")
  data(
    `R2_${name}`,
    limbsOf(mod(1n << BigInt(2 * n * width), prime), field),
    "R², which brings a number into Montgomery form.",
  )
  const bytes = (x: bigint, length: number): number[] =>
    Array.from({ length }, (_, i) => Number((x >> BigInt(8 * (length - 1 - i))) & 255n))
  const size = name === "Bls" ? 48 : 32
  out(`/** p - 2, big-endian: the exponent of the inverse. */`)
  out(`export const INVERSE_${name}: usize = memory.data<u8>([${bytes(prime - 2n, size).join(", ")}])`)
}

function invertPowerOfTwo(x: bigint, width: number): bigint {
  let inverse = 1n
  for (let bits = 1; bits < width; bits *= 2) inverse = mod(inverse * (2n - x * inverse), 1n << BigInt(width))
  return inverse
}

// Fp2 = Fp[u]/(u² + 1), for the constants of the pairings.
type Fp2 = [bigint, bigint]
const mul2 = ([a, b]: Fp2, [c, d]: Fp2, p: bigint): Fp2 => [mod(a * c - b * d, p), mod(a * d + b * c, p)]
function pow2(base: Fp2, exponent: bigint, p: bigint): Fp2 {
  let result: Fp2 = [1n, 0n]
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = mul2(b, b, p)) if (e & 1n) result = mul2(result, b, p)
  return result
}
function inv2([a, b]: Fp2, p: bigint): Fp2 {
  const d = invert(mod(a * a + b * b, p), p)
  return [mod(a * d, p), mod(-b * d, p)]
}
const pair = ([a, b]: Fp2, field: Field): number[] => [...montgomery(a, field), ...montgomery(b, field)]

for (const [field, xi, b] of [
  [FIELDS[0] as Field, [9n, 1n] as Fp2, 3n],
  [FIELDS[3] as Field, [1n, 1n] as Fp2, 4n],
] as const) {
  const { name, prime: p } = field
  out(`\n// ${name}: towers over Fp2 with v³ = ${xi[0]} + u`)
  for (const k of [1n, 2n, 3n]) {
    const q = p ** k
    data(
      `FROBENIUS6_1_${k}_${name}`,
      pair(pow2(xi as Fp2, (q - 1n) / 3n, p), field),
      `(9 + u or 1 + u)^((p^${k} - 1) / 3)`,
    )
    data(`FROBENIUS6_2_${k}_${name}`, pair(pow2(xi as Fp2, (2n * (q - 1n)) / 3n, p), field), `the same, squared`)
    data(`FROBENIUS12_${k}_${name}`, pair(pow2(xi as Fp2, (q - 1n) / 6n, p), field), `the same to the (p^${k} - 1) / 6`)
  }
  data(
    `TWIST_B_${name}`,
    pair(name === "Bn" ? mul2([b, 0n], inv2(xi as Fp2, p), p) : mul2([b, 0n], xi as Fp2, p), field),
    "b of the twist",
  )
  data(`B_${name}`, montgomery(b, field), "b of the curve")
  data(`HALF_${name}`, montgomery(invert(2n, p), field), "1/2")
}
const bn = FIELDS[0] as Field
data(
  "CHAR_X_Bn",
  pair(pow2([9n, 1n], (BN_P - 1n) / 3n, BN_P), bn),
  "what brings x of the twist through the Frobenius map",
)
data("CHAR_Y_Bn", pair(pow2([9n, 1n], (BN_P - 1n) / 2n, BN_P), bn), "the same for y")

const p256 = FIELDS[1] as Field
out("\n// P-256")
data("B_P256", montgomery(0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn, p256), "b")
data(
  "GENERATOR_P256",
  [
    ...montgomery(0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n, p256),
    ...montgomery(0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n, p256),
    ...montgomery(1n, p256),
  ],
  "the generator",
)

const bls = FIELDS[3] as Field
out("\n// BLS12-381: maps to the curves, RFC 9380")
data(
  "SWU_A_G1",
  montgomery(0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1dn, bls),
  "A'",
)
data(
  "SWU_B_G1",
  montgomery(0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0n, bls),
  "B'",
)
data("SWU_Z_G1", montgomery(11n, bls), "Z")
data("SWU_A_G2", pair([0n, 240n], bls), "A'")
data("SWU_B_G2", pair([1012n, 1012n], bls), "B'")
data("SWU_Z_G2", pair([mod(-2n, BLS_P), mod(-1n, BLS_P)], bls), "Z")
data(
  "ISOGENY_G1",
  ISOGENY_G1.flatMap((x) => montgomery(x, bls)),
  "11-isogeny: 12, 11, 16, 16 coefficients from the constant upwards",
)
data(
  "ISOGENY_G2",
  ISOGENY_G2.flatMap((x) => montgomery(x, bls)),
  "3-isogeny: 4, 3, 4, 4 coefficients from the constant upwards",
)
const bytes48 = (x: bigint): number[] =>
  Array.from({ length: 48 }, (_, i) => Number((x >> BigInt(8 * (47 - i))) & 255n))
out(
  `/** (p + 1) / 4, big-endian. */\nexport const SQRT_Bls: usize = memory.data<u8>([${bytes48((BLS_P + 1n) / 4n).join(", ")}])`,
)
out(
  `/** (p - 3) / 4, big-endian. */\nexport const SQRT2_Bls: usize = memory.data<u8>([${bytes48((BLS_P - 3n) / 4n).join(", ")}])`,
)
out(
  `/** (p - 1) / 2, big-endian. */\nexport const LEGENDRE_Bls: usize = memory.data<u8>([${bytes48((BLS_P - 1n) / 2n).join(", ")}])`,
)
// psi of G2 (untwist, Frobenius, twist): x^p / xi^((p-1)/3), y^p / xi^((p-1)/2)
data("PSI_X", pair(inv2(pow2([1n, 1n], (BLS_P - 1n) / 3n, BLS_P), BLS_P), bls), "psi's factor for x")
data("PSI_Y", pair(inv2(pow2([1n, 1n], (BLS_P - 1n) / 2n, BLS_P), BLS_P), bls), "psi's factor for y")
data(
  "BETA_G1",
  montgomery(0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffen, bls),
  "a cube root of 1: the endomorphism of G1",
)

writeFileSync(
  fileURLToPath(new URL("../src/evm-actor/precompiles/curves.generated.ts", import.meta.url)),
  `${lines.join("\n")}\n`,
)
