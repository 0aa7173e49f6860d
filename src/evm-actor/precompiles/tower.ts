/**
 * The towers of the pairings: Fp6 = Fp2[v]/(v³ - xi), Fp12 = Fp6[w]/(w² - v). An element of Fp6 is three of Fp2, one of Fp12 two of Fp6.
 */
import {
  FROBENIUS12_1_Bls, FROBENIUS12_1_Bn, FROBENIUS12_2_Bls, FROBENIUS12_2_Bn, FROBENIUS12_3_Bls, FROBENIUS12_3_Bn,
  FROBENIUS6_1_1_Bls, FROBENIUS6_1_1_Bn, FROBENIUS6_1_2_Bls, FROBENIUS6_1_2_Bn, FROBENIUS6_1_3_Bls, FROBENIUS6_1_3_Bn,
  FROBENIUS6_2_1_Bls, FROBENIUS6_2_1_Bn, FROBENIUS6_2_2_Bls, FROBENIUS6_2_2_Bn, FROBENIUS6_2_3_Bls, FROBENIUS6_2_3_Bn,
} from "./curves.generated"
import { add2, BN, conj2, copy, copy2, equals, field, inv2, isZero, mark, mul2, mulXi, neg2, ONE, reduce2, release, SIZE, sqr2, sub2, take } from "./field"

// @ts-ignore: decorator
@inline
function D(): usize {
  return SIZE << 1
}
// @ts-ignore: decorator
@inline
export function S6(): usize {
  return SIZE * 6
}

export function add6(z: usize, x: usize, y: usize): void {
  for (let i: usize = 0; i < S6(); i += D()) add2(z + i, x + i, y + i)
}
export function sub6(z: usize, x: usize, y: usize): void {
  for (let i: usize = 0; i < S6(); i += D()) sub2(z + i, x + i, y + i)
}
export function neg6(z: usize, x: usize): void {
  for (let i: usize = 0; i < S6(); i += D()) neg2(z + i, x + i)
}

/**
 * Keeps the elements small: what comes out of mul6 and its kin is next to 0..p, what comes out of mul12 and sqr12 within 4 p (12 p on BN254), and
 * sums of two such are factors that a product bears.
 */
function reduce6(z: usize): void {
  for (let i: usize = 0; i < S6(); i += D()) reduce2(z + i)
}

/** z = x v */
export function mulV(z: usize, x: usize): void {
  const before = mark()
  const t = take(2)
  mulXi(t, x + 2 * D())
  copy2(z + 2 * D(), x + D())
  copy2(z + D(), x)
  copy2(z, t)
  release(before)
}

export function mul6(z: usize, x: usize, y: usize): void {
  const before = mark()
  const d = D()
  const v0 = take(2)
  const v1 = take(2)
  const v2 = take(2)
  const a = take(2)
  const b = take(2)
  const c0 = take(2)
  const c1 = take(2)
  mul2(v0, x, y)
  mul2(v1, x + d, y + d)
  mul2(v2, x + 2 * d, y + 2 * d)
  // c0 = v0 + xi ((x1 + x2)(y1 + y2) - v1 - v2)
  add2(a, x + d, x + 2 * d)
  add2(b, y + d, y + 2 * d)
  mul2(c0, a, b)
  sub2(c0, c0, v1)
  sub2(c0, c0, v2)
  mulXi(c0, c0)
  add2(c0, c0, v0)
  // c1 = (x0 + x1)(y0 + y1) - v0 - v1 + xi v2
  add2(a, x, x + d)
  add2(b, y, y + d)
  mul2(c1, a, b)
  sub2(c1, c1, v0)
  sub2(c1, c1, v1)
  // c2 = (x0 + x2)(y0 + y2) - v0 + v1 - v2
  add2(a, x, x + 2 * d)
  add2(b, y, y + 2 * d)
  mul2(a, a, b)
  sub2(a, a, v0)
  add2(a, a, v1)
  sub2(z + 2 * d, a, v2)
  mulXi(v2, v2)
  add2(z + d, c1, v2)
  copy2(z, c0)
  reduce6(z)
  release(before)
}

/** z = x (a + b v) */
function mul6by01(z: usize, x: usize, a: usize, b: usize): void {
  const before = mark()
  const d = D()
  const v0 = take(2)
  const v1 = take(2)
  const s = take(2)
  const t = take(2)
  const c0 = take(2)
  mul2(v0, x, a)
  mul2(v1, x + d, b)
  // c0 = v0 + xi ((x1 + x2) b - v1)
  add2(s, x + d, x + 2 * d)
  mul2(c0, s, b)
  sub2(c0, c0, v1)
  mulXi(c0, c0)
  add2(c0, c0, v0)
  // c2 = (x0 + x2) a - v0 + v1
  add2(s, x, x + 2 * d)
  mul2(t, s, a)
  sub2(t, t, v0)
  // c1 = (x0 + x1)(a + b) - v0 - v1
  add2(s, x, x + d)
  add2(z + 2 * d, t, v1)
  add2(t, a, b)
  mul2(s, s, t)
  sub2(s, s, v0)
  sub2(z + d, s, v1)
  copy2(z, c0)
  reduce6(z)
  release(before)
}

