/**
 * 256-bit words on the EVM stack.
 *
 * A word is four 64-bit limbs in linear memory, least significant first, 32 bytes in all, at any address. Nothing is
 * allocated and no object is made: a function gets the address `p` of the slot that takes its result. Of its operands
 * the last one popped lies there, the ones above it at `p + 32` and `p + 64`. What is written above `p` afterwards does
 * not matter.
 *
 *     unary    x = [p]                                 [p] = f(x)
 *     binary   a = [p + 32], b = [p]                   [p] = f(a, b)     a was on top
 *     ternary  a = [p + 64], b = [p + 32], c = [p]     [p] = f(a, b, c)
 *
 * Every Wasm instruction costs 4 gas, `local.get` among them, so the common case of each function is written flat.
 */

/** Bytes of a word. */
export const WORD: usize = 32

const MASK32: u64 = 0xffffffff

/** Dividend of a long division, 17 digits of 32 bits at most. */
const U: usize = memory.data(80, 8)
/** Divisor, 8 digits. */
const V: usize = memory.data(40, 8)
/** Quotient, 16 digits. */
const Q: usize = memory.data(72, 8)
/** 32 zero bytes, a word, 32 zero bytes: what SHL and SHR read through. */
const SHIFT: usize = memory.data(96, 8)
/** A word and 32 bytes of its sign. */
const SIGNED: usize = memory.data(72, 8)
/** Base of EXP, and the factor of its last multiplication. */
const BASE: usize = memory.data(64, 8)

/** Sets a word to a small number. */
// @ts-ignore: decorator
@inline
export function set64(p: usize, x: u64): void {
  store<u64>(p, x)
  store<u64>(p, 0, 8)
  store<u64>(p, 0, 16)
  store<u64>(p, 0, 24)
}

/** Copies a word. */
// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from))
  store<u64>(to, load<u64>(from, 8), 8)
  store<u64>(to, load<u64>(from, 16), 16)
  store<u64>(to, load<u64>(from, 24), 24)
}

/** Whether the word is zero. */
// @ts-ignore: decorator
@inline
export function isZero(p: usize): bool {
  return (load<u64>(p) | load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24)) == 0
}

/** Whether the word is 2^64 or more. */
// @ts-ignore: decorator
@inline
export function isLong(p: usize): bool {
  return (load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24)) != 0
}

/** Whether the word is 2^32 or more. */
// @ts-ignore: decorator
@inline
export function exceeds32(p: usize): bool {
  return ((load<u64>(p) >> 32) | load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24)) != 0
}

/** The word, or 2^64 - 1 if it is more. */
// @ts-ignore: decorator
@inline
export function saturate64(p: usize): u64 {
  return isLong(p) ? u64.MAX_VALUE : load<u64>(p)
}

/** Reverses the bytes of a limb. */
// @ts-ignore: decorator
@inline
export function swapBytes(x: u64): u64 {
  x = ((x >> 8) & 0x00ff00ff00ff00ff) | ((x & 0x00ff00ff00ff00ff) << 8)
  x = ((x >> 16) & 0x0000ffff0000ffff) | ((x & 0x0000ffff0000ffff) << 16)
  return rotl<u64>(x, 32)
}

/** Reads 32 big-endian bytes into a word. The two must not overlap. */
// @ts-ignore: decorator
@inline
export function readBytes(p: usize, bytes: usize): void {
  store<u64>(p, swapBytes(load<u64>(bytes, 24)))
  store<u64>(p, swapBytes(load<u64>(bytes, 16)), 8)
  store<u64>(p, swapBytes(load<u64>(bytes, 8)), 16)
  store<u64>(p, swapBytes(load<u64>(bytes)), 24)
}

/** {@link readBytes} where a call does not matter. */
export function fromBytes(p: usize, bytes: usize): void {
  readBytes(p, bytes)
}

