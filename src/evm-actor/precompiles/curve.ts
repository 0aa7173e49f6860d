/**
 * Points of y² = x³ + a x + b in Jacobian coordinates (X/Z², Y/Z³; Z = 0 at infinity), over a prime field (`degree` 1) or its extension of
 * degree 2, with a = 0 or, on P-256, a = -3. A point is three elements.
 */
import { alloc } from "../../actors/sdk/memory"
import {
  add, add2, copy, field, inv, inv2, isZero, isZero2, mark, mayBeZero, mul, mul2, neg, ONE, P256, release, SIZE, sqr, sqr2, sub, sub2, take, setZero,
} from "./field"

/** 1: points over the prime field. 2: over its extension. */
export let degree: i32 = 1
/** Bytes of a coordinate, of a point. */
export let E: usize = 40
export let POINT: usize = 120

/** Chooses the degree; after `enter`. */
export function over(d: i32): void {
  degree = d
  E = SIZE * usize(d)
  POINT = 3 * E
}

export function emul(z: usize, x: usize, y: usize): void {
  if (degree == 1) mul(z, x, y)
  else mul2(z, x, y)
}
export function esqr(z: usize, x: usize): void {
  if (degree == 1) sqr(z, x)
  else sqr2(z, x)
}
export function eadd(z: usize, x: usize, y: usize): void {
  if (degree == 1) add(z, x, y)
  else add2(z, x, y)
}
export function esub(z: usize, x: usize, y: usize): void {
  if (degree == 1) sub(z, x, y)
  else sub2(z, x, y)
}
export function eneg(z: usize, x: usize): void {
  neg(z, x)
  if (degree == 2) neg(z + SIZE, x + SIZE)
}
export function einv(z: usize, x: usize): void {
  if (degree == 1) inv(z, x)
  else inv2(z, x)
}
export function eIsZero(x: usize): bool {
  return degree == 1 ? isZero(x) : isZero2(x)
}
// @ts-ignore: decorator
@inline
export function ecopy(z: usize, x: usize): void {
  memory.copy(z, x, E)
}
export function eone(z: usize): void {
  copy(z, ONE)
  if (degree == 2) setZero(z + SIZE)
}
// @ts-ignore: decorator
@inline
export function etake(count: i32): usize {
  return take(count * degree)
}

export function setInfinity(p: usize): void {
  memory.fill(p, 0, POINT)
}

/** Whether Z is 0; it is stored as plain zeros at infinity, and only there. */
export function isInfinity(p: usize): bool {
  const z = p + (E << 1)
  for (let i: usize = 0; i < E; i += 4) if (load<i32>(z + i) != 0) return false
  return true
}

/** r = 2 p. None of the curves has a point of order 2. */
export function double(r: usize, p: usize): void {
  if (isInfinity(p)) {
    if (r != p) memory.copy(r, p, POINT)
    return
  }
  const before = mark()
  const x = p
  const y = p + E
  const z = p + (E << 1)
  const a = etake(1)
  const b = etake(1)
  const c = etake(1)
  const d = etake(1)
  const m = etake(1)
  if (field == P256) {
    // 3 (X - Z²) (X + Z²)
    esqr(a, z)
    esub(b, x, a)
    eadd(c, x, a)
    emul(a, b, c)
  } else esqr(a, x)
  eadd(m, a, a)
  eadd(m, m, a)
  esqr(b, y)
  emul(d, x, b)
  eadd(d, d, d)
  eadd(d, d, d)
  esqr(c, b)
  eadd(c, c, c)
  eadd(c, c, c)
  eadd(c, c, c)
  emul(b, y, z)
  eadd(r + (E << 1), b, b)
  esqr(a, m)
  esub(a, a, d)
  esub(r, a, d)
  esub(d, d, r)
  emul(d, d, m)
  esub(r + E, d, c)
  release(before)
}

