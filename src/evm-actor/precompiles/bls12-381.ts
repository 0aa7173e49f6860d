/** 0x0b to 0x11: BLS12-381. Source: EIP-2537; maps to the curves: RFC 9380. */
import { alloc, mark as heapMark, release as heapRelease } from "../../actors/sdk/memory"
import { output } from "../precompile"
import {
  addPoints, degree, double, E, eadd, ecopy, einv, eIsZero, emul, eneg, eone, esqr, esub, etake, fromAffine, isInfinity, isOnCurve, multiExp, negatePoint,
  over, POINT, samePoint, setInfinity, toAffine,
} from "./curve"
import {
  B_Bls, BETA_G1, HALF_Bls, ISOGENY_G1, ISOGENY_G2, PSI_X, PSI_Y, SQRT2_Bls, SWU_A_G1, SWU_A_G2, SWU_B_G1, SWU_B_G2, SWU_Z_G1, SWU_Z_G2, TWIST_B_Bls,
} from "./curves.generated"
import {
  add, BLS, conj2, copy, enter, equals, fromBytes, isOdd, isZero, mark, mul, mul2, neg, pow, release, reset, setZero, SIZE, sqr, sub, take, toBytes,
} from "./field"
import { isPairingOne } from "./pairing"

const X: u64 = 0xd201000000010000
/** Points that are multiplied in one go: bounds the memory for their tables. */
const BATCH: i32 = 32

function begin(d: i32): void {
  enter(BLS)
  over(d)
  reset()
}

/** Bytes of a coordinate in the input and output. */
// @ts-ignore: decorator
@inline
function encoded(): usize {
  return usize(degree) << 6
}

/** Reads a coordinate: 64 bytes, of which the first 16 are zero, to each element below the prime. */
function readE(z: usize, bytes: usize): bool {
  for (let i: usize = 0; i < usize(degree); i++) {
    const at = bytes + (i << 6)
    if ((load<u64>(at) | load<u64>(at, 8)) != 0) return false
    if (!fromBytes(z + i * SIZE, at + 16)) return false
  }
  return true
}

function writeE(bytes: usize, x: usize): void {
  for (let i: usize = 0; i < usize(degree); i++) {
    const at = bytes + (i << 6)
    memory.fill(at, 0, 16)
    toBytes(at + 16, x + i * SIZE)
  }
}

/** Reads a point. False if it is none on the curve. */
function readPoint(p: usize, bytes: usize): bool {
  if (!readE(p, bytes) || !readE(p + E, bytes + encoded())) return false
  if (eIsZero(p) && eIsZero(p + E)) {
    setInfinity(p)
    return true
  }
  if (!isOnCurve(p, degree == 1 ? B_Bls : TWIST_B_Bls)) return false
  fromAffine(p, p)
  return true
}

function writePoint(p: usize): void {
  const at = output(u32(encoded() << 1))
  if (isInfinity(p)) {
    memory.fill(at, 0, encoded() << 1)
    return
  }
  toAffine(p)
  writeE(at, p)
  writeE(at + encoded(), p + E)
}

/** r = |x| p */
function timesX(r: usize, p: usize): void {
  const before = mark()
  const t = etake(3)
  memory.copy(t, p, POINT)
  for (let bit = 62; bit >= 0; bit--) {
    double(t, t)
    if ((X >> bit) & 1) addPoints(t, t, p)
  }
  memory.copy(r, t, POINT)
  release(before)
}

/** The endomorphism of the twist: Frobenius between untwisting and twisting. */
function psi(r: usize, p: usize): void {
  for (let i: usize = 0; i < 3; i++) conj2(r + i * E, p + i * E)
  mul2(r, r, PSI_X)
  mul2(r + E, r + E, PSI_Y)
}

/** Whether a point of the curve is in the group of prime order. Source: Scott, A note on group membership tests, 2021. */
function isInGroup(p: usize): bool {
  if (isInfinity(p)) return true
  const before = mark()
  const a = etake(3)
  const b = etake(3)
  timesX(a, p)
  if (degree == 1) {
    // phi(p) = -x² p
    timesX(a, a)
    memory.copy(b, p, POINT)
    mul(b, b, BETA_G1)
  } else psi(b, p)
  // psi(p) = x p, and x is negative
  negatePoint(a, a)
  const yes = samePoint(a, b)
  release(before)
  return yes
}