/** Writes a word as 32 big-endian bytes. The two must not overlap. */
// @ts-ignore: decorator
@inline
export function writeBytes(bytes: usize, p: usize): void {
  store<u64>(bytes, swapBytes(load<u64>(p, 24)))
  store<u64>(bytes, swapBytes(load<u64>(p, 16)), 8)
  store<u64>(bytes, swapBytes(load<u64>(p, 8)), 16)
  store<u64>(bytes, swapBytes(load<u64>(p)), 24)
}

/** {@link writeBytes} where a call does not matter. */
export function toBytes(bytes: usize, p: usize): void {
  writeBytes(bytes, p)
}

/** Reads the 20 big-endian bytes of an address into a word. */
export function fromAddress(p: usize, bytes: usize): void {
  store<u64>(p, swapBytes(load<u64>(bytes, 12)))
  store<u64>(p, swapBytes(load<u64>(bytes, 4)), 8)
  store<u64>(p, swapBytes(load<u32>(bytes)) >> 32, 16)
  store<u64>(p, 0, 24)
}

/** Writes the low 20 bytes of a word, big-endian. */
export function toAddress(bytes: usize, p: usize): void {
  store<u32>(bytes, <u32>(swapBytes(load<u64>(p, 16)) >> 32))
  store<u64>(bytes, swapBytes(load<u64>(p, 8)), 4)
  store<u64>(bytes, swapBytes(load<u64>(p)), 12)
}

// --- sums ---

/** [p] = a + b. */
// @ts-ignore: decorator
@inline
export function add(p: usize): void {
  const a0 = load<u64>(p, 32)
  const r0 = a0 + load<u64>(p)
  store<u64>(p, r0)
  const a1 = load<u64>(p, 40)
  const s1 = a1 + load<u64>(p, 8)
  const r1 = s1 + u64(r0 < a0)
  store<u64>(p, r1, 8)
  const a2 = load<u64>(p, 48)
  const s2 = a2 + load<u64>(p, 16)
  const r2 = s2 + u64(u32(s1 < a1) | u32(r1 < s1))
  store<u64>(p, r2, 16)
  store<u64>(p, load<u64>(p, 56) + load<u64>(p, 24) + u64(u32(s2 < a2) | u32(r2 < s2)), 24)
}

/** [p] = a - b. */
// @ts-ignore: decorator
@inline
export function sub(p: usize): void {
  const a0 = load<u64>(p, 32)
  const b0 = load<u64>(p)
  store<u64>(p, a0 - b0)
  const a1 = load<u64>(p, 40)
  const b1 = load<u64>(p, 8)
  const d1 = a1 - b1
  const c1 = u64(a0 < b0)
  store<u64>(p, d1 - c1, 8)
  const a2 = load<u64>(p, 48)
  const b2 = load<u64>(p, 16)
  const d2 = a2 - b2
  const c2 = u64(u32(a1 < b1) | u32(d1 < c1))
  store<u64>(p, d2 - c2, 16)
  store<u64>(p, load<u64>(p, 56) - load<u64>(p, 24) - u64(u32(a2 < b2) | u32(d2 < c2)), 24)
}

/** [p] = 2^256 - [p]. */
export function negate(p: usize): void {
  const x0 = load<u64>(p)
  const x1 = load<u64>(p, 8)
  const x2 = load<u64>(p, 16)
  store<u64>(p, 0 - x0)
  store<u64>(p, ~x1 + u64(x0 == 0), 8)
  store<u64>(p, ~x2 + u64((x0 | x1) == 0), 16)
  store<u64>(p, ~load<u64>(p, 24) + u64((x0 | x1 | x2) == 0), 24)
}

// --- products ---

/** High half of the 128-bit product of two limbs. The low half is their Wasm product. */
// @ts-ignore: decorator
@inline
function mulHigh(a: u64, b: u64): u64 {
  const al = a & MASK32
  const ah = a >> 32
  const bl = b & MASK32
  const bh = b >> 32
  const t = ah * bl + ((al * bl) >> 32)
  return ah * bh + (t >> 32) + ((al * bh + (t & MASK32)) >> 32)
}

