import { createHash } from "node:crypto"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { bn254 } from "@noble/curves/bn254.js"
import { p256, p384 } from "@noble/curves/nist.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"

/** Input of a precompile, by its address; what comes of it is for two bundles to agree on. */
export interface PrecompileShape {
  readonly address: number
  readonly name: string
  /** Hex digits. */
  readonly input: string
}

const BN_P = bn254.fields.Fp.ORDER
const BN_R = bn254.fields.Fr.ORDER
const BLS_P = bls12_381.fields.Fp.ORDER
const BLS_R = bls12_381.fields.Fr.ORDER
const P256_N = p256.Point.Fn.ORDER
const P256_P = p256.Point.Fp.ORDER
const K1_N = secp256k1.Point.Fn.ORDER

const hex = (value: bigint | number, bytes: number = 32): string =>
  BigInt(value)
    .toString(16)
    .padStart(2 * bytes, "0")

/** Bytes that look random and are always the same. */
function noise(seed: string, length: number): string {
  let text = ""
  for (let i = 0; text.length < 2 * length; i++) text += createHash("sha256").update(`${seed} ${i}`).digest("hex")
  return text.slice(0, 2 * length)
}
const number = (seed: string, length: number): bigint => (length === 0 ? 0n : BigInt(`0x${noise(seed, length)}`))

/** A modulus of so many bytes, its highest bit set, that ends with so many zero bits. */
function modulus(seed: string, length: number, zeros: number): bigint {
  const bits = BigInt(8 * length)
  const low = BigInt(Math.min(zeros, 8 * length - 1))
  return (((number(seed, length) | (1n << (bits - 1n))) >> low) | 1n) << low
}

function modexp(name: string, base: string, exponent: string, mod: string): PrecompileShape {
  const lengths = [base, exponent, mod].map((text) => hex(text.length / 2)).join("")
  return { address: 5, name: `modexp ${name}`, input: lengths + base + exponent + mod }
}

