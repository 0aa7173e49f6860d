/**
 * The fields under the curves: one of four primes, chosen by `enter`, and its extension of degree 2, u² = -1.
 *
 * An element is a run of 32-bit limbs, see scripts/gen-curves.ts; one of the extension is two of them. Elements are named by their address. Every result
 * may be written over an operand. Temporaries come from a stack in memory: take `mark()`, `take()` what is needed, `release(mark)`.
 */
import { alloc } from "../../actors/sdk/memory"
import {
  addBls, addBn, addLazyBls, addLazyBn, addLazyP256, addLazyP256n, addP256, addP256n, INVERSE_Bls, INVERSE_Bn, INVERSE_P256, INVERSE_P256n,
  mulBls, mulBn, mulP256, mulP256n, ONE_Bls, ONE_Bn, ONE_P256, ONE_P256n, PRIME_Bls, PRIME_Bn, PRIME_P256, PRIME_P256n,
  reduceBls, reduceBn, reduceP256, reduceP256n, R2_Bls, R2_Bn, R2_P256, R2_P256n, sqrBls, sqrBn, sqrP256, sqrP256n, subBls, subBn, subP256, subP256n,
} from "./curves.generated"

export const BN: i32 = 0
export const P256: i32 = 1
export const P256N: i32 = 2
export const BLS: i32 = 3

/** The field in use. */
export let field: i32 = 0
/** Bytes of an element, of its big-endian form, its limbs, bits of a limb. */
export let SIZE: usize = 40
export let BYTES: i32 = 32
let LIMBS: i32 = 10
let WIDTH: i32 = 27
let PRIME: usize = 0
let R2: usize = 0
let INVERSE: usize = 0
/** 1 in Montgomery form. */
export let ONE: usize = 0

let bottom: usize = 0
let top: usize = 0
const STACK: usize = 1 << 17

/** Chooses a field. Leaves the stack of temporaries alone. */
export function enter(which: i32): void {
  if (bottom == 0) {
    bottom = alloc(STACK)
    top = bottom
  }
  field = which
  const bls = which == BLS
  SIZE = bls ? 56 : 40
  BYTES = bls ? 48 : 32
  LIMBS = bls ? 14 : 10
  WIDTH = bls ? 28 : 27
  PRIME = bls ? PRIME_Bls : which == BN ? PRIME_Bn : which == P256 ? PRIME_P256 : PRIME_P256n
  R2 = bls ? R2_Bls : which == BN ? R2_Bn : which == P256 ? R2_P256 : R2_P256n
  ONE = bls ? ONE_Bls : which == BN ? ONE_Bn : which == P256 ? ONE_P256 : ONE_P256n
  INVERSE = bls ? INVERSE_Bls : which == BN ? INVERSE_Bn : which == P256 ? INVERSE_P256 : INVERSE_P256n
}

/** Forgets all temporaries: at the beginning of a precompile. */
export function reset(): void {
  top = bottom
}

// @ts-ignore: decorator
@inline
export function mark(): usize {
  return top
}

// @ts-ignore: decorator
@inline
export function release(to: usize): void {
  top = to
}

/** Room for `count` elements. */
export function take(count: i32): usize {
  const at = top
  top += usize(count) * SIZE
  if (top > bottom + STACK) unreachable()
  return at
}

export function mul(z: usize, x: usize, y: usize): void {
  if (field == BLS) mulBls(z, x, y)
  else if (field == BN) mulBn(z, x, y)
  else if (field == P256) mulP256(z, x, y)
  else mulP256n(z, x, y)
}

export function sqr(z: usize, x: usize): void {
  if (field == BLS) sqrBls(z, x)
  else if (field == BN) sqrBn(z, x)
  else if (field == P256) sqrP256(z, x)
  else sqrP256n(z, x)
}

export function add(z: usize, x: usize, y: usize): void {
  if (field == BLS) addBls(z, x, y)
  else if (field == BN) addBn(z, x, y)
  else if (field == P256) addP256(z, x, y)
  else addP256n(z, x, y)
}

export function sub(z: usize, x: usize, y: usize): void {
  if (field == BLS) subBls(z, x, y)
  else if (field == BN) subBn(z, x, y)
  else if (field == P256) subP256(z, x, y)
  else subP256n(z, x, y)
}