/** z = x b v */
function mul6by1(z: usize, x: usize, b: usize): void {
  const before = mark()
  const d = D()
  const t = take(2)
  mul2(t, x + 2 * d, b)
  mul2(z + 2 * d, x + d, b)
  mul2(z + d, x, b)
  mulXi(z, t)
  release(before)
}

function inv6(z: usize, x: usize): void {
  const before = mark()
  const d = D()
  const a = take(2)
  const b = take(2)
  const c = take(2)
  const t = take(2)
  const f = take(2)
  // a = x0² - xi x1 x2, b = xi x2² - x0 x1, c = x1² - x0 x2
  sqr2(a, x)
  mul2(t, x + d, x + 2 * d)
  mulXi(t, t)
  sub2(a, a, t)
  sqr2(b, x + 2 * d)
  mulXi(b, b)
  mul2(t, x, x + d)
  sub2(b, b, t)
  sqr2(c, x + d)
  mul2(t, x, x + 2 * d)
  sub2(c, c, t)
  // f = x0 a + xi (x2 b + x1 c)
  mul2(f, x + 2 * d, b)
  mul2(t, x + d, c)
  add2(f, f, t)
  mulXi(f, f)
  mul2(t, x, a)
  add2(f, f, t)
  inv2(f, f)
  mul2(z, a, f)
  mul2(z + d, b, f)
  mul2(z + 2 * d, c, f)
  release(before)
}

export function copy12(z: usize, x: usize): void {
  memory.copy(z, x, SIZE * 12)
}

export function one12(z: usize): void {
  memory.fill(z, 0, SIZE * 12)
  copy(z, ONE)
}

export function isOne12(x: usize): bool {
  if (!equals(x, ONE)) return false
  for (let i: usize = SIZE; i < SIZE * 12; i += SIZE) if (!isZero(x + i)) return false
  return true
}

export function mul12(z: usize, x: usize, y: usize): void {
  const before = mark()
  const h = S6()
  const a = take(6)
  const b = take(6)
  const c = take(6)
  const d = take(6)
  mul6(a, x, y)
  mul6(b, x + h, y + h)
  add6(c, x, x + h)
  add6(d, y, y + h)
  mul6(c, c, d)
  sub6(c, c, a)
  sub6(z + h, c, b)
  mulV(b, b)
  add6(z, a, b)
  release(before)
}

export function sqr12(z: usize, x: usize): void {
  const before = mark()
  const h = S6()
  const a = take(6)
  const b = take(6)
  const c = take(6)
  // (x0 + x1)(x0 + v x1) - x0 x1 - v x0 x1, 2 x0 x1
  mul6(a, x, x + h)
  add6(b, x, x + h)
  mulV(c, x + h)
  add6(c, c, x)
  mul6(b, b, c)
  sub6(b, b, a)
  mulV(c, a)
  sub6(z, b, c)
  add6(z + h, a, a)
  release(before)
}

export function inv12(z: usize, x: usize): void {
  const before = mark()
  const h = S6()
  const a = take(6)
  const b = take(6)
  mul6(a, x, x)
  mul6(b, x + h, x + h)
  mulV(b, b)
  sub6(a, a, b)
  inv6(a, a)
  mul6(z, x, a)
  mul6(z + h, x + h, a)
  neg6(z + h, z + h)
  release(before)
}

/** z = x to the p^6: w negated. The inverse, for x of the cyclotomic subgroup. */
export function conj12(z: usize, x: usize): void {
  if (z != x) memory.copy(z, x, S6())
  neg6(z + S6(), x + S6())
}