/** Modexp: sizes from nothing to 1,024 bytes, exponents short and long, sparse and dense, moduli odd, even and powers of two. */
export function modexpShapes(
  sizes: readonly number[] = [1, 2, 4, 5, 8, 16, 32, 33, 64, 96, 128, 192, 256, 512, 1024],
): PrecompileShape[] {
  const exponents: Record<string, string> = {
    "0": "00", "1": "01", "2": "02", "3": "03", "7": "07", "8": "08", "255": "ff", "65537": "010001", "2^32-1": "ffffffff",
    "2^40+1": "010000000001", "2^72-1": "ff".repeat(9), "2^256-1": "ff".repeat(32), "2^255": `80${"00".repeat(31)}`,
  } // biome-ignore format: a table
  const shapes: PrecompileShape[] = []
  const moduli = (length: number): Array<readonly [string, string]> => [
    ["odd", hex(modulus("odd", length, 0), length)],
    ["2 x odd", hex(modulus("even", length, 1), length)],
    ["half zeros", hex(modulus("half", length, 4 * length), length)],
    ["2^n", hex(modulus("power", length, 8 * length - 1), length)],
    ["2^n-1", "ff".repeat(length)],
  ]
  for (const n of sizes)
    for (const [en, exponent] of Object.entries(exponents)) {
      if (n >= 256 && exponent.length > 12) continue
      for (const [mn, mod] of moduli(n))
        shapes.push(modexp(`${n} bytes ^ ${en}, ${mn}`, noise("base", n), exponent, mod))
    }
  for (const [
    bases,
    mods,
  ] of [[1024, 1], [1024, 32], [4096, 32], [1, 1024], [0, 1024], [1024, 512], [16384, 8], [1, 256], [2, 64], [32, 1024]] as const) // biome-ignore format: a table
    for (const en of ["1", "2", "3", "255", "2^32-1"])
      for (const [mn, mod] of moduli(mods))
        shapes.push(
          modexp(`${bases} bytes ^ ${en}, ${mn} of ${mods}`, noise("long", bases), exponents[en] as string, mod),
        )
  const zeros = (count: number): string => "00".repeat(count)
  shapes.push(
    modexp("nothing", "", "", ""),
    modexp("no modulus", noise("a", 1024), "03", ""),
    modexp("modulus 0", noise("a", 1024), "03", zeros(1024)),
    modexp("modulus 1", noise("a", 1024), "03", `${zeros(1023)}01`),
    modexp("zeros before the exponent", noise("a", 32), `${zeros(4096)}03`, hex(modulus("b", 32, 0))),
    modexp("exponent of zeros", noise("a", 32), zeros(4096), hex(modulus("b", 32, 0))),
    modexp("exponent of 2 KiB, modulus 3", "02", noise("c", 2048), "03"),
    modexp("exponent of 1 KiB, odd modulus of 4 bytes", noise("a", 4), noise("c", 1024), hex(modulus("b", 4, 0), 4)),
    modexp("exponent of 1 KiB, even modulus of 4 bytes", noise("a", 4), noise("c", 1024), hex(modulus("b", 4, 1), 4)),
    modexp("exponent of 512 bytes, 2^63", noise("a", 8), noise("c", 512), hex(1n << 63n, 8)),
    modexp("base 0", zeros(64), "ff".repeat(32), hex(modulus("b", 64, 0), 64)),
    modexp("base 1", `${zeros(63)}01`, "ff".repeat(32), hex(modulus("b", 64, 0), 64)),
    modexp("base -1", `${"ff".repeat(63)}fe`, "ff".repeat(32), "ff".repeat(64)),
    modexp("zeros before the modulus", noise("a", 32), "ff".repeat(32), zeros(992) + hex(modulus("b", 32, 0))),
    modexp("zeros before the base", zeros(992) + noise("a", 32), "ff".repeat(32), hex(modulus("b", 32, 0))),
    modexp("a quotient to correct", `80${zeros(127)}`, "02", `80${zeros(62)}01`),
    ...[
      2n ** 20n + 1n,
      2n ** 26n,
      2n ** 29n,
      2n ** 30n,
      2n ** 31n - 1n,
      2n ** 31n,
      2n ** 32n - 4n,
      2n ** 32n - 1n,
      2n ** 32n,
    ].flatMap((much) => [
      { address: 5, name: `modexp base of ${much}, not there`, input: hex(much) + hex(1) + hex(1) },
      { address: 5, name: `modexp base of ${much}, a byte there`, input: `${hex(much)}${hex(1)}${hex(1)}07` },
      { address: 5, name: `modexp exponent of ${much}, not there`, input: hex(1) + hex(much) + hex(1) },
      { address: 5, name: `modexp modulus of ${much}, not there`, input: hex(1) + hex(1) + hex(much) },
      { address: 5, name: `modexp modulus alone of ${much}`, input: hex(0) + hex(0) + hex(much) },
    ]),
    { address: 5, name: "modexp lengths of 2^256-1", input: "ff".repeat(96) },
    { address: 5, name: "modexp cut in the base", input: hex(32) + hex(32) + hex(32) + "ff".repeat(16) },
    { address: 5, name: "modexp cut in the modulus", input: hex(32) + hex(2) + hex(64) + "ff".repeat(40) },
  )
  return shapes
}

type BnPoint = { toAffine(): { x: bigint; y: bigint } }
const bnG1 = (point: BnPoint): string => hex(point.toAffine().x) + hex(point.toAffine().y)
type TwistPoint = { toAffine(): { x: { c0: bigint; c1: bigint }; y: { c0: bigint; c1: bigint } } }
function bnG2(point: TwistPoint): string {
  const { x, y } = point.toAffine()
  return hex(x.c1) + hex(x.c0) + hex(y.c1) + hex(y.c0)
}