/** [to] = [x] * [y]. `to` may be either. */
export function multiply(to: usize, x: usize, y: usize): void {
  const a0 = load<u64>(x)
  const b0 = load<u64>(y)
  const a1 = load<u64>(x, 8)
  const b1 = load<u64>(y, 8)
  const a2 = load<u64>(x, 16)
  const b2 = load<u64>(y, 16)
  const a3 = load<u64>(x, 24)
  const b3 = load<u64>(y, 24)
  store<u64>(to, a0 * b0)
  // Column 1: the carries into column 2 and 3 are counted in c2 and c3.
  let r1 = a0 == 0 || b0 == 0 ? 0 : mulHigh(a0, b0)
  let r2: u64 = 0
  let r3: u64 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0
  let t: u64
  if (b1 != 0) {
    t = a0 * b1
    r1 += t
    t = mulHigh(a0, b1) + u64(r1 < t)
    r2 = t
    // a0 * b1 + carry < 2^128, so the high half cannot wrap.
  }
  if (a1 != 0) {
    t = a1 * b0
    r1 += t
    t = mulHigh(a1, b0) + u64(r1 < t)
    r2 += t
    r3 += u64(r2 < t)
    if (b1 != 0) {
      t = a1 * b1
      r2 += t
      r3 += mulHigh(a1, b1) + u64(r2 < t)
    }
  }
  if (b2 != 0) {
    t = a0 * b2
    r2 += t
    r3 += mulHigh(a0, b2) + u64(r2 < t)
  }
  if (a2 != 0) {
    t = a2 * b0
    r2 += t
    r3 += mulHigh(a2, b0) + u64(r2 < t)
  }
  store<u64>(to, r1, 8)
  store<u64>(to, r2, 16)
  store<u64>(to, r3, 24)
}

/** [p] = a * b. */
// @ts-ignore: decorator
@inline
export function mul(p: usize): void {
  if (exceeds32(p) || exceeds32(p + 32)) return multiply(p, p + 32, p)
  store<u64>(p, load<u64>(p) * load<u64>(p, 32))
}

/** [to] = x * y + carry, one limb of it. Returns the limb above, which always has room for both carries. */
// @ts-ignore: decorator
@inline
function setProduct(to: usize, x: u64, y: u64, carry: u64): u64 {
  const low = x * y + carry
  store<u64>(to, low)
  return mulHigh(x, y) + u64(low < carry)
}

/** [to] += x * y + carry, one limb of it. Returns the limb above. */
// @ts-ignore: decorator
@inline
function addProduct(to: usize, x: u64, y: u64, carry: u64): u64 {
  const low = x * y + carry
  const sum = low + load<u64>(to)
  store<u64>(to, sum)
  return mulHigh(x, y) + u64(low < carry) + u64(sum < low)
}

/** The 512-bit product of [x] and [y] at U, 16 digits. Without a loop: a third of the time. */
function multiplyLong(x: usize, y: usize): void {
  const b0 = load<u64>(y)
  const b1 = load<u64>(y, 8)
  const b2 = load<u64>(y, 16)
  const b3 = load<u64>(y, 24)
  let a = load<u64>(x)
  store<u64>(U, setProduct(U + 24, a, b3, setProduct(U + 16, a, b2, setProduct(U + 8, a, b1, setProduct(U, a, b0, 0)))), 32)
  a = load<u64>(x, 8)
  store<u64>(U, addProduct(U + 32, a, b3, addProduct(U + 24, a, b2, addProduct(U + 16, a, b1, addProduct(U + 8, a, b0, 0)))), 40)
  a = load<u64>(x, 16)
  store<u64>(U, addProduct(U + 40, a, b3, addProduct(U + 32, a, b2, addProduct(U + 24, a, b1, addProduct(U + 16, a, b0, 0)))), 48)
  a = load<u64>(x, 24)
  store<u64>(U, addProduct(U + 48, a, b3, addProduct(U + 40, a, b2, addProduct(U + 32, a, b1, addProduct(U + 24, a, b0, 0)))), 56)
}

// --- quotients ---