/** r = p + q */
export function addPoints(r: usize, p: usize, q: usize): void {
  if (isInfinity(p)) {
    if (r != q) memory.copy(r, q, POINT)
    return
  }
  if (isInfinity(q)) {
    if (r != p) memory.copy(r, p, POINT)
    return
  }
  const before = mark()
  const z1 = p + (E << 1)
  const z2 = q + (E << 1)
  const zz1 = etake(1)
  const zz2 = etake(1)
  const u1 = etake(1)
  const u2 = etake(1)
  const s1 = etake(1)
  const s2 = etake(1)
  esqr(zz1, z1)
  esqr(zz2, z2)
  emul(u1, p, zz2)
  emul(u2, q, zz1)
  emul(s1, p + E, z2)
  emul(s1, s1, zz2)
  emul(s2, q + E, z1)
  emul(s2, s2, zz1)
  esub(u2, u2, u1)
  esub(s2, s2, s1)
  if (mayBeZero(u2) && eIsZero(u2)) {
    if (eIsZero(s2)) double(r, p)
    else setInfinity(r)
    release(before)
    return
  }
  // H = u2, R = s2
  const hh = zz1
  const hhh = zz2
  emul(z1z2H(r, z1, z2), r + (E << 1), u2)
  esqr(hh, u2)
  emul(hhh, hh, u2)
  emul(u1, u1, hh)
  emul(s1, s1, hhh)
  esqr(hh, s2)
  esub(hh, hh, hhh)
  esub(hh, hh, u1)
  esub(r, hh, u1)
  esub(u1, u1, r)
  emul(u1, u1, s2)
  esub(r + E, u1, s1)
  release(before)
}

/** Puts z1 z2 into the last coordinate of r, and says where that is. Nothing else of the operands is read after this. */
function z1z2H(r: usize, z1: usize, z2: usize): usize {
  const z = r + (E << 1)
  emul(z, z1, z2)
  return z
}

/** Makes an affine point (x, y) of two coordinates into one of three. */
export function fromAffine(p: usize, xy: usize): void {
  memory.copy(p, xy, E << 1)
  eone(p + (E << 1))
}

/** Brings a point that is not at infinity to Z = 1. */
export function toAffine(p: usize): void {
  const before = mark()
  const i = etake(1)
  const ii = etake(1)
  eone(i)
  if (memory.compare(i, p + (E << 1), E) == 0) {
    release(before)
    return
  }
  einv(i, p + (E << 1))
  esqr(ii, i)
  emul(p, p, ii)
  emul(ii, ii, i)
  emul(p + E, p + E, ii)
  eone(p + (E << 1))
  release(before)
}

export function negatePoint(r: usize, p: usize): void {
  if (r != p) memory.copy(r, p, POINT)
  eneg(r + E, p + E)
}

/**
 * r = sum of scalar i times point i; `length` bytes to a big-endian scalar, `stride` bytes from one scalar to the next. Four bits at a time, the doublings shared.
 */
export function multiExp(r: usize, points: usize, scalars: usize, stride: usize, count: i32, length: i32): void {
  const before = mark()
  // 1 p to 15 p of each point
  const row = POINT * 15
  const tables = alloc(usize(count) * row)
  for (let i = 0; i < count; i++) {
    const t = tables + usize(i) * row
    const p = points + usize(i) * POINT
    memory.copy(t, p, POINT)
    for (let k = 2; k < 16; k++) {
      const at = t + usize(k - 1) * POINT
      if (k & 1) addPoints(at, at - POINT, p)
      else double(at, t + usize((k >> 1) - 1) * POINT)
    }
  }
  const sum = etake(3)
  setInfinity(sum)
  for (let d = 0; d < length << 1; d++) {
    if (!isInfinity(sum)) {
      double(sum, sum)
      double(sum, sum)
      double(sum, sum)
      double(sum, sum)
    }
    for (let i = 0; i < count; i++) {
      const byte = load<u8>(scalars + usize(i) * stride + (d >> 1))
      const digit = (d & 1) == 0 ? byte >> 4 : byte & 15
      if (digit != 0) addPoints(sum, sum, tables + usize(i) * row + usize(digit - 1) * POINT)
    }
  }
  memory.copy(r, sum, POINT)
  release(before)
}

/** Whether the affine point (x, y) is on y² = x³ + a x + b. */
export function isOnCurve(xy: usize, b: usize): bool {
  const before = mark()
  const l = etake(1)
  const t = etake(1)
  esqr(t, xy)
  emul(t, t, xy)
  if (field == P256) {
    esub(t, t, xy)
    esub(t, t, xy)
    esub(t, t, xy)
  }
  eadd(t, t, b)
  esqr(l, xy + E)
  esub(t, t, l)
  const yes = eIsZero(t)
  release(before)
  return yes
}

/** Whether two points are the same. */
export function samePoint(p: usize, q: usize): bool {
  const before = mark()
  const t = etake(3)
  negatePoint(t, q)
  addPoints(t, t, p)
  const yes = isInfinity(t)
  release(before)
  return yes
}