/** BN254: sums, products and pairings of points that are alike, opposite, at infinity, off the curve, and out of range. */
export function bn254Shapes(): PrecompileShape[] {
  const g = bn254.G1.Point.BASE
  const g2 = bn254.G2.Point.BASE
  const infinity = hex(0) + hex(0)
  const points: Record<string, string> = {
    infinity,
    g: bnG1(g),
    "-g": bnG1(g.negate()),
    p: bnG1(g.multiply(number("p", 31))),
    "off the curve": hex(1) + hex(3),
    "x = p": hex(BN_P) + hex(2),
    "y = 2^256-1": hex(1) + "ff".repeat(32),
  }
  const shapes: PrecompileShape[] = []
  const add = (address: number, name: string, input: string): void =>
    void shapes.push({ address, name: `bn254 ${name}`, input })
  for (const [a, x] of Object.entries(points)) for (const [b, y] of Object.entries(points)) add(6, `${a} + ${b}`, x + y)
  add(6, "nothing", "")
  add(6, "long", points.p + (points.g as string) + "ff".repeat(500))
  const scalars = { "0": 0n, "1": 1n, "2": 2n, "2^128": 1n << 128n, "r-1": BN_R - 1n, r: BN_R, "2^256-1": 2n ** 256n - 1n, any: number("s", 32), "2^255": 1n << 255n } // biome-ignore format: a table
  for (const [a, x] of Object.entries(points))
    for (const [b, scalar] of Object.entries(scalars)) add(7, `${a} x ${b}`, x + hex(scalar))
  const zeroG2 = "00".repeat(128)
  const q = bnG2(g2.multiply(number("q", 31)))
  const notOnTwist = hex(1) + hex(2) + hex(3) + hex(4)
  const p = points.p as string
  const opposite = points["-g"] as string
  for (const [name, input] of Object.entries({
    nothing: "",
    "one pair": p + q,
    "one pair at infinity": infinity + zeroG2,
    "infinity in G1": infinity + q,
    "infinity in G2": p + zeroG2,
    "two that cancel": bnG1(g) + q + opposite + q,
    "eight pairs": (p + q).repeat(8),
    "eight at infinity": (infinity + zeroG2).repeat(8),
    "fifteen in G2 alone": (infinity + q).repeat(15),
    "fifteen in G1 alone": (p + zeroG2).repeat(15),
    "off the twist": p + notOnTwist,
    "off the curve": (points["off the curve"] as string) + q,
    "the last is off the twist": (p + q).repeat(7) + p + notOnTwist,
    "coordinate p": p + hex(BN_P) + q.slice(64),
    "cut": (p + q).slice(0, -2),
  })) // biome-ignore format: a table
    add(8, `pairing of ${name}`, input)
  return shapes
}

const blsFp = (value: bigint): string => hex(value, 64)
const blsG1 = (point: BnPoint & { is0(): boolean }): string =>
  point.is0() ? "00".repeat(128) : blsFp(point.toAffine().x) + blsFp(point.toAffine().y)
function blsG2(point: TwistPoint & { is0(): boolean }): string {
  if (point.is0()) return "00".repeat(256)
  const { x, y } = point.toAffine()
  return blsFp(x.c0) + blsFp(x.c1) + blsFp(y.c0) + blsFp(y.c1)
}

/** A point of the curve that is not in the subgroup. */
function outsideG1(): string {
  const { Fp } = bls12_381.fields
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.pow(x, 3n), 4n)
    if (Fp.pow(square, (BLS_P - 1n) / 2n) === 1n) return blsFp(x) + blsFp(Fp.sqrt(square))
  }
}
function outsideG2(): string {
  const { Fp2 } = bls12_381.fields
  for (let i = 1n; ; i++) {
    const x = Fp2.fromBigTuple([i, 1n])
    const square = Fp2.add(Fp2.pow(x, 3n), Fp2.fromBigTuple([4n, 4n]))
    try {
      const y = Fp2.sqrt(square)
      return blsFp(x.c0) + blsFp(x.c1) + blsFp(y.c0) + blsFp(y.c1)
    } catch {
      // Not a square: the next one.
    }
  }
}