/** Digits of 32 bits that a word has, 0 to 8. */
function digitsOf(p: usize): i32 {
  const x3 = load<u64>(p, 24)
  if (x3) return x3 >> 32 ? 8 : 7
  const x2 = load<u64>(p, 16)
  if (x2) return x2 >> 32 ? 6 : 5
  const x1 = load<u64>(p, 8)
  if (x1) return x1 >> 32 ? 4 : 3
  const x0 = load<u64>(p)
  if (x0) return x0 >> 32 ? 2 : 1
  return 0
}

/**
 * Divides the m digits at U by the n digits at v, n >= 1 and the highest of them not zero (Knuth, TAOCP 4.3.1 D).
 * The remainder is left at U, n digits, with all above it zero; the quotient goes to Q, m - n + 1 digits, if `keep`.
 */
function divide(m: i32, v: usize, n: i32, keep: bool): void {
  if (n == 1) {
    const d = <u64>load<u32>(v)
    let r: u64 = 0
    for (let i = U + ((m - 1) << 2); i >= U; i -= 4) {
      const x = (r << 32) | <u64>load<u32>(i)
      const q = x / d
      r = x - q * d
      store<u32>(i, 0)
      if (keep) store<u32>(i, <u32>q, Q - U)
    }
    store<u32>(U, <u32>r)
    return
  }
  // Normalise: the highest bit of the divisor is set.
  const shift = <u64>clz<u32>(load<u32>(v + ((n - 1) << 2)))
  store<u32>(U + (m << 2), 0)
  if (shift) {
    let carry: u64 = 0
    for (let i: usize = 0, end: usize = n << 2; i < end; i += 4) {
      carry |= <u64>load<u32>(v + i) << shift
      store<u32>(V + i, <u32>carry)
      carry >>= 32
    }
    carry = 0
    for (let i = U, end = U + (m << 2); i <= end; i += 4) {
      carry |= <u64>load<u32>(i) << shift
      store<u32>(i, <u32>carry)
      carry >>= 32
    }
    v = V
  }
  const size = <usize>(n << 2)
  const v1 = <u64>load<u32>(v + size - 4)
  const v2 = <u64>load<u32>(v + size - 8)
  for (let j = U + ((m - n) << 2); j >= U; j -= 4) {
    const top = j + size
    // The highest two digits as one number: they are adjacent in memory.
    const high = load<u64>(top - 4)
    let q: u64
    let r: u64
    if (high >> 32 >= v1) {
      q = MASK32
      r = high - q * v1
    } else {
      q = high / v1
      r = high - q * v1
    }
    while (r <= MASK32 && q * v2 > ((r << 32) | <u64>load<u32>(top - 8))) {
      q -= 1
      r += v1
    }
    if (q != 0) {
      // u -= q * v, digit by digit; `borrow` is what is still to be taken from the next.
      let borrow: u64 = 0
      let i: usize = 0
      do {
        const product = q * <u64>load<u32>(v + i) + borrow
        const x = <u64>load<u32>(j + i)
        const d = x - (product & MASK32)
        store<u32>(j + i, <u32>d)
        borrow = (product >> 32) + (d >> 63)
        i += 4
      } while (i != size)
      const x = <u64>load<u32>(top)
      store<u32>(top, <u32>(x - borrow))
      if (x < borrow) {
        // q was one too large: add the divisor back.
        q -= 1
        let carry: u64 = 0
        for (i = 0; i < size; i += 4) {
          carry += <u64>load<u32>(j + i) + <u64>load<u32>(v + i)
          store<u32>(j + i, <u32>carry)
          carry >>= 32
        }
        store<u32>(top, load<u32>(top) + <u32>carry)
      }
    }
    if (keep) store<u32>(j, <u32>q, Q - U)
  }
  if (shift) {
    let carry: u64 = 0
    for (let i = U + size - 4; i >= U; i -= 4) {
      const x = <u64>load<u32>(i)
      store<u32>(i, <u32>((x >> shift) | carry))
      carry = (x << (32 - shift)) & MASK32
    }
  }
}