/** z = x to the p^power, power 1 to 3. */
export function frobenius(z: usize, x: usize, power: i32): void {
  const bn = field == BN
  const c1 = power == 1 ? (bn ? FROBENIUS6_1_1_Bn : FROBENIUS6_1_1_Bls) : power == 2 ? (bn ? FROBENIUS6_1_2_Bn : FROBENIUS6_1_2_Bls) : bn ? FROBENIUS6_1_3_Bn : FROBENIUS6_1_3_Bls
  const c2 = power == 1 ? (bn ? FROBENIUS6_2_1_Bn : FROBENIUS6_2_1_Bls) : power == 2 ? (bn ? FROBENIUS6_2_2_Bn : FROBENIUS6_2_2_Bls) : bn ? FROBENIUS6_2_3_Bn : FROBENIUS6_2_3_Bls
  const cw = power == 1 ? (bn ? FROBENIUS12_1_Bn : FROBENIUS12_1_Bls) : power == 2 ? (bn ? FROBENIUS12_2_Bn : FROBENIUS12_2_Bls) : bn ? FROBENIUS12_3_Bn : FROBENIUS12_3_Bls
  const d = D()
  for (let i: usize = 0; i < 6; i++) {
    const at = i * d
    if (power & 1) conj2(z + at, x + at)
    else if (z != x) copy2(z + at, x + at)
    if (i == 1 || i == 4) mul2(z + at, z + at, c1)
    if (i == 2 || i == 5) mul2(z + at, z + at, c2)
    if (i >= 3) mul2(z + at, z + at, cw)
  }
}

/** One of the three squarings in Fp4 that a cyclotomic squaring is made of: (a + b s)² = r + t s, s² = xi. */
function sqr4(r: usize, t: usize, a: usize, b: usize): void {
  const before = mark()
  const m = take(2)
  const u = take(2)
  mul2(m, a, b)
  mulXi(u, b)
  add2(u, u, a)
  add2(r, a, b)
  mul2(r, r, u)
  sub2(r, r, m)
  mulXi(u, m)
  sub2(r, r, u)
  add2(t, m, m)
  release(before)
}

// z = 3 t - 2 x
function minus(z: usize, t: usize, x: usize): void {
  const before = mark()
  const u = take(2)
  sub2(u, t, x)
  add2(u, u, u)
  add2(z, u, t)
  reduce2(z)
  release(before)
}

// z = 3 t + 2 x
function plus(z: usize, t: usize, x: usize): void {
  const before = mark()
  const u = take(2)
  add2(u, t, x)
  add2(u, u, u)
  add2(z, u, t)
  reduce2(z)
  release(before)
}

/** z = x² for x of the cyclotomic subgroup. Granger and Scott, Faster squaring in the cyclotomic subgroup, 2010. */
export function cyclotomicSqr(z: usize, x: usize): void {
  const before = mark()
  const d = D()
  const t0 = take(2)
  const t1 = take(2)
  const t2 = take(2)
  const t3 = take(2)
  const t4 = take(2)
  const t5 = take(2)
  sqr4(t0, t1, x, x + 4 * d)
  sqr4(t2, t3, x + 3 * d, x + 2 * d)
  sqr4(t4, t5, x + d, x + 5 * d)
  minus(z, t0, x)
  minus(z + d, t2, x + d)
  minus(z + 2 * d, t4, x + 2 * d)
  mulXi(t5, t5)
  plus(z + 3 * d, t5, x + 3 * d)
  plus(z + 4 * d, t1, x + 4 * d)
  plus(z + 5 * d, t3, x + 5 * d)
  release(before)
}

/** z = x^e for x of the cyclotomic subgroup and an exponent of 64 bits. */
export function cyclotomicPow(z: usize, x: usize, e: u64): void {
  const before = mark()
  const r = take(12)
  copy12(r, x)
  for (let bit = i32(62 - clz(e)); bit >= 0; bit--) {
    cyclotomicSqr(r, r)
    if ((e >> bit) & 1) mul12(r, r, x)
  }
  copy12(z, r)
  release(before)
}

/** f *= c0 + c1 v + c4 v w: a line of BLS12-381. */
export function mulBy014(f: usize, c0: usize, c1: usize, c4: usize): void {
  const before = mark()
  const h = S6()
  const a = take(6)
  const b = take(6)
  const s = take(2)
  mul6by01(a, f, c0, c1)
  mul6by1(b, f + h, c4)
  add2(s, c1, c4)
  add6(f + h, f, f + h)
  mul6by01(f + h, f + h, c0, s)
  sub6(f + h, f + h, a)
  sub6(f + h, f + h, b)
  mulV(b, b)
  add6(f, a, b)
  release(before)
}

/** f *= c0 + c3 w + c4 v w: a line of BN254. */
export function mulBy034(f: usize, c0: usize, c3: usize, c4: usize): void {
  const before = mark()
  const h = S6()
  const a = take(6)
  const b = take(6)
  const s = take(2)
  for (let i: usize = 0; i < h; i += D()) mul2(a + i, f + i, c0)
  mul6by01(b, f + h, c3, c4)
  add2(s, c0, c3)
  add6(f + h, f, f + h)
  mul6by01(f + h, f + h, s, c4)
  sub6(f + h, f + h, a)
  sub6(f + h, f + h, b)
  mulV(b, b)
  add6(f, a, b)
  release(before)
}