/** A sum whose limbs are not carried: a factor for one product. */
export function addLazy(z: usize, x: usize, y: usize): void {
  if (field == BLS) addLazyBls(z, x, y)
  else if (field == BN) addLazyBn(z, x, y)
  else if (field == P256) addLazyP256(z, x, y)
  else addLazyP256n(z, x, y)
}

/** Brings a sum of many elements back next to 0..p, in place. Products bear factors up to 16 p (8 p if both were added lazily). */
export function reduce(z: usize): void {
  if (field == BLS) reduceBls(z)
  else if (field == BN) reduceBn(z)
  else if (field == P256) reduceP256(z)
  else reduceP256n(z)
}

// @ts-ignore: decorator
@inline
export function copy(z: usize, x: usize): void {
  memory.copy(z, x, SIZE)
}

// @ts-ignore: decorator
@inline
export function setZero(z: usize): void {
  memory.fill(z, 0, SIZE)
}

/** z = -x */
export function neg(z: usize, x: usize): void {
  const before = mark()
  const zero = take(1)
  setZero(zero)
  sub(z, zero, x)
  release(before)
}

/** The number itself in 0..p-1, limbs carried, out of Montgomery form. */
function plain(z: usize, x: usize): void {
  const before = mark()
  const one = take(1)
  setZero(one)
  store<i32>(one, 1)
  mul(z, x, one)
  const sign = usize(LIMBS - 1) << 2
  while (load<i32>(z + sign) < 0) add(z, z, PRIME)
  const less = take(1)
  for (;;) {
    sub(less, z, PRIME)
    if (load<i32>(less + sign) < 0) break
    copy(z, less)
  }
  release(before)
}

export function isZero(x: usize): bool {
  const before = mark()
  const t = take(1)
  plain(t, x)
  let bits: i32 = 0
  for (let i = 0; i < LIMBS; i++) bits |= load<i32>(t + (usize(i) << 2))
  release(before)
  return bits == 0
}

/** False if a difference of two products surely is not zero: it would have to be 0, p or -p. */
export function mayBeZero(x: usize): bool {
  const low = load<i32>(x)
  const p = load<i32>(PRIME)
  return low == 0 || low == p || low == (1 << WIDTH) - p
}

export function equals(x: usize, y: usize): bool {
  const before = mark()
  const t = take(1)
  sub(t, x, y)
  const result = isZero(t)
  release(before)
  return result
}

/** Whether the number itself is odd: the sign of RFC 9380. */
export function isOdd(x: usize): bool {
  const before = mark()
  const t = take(1)
  plain(t, x)
  const odd = (load<i32>(t) & 1) != 0
  release(before)
  return odd
}

function limbs(z: usize, bytes: usize, length: i32): void {
  let bits: u64 = 0
  let have = 0
  let at = length - 1
  for (let i = 0; i < LIMBS; i++) {
    while (have < WIDTH && at >= 0) {
      bits |= u64(load<u8>(bytes + at)) << have
      have += 8
      at--
    }
    store<i32>(z + (usize(i) << 2), i32(bits & ((u64(1) << WIDTH) - 1)))
    bits >>= WIDTH
    have = max(have - WIDTH, 0)
  }
}

/** Reads BYTES big-endian bytes. False if the number is not below the prime; z is then the number modulo the prime all the same. */
export function fromBytes(z: usize, bytes: usize): bool {
  limbs(z, bytes, BYTES)
  const before = mark()
  const t = take(1)
  sub(t, z, PRIME)
  const below = load<i32>(t + (usize(LIMBS - 1) << 2)) < 0
  mul(z, z, R2)
  release(before)
  return below
}

/** Writes BYTES big-endian bytes. */
export function toBytes(bytes: usize, x: usize): void {
  const before = mark()
  const t = take(1)
  plain(t, x)
  let bits: u64 = 0
  let have = 0
  let at = BYTES - 1
  for (let i = 0; i < LIMBS; i++) {
    bits |= u64(load<i32>(t + (usize(i) << 2))) << have
    have += WIDTH
    while (have >= 8 && at >= 0) {
      store<u8>(bytes + at, u8(bits))
      bits >>= 8
      have -= 8
      at--
    }
  }
  if (at >= 0) store<u8>(bytes + at, u8(bits))
  release(before)
}