/** Whether [x] < [y], unsigned. */
// @ts-ignore: decorator
@inline
export function less(x: usize, y: usize): bool {
  const x1 = load<u64>(x, 8)
  const y1 = load<u64>(y, 8)
  const x2 = load<u64>(x, 16)
  const y2 = load<u64>(y, 16)
  const x3 = load<u64>(x, 24)
  const y3 = load<u64>(y, 24)
  // Most words that are compared are short.
  if (((x1 ^ y1) | (x2 ^ y2) | (x3 ^ y3)) == 0) return load<u64>(x) < load<u64>(y)
  return x3 != y3 ? x3 < y3 : x2 != y2 ? x2 < y2 : x1 < y1
}

/** [p] = a / b, 0 if b is 0. */
export function div(p: usize): void {
  if (!isLong(p) && !isLong(p + 32)) {
    const b = load<u64>(p)
    if (b) store<u64>(p, load<u64>(p, 32) / b)
    return
  }
  const n = digitsOf(p)
  if (n == 0) return
  const m = digitsOf(p + 32)
  if (m < n) return set64(p, 0)
  copy(U, p + 32)
  set64(Q, 0)
  divide(m, p, n, true)
  copy(p, Q)
}

/** [p] = a % b, 0 if b is 0. */
export function mod(p: usize): void {
  if (!isLong(p) && !isLong(p + 32)) {
    const b = load<u64>(p)
    if (b) store<u64>(p, load<u64>(p, 32) % b)
    return
  }
  const n = digitsOf(p)
  if (n == 0) return
  const m = digitsOf(p + 32)
  if (m < n) return copy(p, p + 32)
  copy(U, p + 32)
  divide(m, p, n, false)
  copy(p, U)
}

/** [p] = a / b of signed words, towards zero; 0 if b is 0; -2^255 / -1 is -2^255. */
export function sdiv(p: usize): void {
  const a = <i64>load<u64>(p, 56) < 0
  const b = <i64>load<u64>(p, 24) < 0
  if (a) negate(p + 32)
  if (b) negate(p)
  div(p)
  if (a != b) negate(p)
}

/** [p] = a % b of signed words, with the sign of a; 0 if b is 0. */
export function smod(p: usize): void {
  const a = <i64>load<u64>(p, 56) < 0
  if (a) negate(p + 32)
  if (<i64>load<u64>(p, 24) < 0) negate(p)
  mod(p)
  if (a) negate(p)
}

/** [p] = (a + b) % c without wrapping; 0 if c is 0. */
export function addmod(p: usize): void {
  const n = digitsOf(p)
  if (n == 0) return
  const a0 = load<u64>(p, 64)
  const a1 = load<u64>(p, 72)
  const a2 = load<u64>(p, 80)
  const a3 = load<u64>(p, 88)
  const r0 = a0 + load<u64>(p, 32)
  const s1 = a1 + load<u64>(p, 40)
  const r1 = s1 + u64(r0 < a0)
  const s2 = a2 + load<u64>(p, 48)
  const r2 = s2 + u64(u32(s1 < a1) | u32(r1 < s1))
  const s3 = a3 + load<u64>(p, 56)
  const r3 = s3 + u64(u32(s2 < a2) | u32(r2 < s2))
  store<u64>(U, r0)
  store<u64>(U, r1, 8)
  store<u64>(U, r2, 16)
  store<u64>(U, r3, 24)
  let m: i32
  if (u32(s3 < a3) | u32(r3 < s3)) {
    store<u64>(U, 1, 32)
    m = 9
  } else {
    m = digitsOf(U)
    if (m < n) return copy(p, U)
  }
  divide(m, p, n, false)
  copy(p, U)
}

/**
 * [p] = the 512 bits at U modulo 2^256 - k, where k has one limb and is not 0. Since 2^256 leaves k, the high half counts k times what
 * it would as a low half.
 */