function addition(input: usize, length: u32, d: i32): bool {
  begin(d)
  const size = encoded() << 1
  if (length != u32(size) << 1) return false
  const p = etake(3)
  const q = etake(3)
  const r = etake(3)
  if (!readPoint(p, input) || !readPoint(q, input + size)) return false
  addPoints(r, p, q)
  writePoint(r)
  return true
}

function multiplication(input: usize, length: u32, d: i32): bool {
  begin(d)
  const size = encoded() << 1
  const row = size + 32
  if (length == 0 || length % u32(row) != 0) return false
  const count = i32(length / u32(row))
  const heap = heapMark()
  const points = alloc(usize(BATCH) * POINT)
  const scalars = alloc(usize(BATCH) << 5)
  const sum = etake(3)
  const part = etake(3)
  setInfinity(sum)
  let held = 0
  for (let i = 0; i < count; i++) {
    const at = input + usize(i) * row
    const p = points + usize(held) * POINT
    if (!readPoint(p, at) || !isInGroup(p)) return false
    memory.copy(scalars + (usize(held) << 5), at + size, 32)
    if (!isInfinity(p)) held++
    if (held == BATCH || (i == count - 1 && held > 0)) {
      const inner = heapMark()
      multiExp(part, points, scalars, 32, held, 32)
      heapRelease(inner)
      addPoints(sum, sum, part)
      held = 0
    }
  }
  heapRelease(heap)
  writePoint(sum)
  return true
}

export function blsG1Add(input: usize, length: u32): bool {
  return addition(input, length, 1)
}
export function blsG2Add(input: usize, length: u32): bool {
  return addition(input, length, 2)
}
export function blsG1Msm(input: usize, length: u32): bool {
  return multiplication(input, length, 1)
}
export function blsG2Msm(input: usize, length: u32): bool {
  return multiplication(input, length, 2)
}

export function blsPairing(input: usize, length: u32): bool {
  if (length == 0 || length % 384 != 0) return false
  begin(1)
  const count = i32(length / 384)
  const heap = heapMark()
  const pair = SIZE * 6
  const pairs = alloc(usize(count) * pair)
  const p = take(3)
  const q = take(6)
  let used = 0
  for (let i = 0; i < count; i++) {
    const bytes = input + usize(i) * 384
    over(1)
    if (!readPoint(p, bytes) || !isInGroup(p)) return false
    const first = isInfinity(p)
    over(2)
    if (!readPoint(q, bytes + 128) || !isInGroup(q)) return false
    if (first || isInfinity(q)) continue
    const at = pairs + usize(used++) * pair
    memory.copy(at, p, SIZE * 2)
    memory.copy(at + SIZE * 2, q, SIZE * 4)
  }
  const yes = used == 0 || isPairingOne(pairs, used)
  heapRelease(heap)
  const at = output(32)
  memory.fill(at, 0, 32)
  store<u8>(at, yes ? 1 : 0, 31)
  return true
}

// Maps to the curves

/** z = a square root of x in the prime field, i = 1/z (0 for 0). False if there is none. */
function root1(z: usize, i: usize, x: usize): bool {
  const before = mark()
  const t = take(1)
  const w = take(1)
  pow(t, x, SQRT2_Bls, 48)
  mul(w, t, x)
  copy(i, t)
  sqr(t, w)
  const yes = equals(t, x)
  copy(z, w)
  release(before)
  return yes
}

/** z = a square root of x. False if there is none. */
function root(z: usize, x: usize): bool {
  const before = mark()
  const i = take(1)
  const s = take(1)
  const t = take(1)
  const w = take(1)
  let yes = false
  if (degree == 1) yes = root1(z, i, x)
  else if (isZero(x + SIZE)) {
    if (root1(z, i, x)) setZero(z + SIZE)
    else {
      neg(t, x)
      root1(z + SIZE, i, t)
      setZero(z)
    }
    yes = true
  } else {
    // x0 + x1 u = (a + b u)²: a² = (x0 ± |x|) / 2, b = x1 / 2 a
    sqr(s, x)
    sqr(t, x + SIZE)
    add(t, t, s)
    if (root1(s, i, t)) {
      add(t, x, s)
      mul(t, t, HALF_Bls)
      yes = root1(w, i, t)
      if (!yes) {
        sub(t, x, s)
        mul(t, t, HALF_Bls)
        yes = root1(w, i, t)
      }
      mul(t, x + SIZE, HALF_Bls)
      mul(z + SIZE, t, i)
      copy(z, w)
    }
  }
  release(before)
  return yes
}