/** z = x to the power of `length` big-endian bytes, four bits at a time. */
export function pow(z: usize, x: usize, exponent: usize, length: i32): void {
  const before = mark()
  const table = take(16)
  const r = take(1)
  copy(table, ONE)
  copy(table + SIZE, x)
  for (let i = 2; i < 16; i++) mul(table + usize(i) * SIZE, table + usize(i - 1) * SIZE, x)
  let started = false
  for (let i = 0; i < length << 1; i++) {
    const byte = load<u8>(exponent + (i >> 1))
    const digit = (i & 1) == 0 ? byte >> 4 : byte & 15
    if (started) {
      sqr(r, r)
      sqr(r, r)
      sqr(r, r)
      sqr(r, r)
      if (digit != 0) mul(r, r, table + usize(digit) * SIZE)
    } else if (digit != 0) {
      copy(r, table + usize(digit) * SIZE)
      started = true
    }
  }
  if (started) copy(z, r)
  else copy(z, ONE)
  release(before)
}

/** z = 1/x, 0 for 0. */
export function inv(z: usize, x: usize): void {
  pow(z, x, INVERSE, BYTES)
}

// Degree 2

export function mul2(z: usize, x: usize, y: usize): void {
  const before = mark()
  const a = take(1)
  const b = take(1)
  const c = take(1)
  const d = take(1)
  addLazy(c, x, x + SIZE)
  addLazy(d, y, y + SIZE)
  mul(a, x, y)
  mul(b, x + SIZE, y + SIZE)
  mul(c, c, d)
  sub(z, a, b)
  sub(c, c, a)
  sub(z + SIZE, c, b)
  reduce2(z)
  release(before)
}

export function reduce2(z: usize): void {
  reduce(z)
  reduce(z + SIZE)
}

export function sqr2(z: usize, x: usize): void {
  const before = mark()
  const a = take(1)
  const b = take(1)
  const c = take(1)
  addLazy(a, x, x + SIZE)
  sub(b, x, x + SIZE)
  mul(c, x, x + SIZE)
  mul(z, a, b)
  add(z + SIZE, c, c)
  release(before)
}

export function add2(z: usize, x: usize, y: usize): void {
  add(z, x, y)
  add(z + SIZE, x + SIZE, y + SIZE)
}

export function sub2(z: usize, x: usize, y: usize): void {
  sub(z, x, y)
  sub(z + SIZE, x + SIZE, y + SIZE)
}

export function neg2(z: usize, x: usize): void {
  neg(z, x)
  neg(z + SIZE, x + SIZE)
}

// @ts-ignore: decorator
@inline
export function copy2(z: usize, x: usize): void {
  memory.copy(z, x, SIZE << 1)
}

/** z = x with u negated: the Frobenius map. */
export function conj2(z: usize, x: usize): void {
  copy(z, x)
  neg(z + SIZE, x + SIZE)
}

/** z = x times an element of the prime field. */
export function scale2(z: usize, x: usize, k: usize): void {
  mul(z, x, k)
  mul(z + SIZE, x + SIZE, k)
}

export function inv2(z: usize, x: usize): void {
  const before = mark()
  const a = take(1)
  const b = take(1)
  sqr(a, x)
  sqr(b, x + SIZE)
  add(a, a, b)
  inv(a, a)
  mul(z, x, a)
  mul(z + SIZE, x + SIZE, a)
  neg(z + SIZE, z + SIZE)
  release(before)
}

export function isZero2(x: usize): bool {
  return isZero(x) && isZero(x + SIZE)
}

/** z = x (9 + u) in BN254, x (1 + u) in BLS12-381: what v³ is in the towers. */
export function mulXi(z: usize, x: usize): void {
  const before = mark()
  const a = take(1)
  const b = take(1)
  if (field == BN) {
    // 9 x0 - x1, 9 x1 + x0
    add(a, x, x)
    add(a, a, a)
    add(a, a, a)
    add(a, a, x)
    sub(a, a, x + SIZE)
    add(b, x + SIZE, x + SIZE)
    add(b, b, b)
    add(b, b, b)
    add(b, b, x + SIZE)
    add(z + SIZE, b, x)
    copy(z, a)
  } else {
    sub(a, x, x + SIZE)
    add(z + SIZE, x, x + SIZE)
    copy(z, a)
  }
  release(before)
}