function foldNearTop(p: usize, k: u64): void {
  const m0 = 0 - k
  const top = addProduct(U + 24, load<u64>(U, 56), k, addProduct(U + 16, load<u64>(U, 48), k, addProduct(U + 8, load<u64>(U, 40), k, addProduct(U, load<u64>(U, 32), k, 0))))
  // What is above the low half now is at most k: its product has two limbs.
  const low = top * k
  const r0 = load<u64>(U) + low
  const high = mulHigh(top, k) + u64(r0 < low)
  const r1 = load<u64>(U, 8) + high
  const x2 = load<u64>(U, 16)
  const r2 = x2 + u64(r1 < high)
  const x3 = load<u64>(U, 24)
  const r3 = x3 + u64(r2 < x2)
  store<u64>(p, r0)
  store<u64>(p, r1, 8)
  store<u64>(p, r2, 16)
  store<u64>(p, r3, 24)
  if (r3 < x3) {
    // It passed 2^256 once more, and is small now.
    store<u64>(p, r0 + k)
    store<u64>(p, r1 + u64(r0 + k < k), 8)
  } else if ((r1 & r2 & r3) == u64.MAX_VALUE && r0 >= m0) set64(p, r0 - m0)
}

/** [p] = (a * b) % c without wrapping; 0 if c is 0. */
export function mulmod(p: usize): void {
  const n = digitsOf(p)
  if (n == 0) return
  multiplyLong(p + 64, p + 32)
  // 2^256 - 1, by which mulDiv finds the high half of a product, and secp256k1's prime.
  if ((load<u64>(p, 8) & load<u64>(p, 16) & load<u64>(p, 24)) == u64.MAX_VALUE && load<u64>(p) != 0) {
    return foldNearTop(p, 0 - load<u64>(p))
  }
  const high = digitsOf(U + 32)
  const m = high ? 8 + high : digitsOf(U)
  if (m < n) return copy(p, U)
  divide(m, p, n, false)
  copy(p, U)
}

/** [p] = a ** b, modulo 2^256; 0 ** 0 is 1. */
export function exp(p: usize): void {
  copy(BASE, p)
  copy(BASE + 32, p + 32)
  set64(p, 1)
  // The exponent lies at BASE, the squares at BASE + 32.
  let limb: i32 = 3
  while (limb >= 0 && load<u64>(BASE + (<usize>limb << 3)) == 0) limb -= 1
  let started = false
  for (let i = 0; i <= limb; i++) {
    let word = load<u64>(BASE + (<usize>i << 3))
    for (let bit = 0; bit < 64; bit++) {
      if (word & 1) {
        if (started) multiply(p, p, BASE + 32)
        else {
          copy(p, BASE + 32)
          started = true
        }
      }
      word >>= 1
      if (word == 0 && i == limb) return
      square(BASE + 32)
    }
  }
}

/** [p] = [p] * [p]. */
function square(p: usize): void {
  const a0 = load<u64>(p)
  const a1 = load<u64>(p, 8)
  const a2 = load<u64>(p, 16)
  // a1, a2 and a3 count twice in the mixed products.
  let r1 = mulHigh(a0, a0)
  let r2: u64
  let r3 = ((a0 * load<u64>(p, 24)) << 1) + ((a1 * a2) << 1)
  store<u64>(p, a0 * a0)
  const low = a0 * a1
  const high = mulHigh(a0, a1)
  const twice = low << 1
  r1 += twice
  r2 = ((high << 1) | (low >> 63)) + u64(r1 < twice)
  r3 += (high >> 63) + u64(r2 < u64(r1 < twice))
  const middle = a1 * a1
  r2 += middle
  r3 += mulHigh(a1, a1) + u64(r2 < middle)
  const mixed = a0 * a2
  const double = mixed << 1
  r2 += double
  r3 += (mulHigh(a0, a2) << 1) + (mixed >> 63) + u64(r2 < double)
  store<u64>(p, r1, 8)
  store<u64>(p, r2, 16)
  store<u64>(p, r3, 24)
}

/** [p] = b with the sign of its byte a (0 is the lowest) in all bytes above it; b if a is 31 or more. */
// @ts-ignore: decorator
@inline
export function signextend(p: usize): void {
  const k = load<u64>(p, 32)
  if (k < 31 && !isLong(p + 32)) {
    const at = p + <usize>k
    memory.fill(at + 1, <u8>(load<i8>(at) >> 7), 31 - <usize>k)
  }
}