/** BLS12-381: sums, sums of products, pairings and maps, of the same kinds. */
export function bls12381Shapes(): PrecompileShape[] {
  const shapes: PrecompileShape[] = []
  const add = (address: number, name: string, input: string): void =>
    void shapes.push({ address, name: `bls12-381 ${name}`, input })
  const [g1, g2] = [bls12_381.G1.Point.BASE, bls12_381.G2.Point.BASE]
  const kinds = [
    {
      of: "G1", sum: 0x0b, msm: 0x0c,
      points: {
        infinity: "00".repeat(128), g: blsG1(g1), "-g": blsG1(g1.negate()), p: blsG1(g1.multiply(number("p", 31))),
        outside: outsideG1(), off: blsFp(1n) + blsFp(1n), "x = p": blsFp(BLS_P) + blsFp(1n), padded: `01${blsG1(g1).slice(2)}`,
      },
    },
    {
      of: "G2", sum: 0x0d, msm: 0x0e,
      points: {
        infinity: "00".repeat(256), g: blsG2(g2), "-g": blsG2(g2.negate()), p: blsG2(g2.multiply(number("p", 31))),
        outside: outsideG2(), off: blsFp(1n).repeat(4), "x = p": blsFp(BLS_P) + blsFp(1n).repeat(3), padded: `01${blsG2(g2).slice(2)}`,
      },
    },
  ] as const // biome-ignore format: a table
  const scalars = { "0": 0n, "1": 1n, "2": 2n, "2^128": 1n << 128n, "r-1": BLS_R - 1n, r: BLS_R, "2^256-1": 2n ** 256n - 1n, "2^255": 1n << 255n, any: number("s", 32) } // biome-ignore format: a table
  for (const { of, sum, msm, points } of kinds) {
    for (const [a, x] of Object.entries(points))
      for (const [b, y] of Object.entries(points)) add(sum, `${of} ${a} + ${b}`, x + y)
    for (const [a, x] of Object.entries(points))
      for (const [b, scalar] of Object.entries(scalars)) add(msm, `${of} ${a} x ${b}`, x + hex(scalar))
    for (const count of [2, 3, 8, 16, 33]) {
      const many = (scalar: (i: number) => bigint, point: (i: number) => string): string =>
        Array.from({ length: count }, (_, i) => point(i) + hex(scalar(i))).join("")
      const base =
        of === "G1"
          ? (i: number) => blsG1(g1.multiply(BigInt(i + 2)))
          : (i: number) => blsG2(g2.multiply(BigInt(i + 2)))
      add(
        msm,
        `${of} ${count} products`,
        many((i) => number(`s${i}`, 32), base),
      )
      add(
        msm,
        `${of} ${count} products of 2^256-1`,
        many(() => 2n ** 256n - 1n, base),
      )
      add(
        msm,
        `${of} ${count} products of 0`,
        many(() => 0n, base),
      )
      add(
        msm,
        `${of} ${count} small products`,
        many((i) => BigInt(i), base),
      )
      add(
        msm,
        `${of} ${count} times the same`,
        many(
          () => number("s", 32),
          () => points.p,
        ),
      )
      add(
        msm,
        `${of} ${count} at infinity`,
        many(
          () => number("s", 32),
          () => points.infinity,
        ),
      )
    }
    add(msm, `${of} no product`, "")
    add(sum, `${of} cut`, (points.g + points.g).slice(2))
  }
  const [{ points: of1 }, { points: of2 }] = kinds
  for (const [name, input] of Object.entries({
    "one pair": of1.p + of2.p,
    "infinities": of1.infinity + of2.infinity,
    "infinity in G1": of1.infinity + of2.p,
    "infinity in G2": of1.p + of2.infinity,
    "two that cancel": of1.g + of2.p + of1["-g"] + of2.p,
    "six pairs": (of1.p + of2.p).repeat(6),
    "nine at infinity": (of1.infinity + of2.infinity).repeat(9),
    "nine in G2 alone": (of1.infinity + of2.p).repeat(9),
    "outside G1": of1.outside + of2.p,
    "outside G2": of1.p + of2.outside,
    "the last outside G2": (of1.p + of2.p).repeat(4) + of1.p + of2.outside,
    "nothing": "",
  })) // biome-ignore format: a table
    add(0x0f, `pairing of ${name}`, input)
  for (const [name, value] of Object.entries({
    "0": 0n,
    "1": 1n,
    "p-1": BLS_P - 1n,
    p: BLS_P,
    "2^512-1": 2n ** 512n - 1n,
    any: number("m", 47),
    sqrt: number("n", 46),
  })) {
    add(0x10, `map ${name}`, blsFp(value))
    add(0x11, `map ${name} to G2`, blsFp(value) + blsFp(value))
    add(0x11, `map ${name}, 0 to G2`, blsFp(value) + blsFp(0n))
    add(0x11, `map 0, ${name} to G2`, blsFp(0n) + blsFp(value))
  }
  return shapes
}

