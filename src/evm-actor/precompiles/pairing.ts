/**
 * The optimal ate pairings of BN254 (twist of type D) and BLS12-381 (type M): Miller loops over homogeneous projective points of the twist, with lines of three
 * coefficients (Costello, Lange, Naehrig, Faster pairing computations on curves with high-degree twists, 2010), one squaring for all pairs;
 * final exponentiation as of Fuentes-Castaneda et al. 2011 (BN) and Hayashida et al. 2020 (BLS).
 */
import { alloc } from "../../actors/sdk/memory"
import { CHAR_X_Bn, CHAR_Y_Bn, HALF_Bls, HALF_Bn, TWIST_B_Bls, TWIST_B_Bn } from "./curves.generated"
import { add2, BN, conj2, copy2, field, mark, mul2, neg2, ONE, release, scale2, SIZE, sqr2, sub2, take, copy } from "./field"
import { conj12, copy12, cyclotomicPow, cyclotomicSqr, frobenius, inv12, isOne12, mul12, mulBy014, mulBy034, one12, sqr12 } from "./tower"

const X_BN: u64 = 4965661367192848881
const X_BLS: u64 = 0xd201000000010000
/** 6 x + 2 in signed binary, lowest first, 2 standing for -1. */
const ATE_BN: usize = memory.data<u8>([0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 2, 0, 0, 1, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 2, 0, 1, 0, 2, 0, 0, 0, 2, 0, 2, 0, 0, 0, 1, 0, 2, 0, 1])

/** Line coefficients of the last step. */
let l0: usize = 0
let l1: usize = 0
let l2: usize = 0

// @ts-ignore: decorator
@inline
function D(): usize {
  return SIZE << 1
}

/** r = 2 r; the tangent's coefficients. r is (X, Y, Z) with x = X/Z, y = Y/Z. */
function doubleStep(r: usize): void {
  const before = mark()
  const d = D()
  const x = r
  const y = r + d
  const z = r + 2 * d
  const a = take(2)
  const b = take(2)
  const c = take(2)
  const e = take(2)
  const f = take(2)
  const g = take(2)
  const h = take(2)
  const j = take(2)
  const half = field == BN ? HALF_Bn : HALF_Bls
  mul2(a, x, y)
  scale2(a, a, half)
  sqr2(b, y)
  sqr2(c, z)
  add2(e, c, c)
  add2(e, e, c)
  mul2(e, e, field == BN ? TWIST_B_Bn : TWIST_B_Bls)
  add2(f, e, e)
  add2(f, f, e)
  add2(g, b, f)
  scale2(g, g, half)
  add2(h, y, z)
  sqr2(h, h)
  sub2(h, h, b)
  sub2(h, h, c)
  sqr2(j, x)
  // lines: i = e - b, 3 j, -h
  const i = c
  sub2(i, e, b)
  sub2(f, b, f)
  mul2(x, a, f)
  sqr2(g, g)
  sqr2(e, e)
  add2(a, e, e)
  add2(a, a, e)
  sub2(y, g, a)
  mul2(z, b, h)
  add2(l1, j, j)
  add2(l1, l1, j)
  if (field == BN) {
    neg2(l0, h)
    copy2(l2, i)
  } else {
    copy2(l0, i)
    neg2(l2, h)
  }
  release(before)
}

/** r = r + q, q affine; the chord's coefficients. */
function addStep(r: usize, qx: usize, qy: usize): void {
  const before = mark()
  const d = D()
  const x = r
  const y = r + d
  const z = r + 2 * d
  const theta = take(2)
  const lambda = take(2)
  const c = take(2)
  const s = take(2)
  const e = take(2)
  const f = take(2)
  const g = take(2)
  const h = take(2)
  mul2(theta, qy, z)
  sub2(theta, y, theta)
  mul2(lambda, qx, z)
  sub2(lambda, x, lambda)
  sqr2(c, theta)
  sqr2(s, lambda)
  mul2(e, lambda, s)
  mul2(f, z, c)
  mul2(g, x, s)
  add2(h, e, f)
  sub2(h, h, g)
  sub2(h, h, g)
  mul2(x, lambda, h)
  sub2(g, g, h)
  mul2(g, g, theta)
  mul2(f, e, y)
  sub2(y, g, f)
  mul2(z, z, e)
  mul2(c, theta, qx)
  mul2(s, lambda, qy)
  sub2(c, c, s)
  neg2(l1, theta)
  if (field == BN) {
    copy2(l0, lambda)
    copy2(l2, c)
  } else {
    copy2(l0, c)
    copy2(l2, lambda)
  }
  release(before)
}

/** f *= the line at p. */
function evaluate(f: usize, p: usize): void {
  if (field == BN) {
    scale2(l0, l0, p + SIZE)
    scale2(l1, l1, p)
    mulBy034(f, l0, l1, l2)
  } else {
    scale2(l2, l2, p + SIZE)
    scale2(l1, l1, p)
    mulBy014(f, l0, l1, l2)
  }
}