/** The sign of RFC 9380. */
function sign(x: usize): bool {
  if (degree == 1) return isOdd(x)
  return isOdd(x) || (isZero(x) && isOdd(x + SIZE))
}

/** z = x³ + A x + B */
function rightSide(z: usize, x: usize, a: usize, b: usize): void {
  const before = mark()
  const t = etake(1)
  esqr(t, x)
  eadd(t, t, a)
  emul(t, t, x)
  eadd(z, t, b)
  release(before)
}

/** z = the polynomial with `count` coefficients from the constant upwards, at x. */
function polynomial(z: usize, x: usize, coefficients: usize, count: i32): void {
  const before = mark()
  const t = etake(1)
  ecopy(t, coefficients + usize(count - 1) * E)
  for (let i = count - 2; i >= 0; i--) {
    emul(t, t, x)
    eadd(t, t, coefficients + usize(i) * E)
  }
  ecopy(z, t)
  release(before)
}

/** p = the image of u: simplified SWU map to an isogenous curve, then the isogeny. */
function mapToCurve(p: usize, u: usize): void {
  const before = mark()
  const one = degree == 1
  const a = one ? SWU_A_G1 : SWU_A_G2
  const b = one ? SWU_B_G1 : SWU_B_G2
  const zz = one ? SWU_Z_G1 : SWU_Z_G2
  const zu = etake(1)
  const t = etake(1)
  const x = etake(1)
  const y = etake(1)
  const g = etake(1)
  // x1 = -B/A (1 + 1/(Z² u⁴ + Z u²)), or B/(Z A)
  esqr(zu, u)
  emul(zu, zu, zz)
  esqr(t, zu)
  eadd(t, t, zu)
  if (eIsZero(t)) {
    emul(x, zz, a)
    einv(x, x)
    emul(x, x, b)
  } else {
    // -B (t + 1) / (A t)
    emul(x, a, t)
    einv(x, x)
    eone(g)
    eadd(t, t, g)
    emul(t, t, b)
    emul(x, x, t)
    eneg(x, x)
  }
  rightSide(g, x, a, b)
  if (!root(y, g)) {
    emul(x, x, zu)
    rightSide(g, x, a, b)
    root(y, g)
  }
  if (sign(u) != sign(y)) eneg(y, y)

  const table = one ? ISOGENY_G1 : ISOGENY_G2
  const n1 = one ? 12 : 4
  const n2 = one ? 11 : 3
  const n3 = one ? 16 : 4
  const xn = zu
  const xd = t
  const yn = g
  const yd = etake(1)
  polynomial(xn, x, table, n1)
  polynomial(xd, x, table + usize(n1) * E, n2)
  polynomial(yn, x, table + usize(n1 + n2) * E, n3)
  polynomial(yd, x, table + usize(n1 + n2 + n3) * E, n3)
  if (eIsZero(xd) || eIsZero(yd)) {
    setInfinity(p)
    release(before)
    return
  }
  // (xn / xd, y yn / yd) with Z = xd yd
  emul(p + (E << 1), xd, yd)
  emul(x, yd, p + (E << 1))
  emul(p, xn, x)
  emul(yn, yn, y)
  emul(x, x, xd)
  emul(yn, yn, x)
  emul(p + E, yn, xd)
  release(before)
}

export function blsMapFpToG1(input: usize, length: u32): bool {
  begin(1)
  const u = take(1)
  if (length != 64 || !readE(u, input)) return false
  const p = take(3)
  const q = take(3)
  mapToCurve(p, u)
  // The cofactor: 1 - x
  timesX(q, p)
  addPoints(p, p, q)
  writePoint(p)
  return true
}

export function blsMapFp2ToG2(input: usize, length: u32): bool {
  begin(2)
  const u = etake(1)
  if (length != 128 || !readE(u, input)) return false
  const p = etake(3)
  const xp = etake(3)
  const s = etake(3)
  const t = etake(3)
  mapToCurve(p, u)
  // (x² - x - 1) p + (x - 1) psi(p) + psi²(2 p), with |x| = -x:  |x| (|x| p + p - psi(p)) - p - psi(p) + psi²(2 p)
  timesX(xp, p)
  psi(t, p)
  addPoints(s, xp, p)
  negatePoint(t, t)
  addPoints(s, s, t)
  timesX(s, s)
  addPoints(s, s, t)
  negatePoint(xp, p)
  addPoints(s, s, xp)
  double(t, p)
  psi(t, t)
  psi(t, t)
  addPoints(s, s, t)
  writePoint(s)
  return true
}