// --- comparisons ---

/** [p] = a < b. */
// @ts-ignore: decorator
@inline
export function lt(p: usize): void {
  set64(p, u64(less(p + 32, p)))
}

/** [p] = a > b. */
// @ts-ignore: decorator
@inline
export function gt(p: usize): void {
  set64(p, u64(less(p, p + 32)))
}

/** Whether [x] < [y], signed. */
function lessSigned(x: usize, y: usize): bool {
  const x3 = <i64>load<u64>(x, 24)
  const y3 = <i64>load<u64>(y, 24)
  return x3 == y3 ? less(x, y) : x3 < y3
}

/** [p] = a < b, signed. */
// @ts-ignore: decorator
@inline
export function slt(p: usize): void {
  set64(p, u64(lessSigned(p + 32, p)))
}

/** [p] = a > b, signed. */
// @ts-ignore: decorator
@inline
export function sgt(p: usize): void {
  set64(p, u64(lessSigned(p, p + 32)))
}

/** [p] = a == b. */
// @ts-ignore: decorator
@inline
export function eq(p: usize): void {
  set64(
    p,
    u64(
      ((load<u64>(p) ^ load<u64>(p, 32)) |
        (load<u64>(p, 8) ^ load<u64>(p, 40)) |
        (load<u64>(p, 16) ^ load<u64>(p, 48)) |
        (load<u64>(p, 24) ^ load<u64>(p, 56))) ==
        0,
    ),
  )
}

/** [p] = x == 0. */
// @ts-ignore: decorator
@inline
export function iszero(p: usize): void {
  set64(p, u64(isZero(p)))
}

// --- bits ---

/** [p] = a & b. */
// @ts-ignore: decorator
@inline
export function and(p: usize): void {
  store<u64>(p, load<u64>(p) & load<u64>(p, 32))
  store<u64>(p, load<u64>(p, 8) & load<u64>(p, 40), 8)
  store<u64>(p, load<u64>(p, 16) & load<u64>(p, 48), 16)
  store<u64>(p, load<u64>(p, 24) & load<u64>(p, 56), 24)
}

/** [p] = a | b. */
// @ts-ignore: decorator
@inline
export function or(p: usize): void {
  store<u64>(p, load<u64>(p) | load<u64>(p, 32))
  store<u64>(p, load<u64>(p, 8) | load<u64>(p, 40), 8)
  store<u64>(p, load<u64>(p, 16) | load<u64>(p, 48), 16)
  store<u64>(p, load<u64>(p, 24) | load<u64>(p, 56), 24)
}

/** [p] = a ^ b. */
// @ts-ignore: decorator
@inline
export function xor(p: usize): void {
  store<u64>(p, load<u64>(p) ^ load<u64>(p, 32))
  store<u64>(p, load<u64>(p, 8) ^ load<u64>(p, 40), 8)
  store<u64>(p, load<u64>(p, 16) ^ load<u64>(p, 48), 16)
  store<u64>(p, load<u64>(p, 24) ^ load<u64>(p, 56), 24)
}

/** [p] = ~x. */
// @ts-ignore: decorator
@inline
export function not(p: usize): void {
  store<u64>(p, ~load<u64>(p))
  store<u64>(p, ~load<u64>(p, 8), 8)
  store<u64>(p, ~load<u64>(p, 16), 16)
  store<u64>(p, ~load<u64>(p, 24), 24)
}

/** [p] = byte a of b, counted from the most significant; 0 if a is 32 or more. */
// @ts-ignore: decorator
@inline
export function byte(p: usize): void {
  const i = load<u64>(p, 32)
  set64(p, i < 32 && !isLong(p + 32) ? <u64>load<u8>(p + (31 - <usize>i)) : 0)
}