/**
 * Whether the product of the pairings is 1. A pair is six elements: x, y of the first group, then x, y of the second, none at infinity, all in
 * their groups.
 */
export function isPairingOne(pairs: usize, count: i32): bool {
  const before = mark()
  const d = D()
  const pair = SIZE * 6
  l0 = take(2)
  l1 = take(2)
  l2 = take(2)
  const f = take(12)
  const points = alloc(usize(count) * SIZE * 6)
  const minus = take(2)
  one12(f)
  for (let i = 0; i < count; i++) {
    const r = points + usize(i) * pair
    memory.copy(r, pairs + usize(i) * pair + d, 2 * d)
    memory.fill(r + 2 * d, 0, d)
    copy(r + 2 * d, ONE)
  }
  if (field == BN) {
    for (let k = 64; k >= 0; k--) {
      if (k != 64) sqr12(f, f)
      const digit = load<u8>(ATE_BN + k)
      for (let i = 0; i < count; i++) {
        const at = pairs + usize(i) * pair
        const r = points + usize(i) * pair
        doubleStep(r)
        evaluate(f, at)
        if (digit == 0) continue
        if (digit == 2) neg2(minus, at + 2 * d)
        addStep(r, at + d, digit == 1 ? at + 2 * d : minus)
        evaluate(f, at)
      }
    }
    const qx = take(2)
    const qy = take(2)
    for (let i = 0; i < count; i++) {
      const at = pairs + usize(i) * pair
      const r = points + usize(i) * pair
      conj2(qx, at + d)
      mul2(qx, qx, CHAR_X_Bn)
      conj2(qy, at + 2 * d)
      mul2(qy, qy, CHAR_Y_Bn)
      addStep(r, qx, qy)
      evaluate(f, at)
      conj2(qx, qx)
      mul2(qx, qx, CHAR_X_Bn)
      conj2(qy, qy)
      mul2(qy, qy, CHAR_Y_Bn)
      neg2(qy, qy)
      addStep(r, qx, qy)
      evaluate(f, at)
    }
  } else {
    for (let k = 62; k >= 0; k--) {
      if (k != 62) sqr12(f, f)
      for (let i = 0; i < count; i++) {
        const at = pairs + usize(i) * pair
        const r = points + usize(i) * pair
        doubleStep(r)
        evaluate(f, at)
        if (((X_BLS >> k) & 1) == 0) continue
        addStep(r, at + d, at + 2 * d)
        evaluate(f, at)
      }
    }
    conj12(f, f)
  }
  finalExponentiation(f)
  const yes = isOne12(f)
  release(before)
  return yes
}

/** z = x^-x of BN254. */
function expMinusX(z: usize, x: usize): void {
  cyclotomicPow(z, x, X_BN)
  conj12(z, z)
}

/** z = x^x of BLS12-381, whose x is negative. */
function expX(z: usize, x: usize): void {
  cyclotomicPow(z, x, X_BLS)
  conj12(z, z)
}

function finalExponentiation(f: usize): void {
  const before = mark()
  const r = take(12)
  const t = take(12)
  const a = take(12)
  const b = take(12)
  const c = take(12)
  const e = take(12)
  // to the (p^6 - 1)(p^2 + 1)
  conj12(r, f)
  inv12(t, f)
  mul12(r, r, t)
  copy12(t, r)
  frobenius(r, r, 2)
  mul12(r, r, t)
  if (field == BN) {
    // a = y1, b = y3, c = y4, e = y6
    expMinusX(t, r)
    cyclotomicSqr(a, t)
    cyclotomicSqr(b, a)
    mul12(b, b, a)
    expMinusX(c, b)
    cyclotomicSqr(e, c)
    expMinusX(e, e)
    conj12(b, b)
    conj12(e, e)
    mul12(e, e, c)
    mul12(b, e, b)
    // b = y8, a = y9, c = y11
    mul12(a, b, a)
    mul12(c, b, c)
    mul12(c, c, r)
    frobenius(t, a, 1)
    mul12(t, t, c)
    frobenius(b, b, 2)
    mul12(t, b, t)
    conj12(r, r)
    mul12(r, r, a)
    frobenius(r, r, 3)
    mul12(f, r, t)
  } else {
    cyclotomicSqr(t, r)
    expX(a, r)
    conj12(b, r)
    mul12(a, a, b)
    expX(b, a)
    conj12(a, a)
    mul12(a, a, b)
    expX(b, a)
    frobenius(a, a, 1)
    mul12(a, a, b)
    mul12(r, r, t)
    expX(t, a)
    expX(b, t)
    frobenius(t, a, 2)
    conj12(a, a)
    mul12(a, a, b)
    mul12(a, a, t)
    mul12(f, r, a)
  }
  release(before)
}