/** ECDSA: signatures that hold, that do not, and that are none. */
export function signatureShapes(): PrecompileShape[] {
  const shapes: PrecompileShape[] = []
  const key = number("key", 31)
  const message = noise("message", 32)
  const publicKey = p256.Point.BASE.multiply(key)
  const affine = ({ x, y }: { x: bigint; y: bigint }): string => hex(x) + hex(y)
  const own = affine(publicKey.toAffine())
  const signed = p256.sign(new Uint8Array(Buffer.from(message, "hex")), new Uint8Array(Buffer.from(hex(key), "hex")), {
    prehash: false,
  })
  const signature = Buffer.from(signed).toString("hex")
  const [r, s] = [signature.slice(0, 64), signature.slice(64)]
  const p384x = hex(p384.Point.BASE.toAffine().x % P256_P)
  for (const [name, input] of Object.entries({
    holds: message + r + s + own,
    "other message": noise("other", 32) + r + s + own,
    "message 0": hex(0) + r + s + own,
    "message 2^256-1": "ff".repeat(32) + r + s + own,
    "r 0": message + hex(0) + s + own,
    "s 0": message + r + hex(0) + own,
    "r n": message + hex(P256_N) + s + own,
    "s n": message + r + hex(P256_N) + own,
    "r n-1": message + hex(P256_N - 1n) + s + own,
    "s 1": message + r + hex(1) + own,
    "s n-1": message + r + hex(P256_N - 1n) + own,
    "high s": message + r + hex(P256_N - BigInt(`0x${s}`)) + own,
    "key off the curve": message + r + s + own.slice(0, 64) + hex(1),
    "key 0": message + r + s + hex(0) + hex(0),
    "key out of range": message + r + s + hex(P256_P) + own.slice(64),
    "key g": message + r + s + affine(p256.Point.BASE.toAffine()),
    "key -g": message + r + s + affine(p256.Point.BASE.negate().toAffine()),
    "other x": message + r + s + p384x + own.slice(64),
    short: (message + r + s + own).slice(2),
    long: `${message + r + s + own}00`,
    nothing: "",
  })) // biome-ignore format: a table
    shapes.push({ address: 0x100, name: `p256 ${name}`, input })
  const recoverable = secp256k1.sign(
    new Uint8Array(Buffer.from(message, "hex")),
    new Uint8Array(Buffer.from(hex(key), "hex")),
    { prehash: false, format: "recovered" },
  )
  const [v, rest] = [(recoverable[0] as number) + 27, Buffer.from(recoverable.subarray(1)).toString("hex")]
  const [kr, ks] = [rest.slice(0, 64), rest.slice(64)]
  for (const [name, input] of Object.entries({
    holds: message + hex(v) + kr + ks,
    "other v": message + hex(55 - v) + kr + ks,
    "v 0": message + hex(0) + kr + ks,
    "v 29": message + hex(29) + kr + ks,
    "v with a high byte": `${message}01${hex(v).slice(2)}${kr}${ks}`,
    "r 0": message + hex(v) + hex(0) + ks,
    "s 0": message + hex(v) + kr + hex(0),
    "r n": message + hex(v) + hex(K1_N) + ks,
    "s n": message + hex(v) + kr + hex(K1_N),
    "high s": message + hex(v) + kr + hex(K1_N - BigInt(`0x${ks}`)),
    "r of no point": message + hex(v) + hex(5) + ks,
    "message 0": hex(0) + hex(v) + kr + ks,
    short: (message + hex(v) + kr + ks).slice(0, -64),
    long: `${message}${hex(v)}${kr}${ks}ffff`,
    nothing: "",
  })) // biome-ignore format: a table
    shapes.push({ address: 0x01, name: `ecrecover ${name}`, input })
  return shapes
}

/** Hashes and copies of all lengths, BLAKE2 F with few and many rounds. */
export function hashShapes(): PrecompileShape[] {
  const shapes: PrecompileShape[] = []
  for (const length of [0, 1, 31, 32, 33, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 4096, 20_000])
    for (const [address, name] of [[2, "sha256"], [3, "ripemd160"], [4, "identity"]] as const) // biome-ignore format: a table
      shapes.push({ address, name: `${name} of ${length} bytes`, input: noise("data", length) })
  for (const rounds of [0, 1, 2, 12, 13, 100, 1000, 50_000])
    for (const final of ["00", "01"])
      shapes.push({
        address: 9,
        name: `blake2f ${rounds} rounds, ${final}`,
        input: hex(rounds, 4) + noise("state", 208) + final,
      })
  shapes.push(
    { address: 9, name: "blake2f other flag", input: `${hex(12, 4)}${noise("state", 208)}02` },
    { address: 9, name: "blake2f short", input: hex(12, 4) + noise("state", 208) },
    { address: 9, name: "blake2f long", input: `${hex(12, 4)}${noise("state", 208)}0000` },
    { address: 9, name: "blake2f nothing", input: "" },
    {
      address: 9,
      name: "blake2f counters of 2^64-1",
      input: `${hex(12, 4)}${noise("state", 192)}${"ff".repeat(16)}01`,
    },
  )
  return shapes
}