/** [p] = b << a; 0 if a is 256 or more. */
export function shl(p: usize): void {
  const shift = load<u64>(p, 32)
  if (shift > 255 || isLong(p + 32)) return set64(p, 0)
  copy(SHIFT + 32, p)
  // Whole bytes by where the reading starts, the other bits by joining each limb with the byte below it.
  const at = SHIFT + 32 - <usize>(shift >> 3)
  const left = shift & 7
  const right = 8 - left
  store<u64>(p, (load<u64>(at) << left) | (<u64>load<u8>(at - 1) >> right))
  store<u64>(p, (load<u64>(at, 8) << left) | (<u64>load<u8>(at, 7) >> right), 8)
  store<u64>(p, (load<u64>(at, 16) << left) | (<u64>load<u8>(at, 15) >> right), 16)
  store<u64>(p, (load<u64>(at, 24) << left) | (<u64>load<u8>(at, 23) >> right), 24)
}

/** Reads a word at `at`, shifted right by 0 to 7 bits, with the byte above it coming in. */
// @ts-ignore: decorator
@inline
function readRight(p: usize, at: usize, right: u64): void {
  const left = 64 - right
  if (right == 0) return copy(p, at)
  store<u64>(p, (load<u64>(at) >> right) | (<u64>load<u8>(at, 8) << left))
  store<u64>(p, (load<u64>(at, 8) >> right) | (<u64>load<u8>(at, 16) << left), 8)
  store<u64>(p, (load<u64>(at, 16) >> right) | (<u64>load<u8>(at, 24) << left), 16)
  store<u64>(p, (load<u64>(at, 24) >> right) | (<u64>load<u8>(at, 32) << left), 24)
}

/** [p] = b >> a; 0 if a is 256 or more. */
export function shr(p: usize): void {
  const shift = load<u64>(p, 32)
  if (shift > 255 || isLong(p + 32)) return set64(p, 0)
  copy(SHIFT + 32, p)
  readRight(p, SHIFT + 32 + <usize>(shift >> 3), shift & 7)
}

/** [p] = b >> a, with the sign coming in. */
export function sar(p: usize): void {
  const shift = load<u64>(p, 32)
  const sign = <u64>(<i64>load<u64>(p, 24) >> 63)
  if (shift > 255 || isLong(p + 32)) {
    store<u64>(p, sign)
    store<u64>(p, sign, 8)
    store<u64>(p, sign, 16)
    store<u64>(p, sign, 24)
    return
  }
  copy(SIGNED, p)
  store<u64>(SIGNED, sign, 32)
  store<u64>(SIGNED, sign, 40)
  store<u64>(SIGNED, sign, 48)
  store<u64>(SIGNED, sign, 56)
  readRight(p, SIGNED + <usize>(shift >> 3), shift & 7)
}

/** [p] = leading zero bits of x, 256 if it is zero (EIP-7939). */
// @ts-ignore: decorator
@inline
export function clz256(p: usize): void {
  const x3 = load<u64>(p, 24)
  const x2 = load<u64>(p, 16)
  const x1 = load<u64>(p, 8)
  let zeros: u64
  if (x3) zeros = clz<u64>(x3)
  else if (x2) zeros = 64 + clz<u64>(x2)
  else if (x1) zeros = 128 + clz<u64>(x1)
  else zeros = 192 + clz<u64>(load<u64>(p))
  set64(p, zeros)
}

/** Exchanges two words. */
// @ts-ignore: decorator
@inline
export function swap(p: usize, q: usize): void {
  let x = load<u64>(p)
  store<u64>(p, load<u64>(q))
  store<u64>(q, x)
  x = load<u64>(p, 8)
  store<u64>(p, load<u64>(q, 8), 8)
  store<u64>(q, x, 8)
  x = load<u64>(p, 16)
  store<u64>(p, load<u64>(q, 16), 16)
  store<u64>(q, x, 16)
  x = load<u64>(p, 24)
  store<u64>(p, load<u64>(q, 24), 24)
  store<u64>(q, x, 24)
}

/** Reverses the bytes of half a limb. */
// @ts-ignore: decorator
@inline
export function swap32(x: u32): u32 {
  return (rotl<u32>(x, 8) & 0x00ff00ff) | (rotl<u32>(x, 24) & 0xff00ff00)
}
