/**
 * 0x05: base to the exponent, modulo a number of any length. Source: EIP-198; builtin-actors actors/evm/src/interpreter/precompiles/evm.rs (a length
 * that does not fit 32 bits fails the call).
 *
 * Numbers are 32-bit limbs, lowest first. Powers of a small base are taken as they are until they come near the modulus. From there on an
 * odd modulus takes Montgomery products; an even one is taken apart into its odd part and a power of two, whose products are cut off, and
 * the two results are put together (Koç, Montgomery reduction with even modulus, 1994). Where little of the exponent is left, products and
 * remainders are cheaper, whatever the modulus: see `plainIsCheaper`.
 */
import { abort } from "../../actors/sdk/exit"
import { ExitCode } from "../../actors/sdk/exit-code"
import { alloc, mark, release } from "../../actors/sdk/memory"
import { output } from "../precompile"

let INPUT: usize = 0
let LENGTH: u64 = 0
/** Limbs of the modulus, and where they are. */
let K: i32 = 0
let M: usize = 0
/** How numbers are multiplied. */
let MODE: i32 = 0
const MONTGOMERY: i32 = 1
const POWER_OF_TWO: i32 = 2
/** Bits of the exponent, from its first 1 on; where its byte with that lies; how many bits have been taken. */
let BITS: u64 = 0
let EXPONENT: u64 = 0
let TAKEN: u64 = 0
/** -1 / modulus, modulo 2^32, of an odd modulus. */
let N0: u32 = 0
/** Of a power of two: the bits that count of the highest limb. */
let MASK: u32 = 0
/** Scratch: 2 K + 2 limbs; a normalized modulus: K limbs. */
let T: usize = 0
let V: usize = 0

/** Byte of the input, 0 behind its end. */
// @ts-ignore: decorator
@inline
function byteAt(at: u64): u32 {
  return at < LENGTH ? u32(load<u8>(INPUT + usize(at))) : 0
}

/** The 32 bytes at an offset as a length; -1 if it does not fit 32 bits. */
function lengthAt(at: u64): i64 {
  let value: u64 = 0
  for (let i: u64 = 0; i < 32; i++) {
    if (value >> 24) return -1
    value = (value << 8) | byteAt(at + i)
  }
  return i64(value)
}

/** More bytes that are not there are more bits than the network's actor can count. */
const MOST_MISSING: u64 = 1 << 29

/** Where the first byte lies that is not 0 of the number that was looked at last. */
let START: u64 = 0

/** Bytes of a number from its first one that is not 0. Exit 24 if too many of its bytes are missing. */
function significant(at: u64, length: i64): i64 {
  const there = at < LENGTH ? min(u64(length), LENGTH - at) : 0
  if (u64(length) - there >= MOST_MISSING) abort(ExitCode.USR_ASSERTION_FAILED, "too many bytes are missing")
  let zeros: u64 = 0
  while (zeros < there && byteAt(at + zeros) == 0) zeros++
  START = at + zeros
  return zeros == there ? 0 : length - i64(zeros)
}

/** Reads a big-endian number into limbs; returns how many count. */
function read(into: usize, at: u64, length: i64): i32 {
  const limbs = i32((length + 3) >> 2)
  memory.fill(into, 0, usize(limbs) << 2)
  const there = at < LENGTH ? i64(min(u64(length), LENGTH - at)) : 0
  for (let i: i64 = 0; i < there; i++) store<u8>(into + usize(length - 1 - i), byteAt(at + u64(i)))
  return trimmed(into, limbs)
}

/** Limbs that count. */
function trimmed(x: usize, limbs: i32): i32 {
  while (limbs > 0 && load<u32>(x + (usize(limbs - 1) << 2)) == 0) limbs--
  return limbs
}

/** to = to + a y, over `size` bytes of limbs. Returns what is carried out. */
function addRow(to: usize, y: usize, size: usize, a: u64): u64 {
  let c: u64 = 0
  const end = to + size
  const fours = to + (size & ~15)
  while (to < fours) {
    c += a * u64(load<u32>(y)) + u64(load<u32>(to))
    store<u32>(to, u32(c))
    c = (c >> 32) + a * u64(load<u32>(y, 4)) + u64(load<u32>(to, 4))
    store<u32>(to, u32(c), 4)
    c = (c >> 32) + a * u64(load<u32>(y, 8)) + u64(load<u32>(to, 8))
    store<u32>(to, u32(c), 8)
    c = (c >> 32) + a * u64(load<u32>(y, 12)) + u64(load<u32>(to, 12))
    store<u32>(to, u32(c), 12)
    c >>= 32
    to += 16
    y += 16
  }
  while (to < end) {
    c += a * u64(load<u32>(y)) + u64(load<u32>(to))
    store<u32>(to, u32(c))
    c >>= 32
    to += 4
    y += 4
  }
  return c
}

/** to = to - a y, over `size` bytes of limbs. Returns what is owed. */
function subtractRow(to: usize, y: usize, size: usize, a: u64): u64 {
  let c: u64 = 0
  const end = to + size
  const fours = to + (size & ~15)
  let t: u64
  while (to < fours) {
    c += a * u64(load<u32>(y))
    t = u64(load<u32>(to)) - (c & 0xffffffff)
    store<u32>(to, u32(t))
    c = (c >> 32) + (t >> 63) + a * u64(load<u32>(y, 4))
    t = u64(load<u32>(to, 4)) - (c & 0xffffffff)
    store<u32>(to, u32(t), 4)
    c = (c >> 32) + (t >> 63) + a * u64(load<u32>(y, 8))
    t = u64(load<u32>(to, 8)) - (c & 0xffffffff)
    store<u32>(to, u32(t), 8)
    c = (c >> 32) + (t >> 63) + a * u64(load<u32>(y, 12))
    t = u64(load<u32>(to, 12)) - (c & 0xffffffff)
    store<u32>(to, u32(t), 12)
    c = (c >> 32) + (t >> 63)
    to += 16
    y += 16
  }
  while (to < end) {
    c += a * u64(load<u32>(y))
    t = u64(load<u32>(to)) - (c & 0xffffffff)
    store<u32>(to, u32(t))
    c = (c >> 32) + (t >> 63)
    to += 4
    y += 4
  }
  return c
}

/** u (n limbs, one more of room above) becomes u modulo M. Knuth, The Art of Computer Programming 2, 4.3.1 D. */
function remainder(u: usize, n: i32): void {
  const k = K
  const size = usize(k) << 2
  const shift = clz<u32>(load<u32>(M + size - 4))
  // V is the modulus shifted so that its highest bit is set.
  const end = u + (usize(n) << 2)
  let carry: u64 = 0
  for (let at = u; at < end; at += 4) {
    const w = (u64(load<u32>(at)) << shift) | carry
    store<u32>(at, u32(w))
    carry = w >> 32
  }
  store<u32>(end, u32(carry))
  const high = u64(load<u32>(V + size - 4))
  const second = k > 1 ? u64(load<u32>(V + size - 8)) : 0
  for (let at = end - size; at >= u; at -= 4) {
    const top = at + size
    const two = (u64(load<u32>(top)) << 32) | u64(load<u32>(top - 4))
    let q = two / high
    if (q == 0) continue
    let r = two - q * high
    const third = k > 1 ? u64(load<u32>(top - 8)) : 0
    while (q >> 32 || q * second > ((r << 32) | third)) {
      q--
      r += high
      if (r >> 32) break
    }
    const t = i64(load<u32>(top)) - i64(subtractRow(at, V, size, q))
    store<u32>(top, u32(t))
    if (t < 0) store<u32>(top, u32(u64(load<u32>(top)) + addRow(at, V, size, 1)))
  }
  if (shift != 0) {
    const last = u + size - 4
    for (let at = u; at < last; at += 4) store<u32>(at, (load<u32>(at) >> shift) | (load<u32>(at + 4) << (32 - shift)))
    store<u32>(last, load<u32>(last) >> shift)
  }
}

/** t = x y, of as many limbs as both have together; t is neither. */
function product(t: usize, x: usize, xLimbs: i32, y: usize, yLimbs: i32): void {
  const xSize = usize(xLimbs) << 2
  const ySize = usize(yLimbs) << 2
  memory.fill(t, 0, ySize)
  for (let i: usize = 0; i < xSize; i += 4)
    store<u32>(t + i + ySize, u32(addRow(t + i, y, ySize, u64(load<u32>(x + i)))))
}

/** t (`size` bytes of limbs) = 2 t + the squares of the limbs of x: the products of different limbs are there already. */
function addSquares(t: usize, x: usize, size: usize): void {
  let bit: u32 = 0
  let c: u64 = 0
  for (let i: usize = 0; i < size; i += 8) {
    const a = u64(load<u32>(x + (i >> 1)))
    const square = a * a
    const low = load<u32>(t + i)
    c += u64((low << 1) | bit) + (square & 0xffffffff)
    store<u32>(t + i, u32(c))
    c >>= 32
    bit = low >> 31
    if (i + 4 < size) {
      const high = load<u32>(t + i + 4)
      c += u64((high << 1) | bit) + (square >> 32)
      store<u32>(t + i + 4, u32(c))
      c >>= 32
      bit = high >> 31
    }
  }
}

/** t (2 `limbs`) = x²; t is not x. */
function square(t: usize, x: usize, limbs: i32): void {
  const size = usize(limbs) << 2
  memory.fill(t, 0, size << 1)
  for (let i: usize = 0; i + 4 < size; i += 4)
    store<u32>(t + i + size, u32(addRow(t + i + i + 4, x + i + 4, size - i - 4, u64(load<u32>(x + i)))))
  addSquares(t, x, size << 1)
}

/** t = the low K limbs of x y, which t may not be. */
function lowProduct(t: usize, x: usize, y: usize): void {
  const size = usize(K) << 2
  memory.fill(t, 0, size)
  for (let i: usize = 0; i < size; i += 4) {
    const a = u64(load<u32>(x + i))
    if (a != 0) addRow(t + i, y, size - i, a)
  }
}

/** t = the low K limbs of x², which t may not be. */
function lowSquare(t: usize, x: usize): void {
  const size = usize(K) << 2
  memory.fill(t, 0, size)
  for (let i: usize = 0; i + i + 4 < size; i += 4) {
    // What goes beyond x is beyond t too, or is carried to where it belongs.
    const a = u64(load<u32>(x + i))
    addRow(t + i + i + 4, x + i + 4, size - i - i - 4, a)
  }
  addSquares(t, x, size)
}

/** z = x y modulo M; in Montgomery form, divided by 2^(32 K). */
function multiply(z: usize, x: usize, y: usize): void {
  if (MODE == MONTGOMERY) return montgomery(z, x, y)
  if (x == y) lowSquare(T, x)
  else lowProduct(T, x, y)
  const size = usize(K) << 2
  store<u32>(T + size - 4, load<u32>(T + size - 4) & MASK)
  memory.copy(z, T, size)
}

function montgomery(z: usize, x: usize, y: usize): void {
  const size = usize(K) << 2
  const t = T
  const fours = M + 4 + ((size - 4) & ~15)
  const end = M + size
  memory.fill(t, 0, size + 8)
  for (let i: usize = 0; i < size; i += 4) {
    const a = u64(load<u32>(x + i))
    let c = a * u64(load<u32>(y)) + u64(load<u32>(t))
    const m = u64(u32(c) * N0)
    let d = (m * u64(load<u32>(M)) + (c & 0xffffffff)) >> 32
    c >>= 32
    let at = t
    let by = y + 4
    let n = M + 4
    while (n < fours) {
      c += a * u64(load<u32>(by)) + u64(load<u32>(at, 4))
      d += m * u64(load<u32>(n)) + (c & 0xffffffff)
      store<u32>(at, u32(d))
      c = (c >> 32) + a * u64(load<u32>(by, 4)) + u64(load<u32>(at, 8))
      d = (d >> 32) + m * u64(load<u32>(n, 4)) + (c & 0xffffffff)
      store<u32>(at, u32(d), 4)
      c = (c >> 32) + a * u64(load<u32>(by, 8)) + u64(load<u32>(at, 12))
      d = (d >> 32) + m * u64(load<u32>(n, 8)) + (c & 0xffffffff)
      store<u32>(at, u32(d), 8)
      c = (c >> 32) + a * u64(load<u32>(by, 12)) + u64(load<u32>(at, 16))
      d = (d >> 32) + m * u64(load<u32>(n, 12)) + (c & 0xffffffff)
      store<u32>(at, u32(d), 12)
      c >>= 32
      d >>= 32
      at += 16
      by += 16
      n += 16
    }
    while (n < end) {
      c += a * u64(load<u32>(by)) + u64(load<u32>(at, 4))
      d += m * u64(load<u32>(n)) + (c & 0xffffffff)
      store<u32>(at, u32(d))
      c >>= 32
      d >>= 32
      at += 4
      by += 4
      n += 4
    }
    c += d + u64(load<u32>(at, 4))
    store<u32>(at, u32(c))
    store<u32>(at, u32(c >> 32), 4)
  }
  // t < 2 M
  let borrow: i64 = 0
  for (let i: usize = 0; i < size; i += 4) {
    const s = i64(load<u32>(t + i)) - i64(load<u32>(M + i)) - borrow
    store<u32>(z + i, u32(s))
    borrow = (s >> 63) & 1
  }
  if (borrow > i64(load<u32>(t + size))) memory.copy(z, t, size)
}

/** Takes M, whose K limbs end with one that is not 0, as the modulus: its normalized form for remainders. */
function setModulus(): void {
  const shift = clz<u32>(load<u32>(M + (usize(K - 1) << 2)))
  let carry: u64 = 0
  for (let i: usize = 0; i < usize(K) << 2; i += 4) {
    const w = (u64(load<u32>(M + i)) << shift) | carry
    store<u32>(V + i, u32(w))
    carry = w >> 32
  }
}

/** 1/x modulo 2^32, of an odd number. */
function inverse32(x: u32): u32 {
  let inverse = x
  for (let i = 0; i < 4; i++) inverse *= 2 - x * inverse
  return inverse
}

/** A bit of the exponent, counted from its first 1. */
function bitAt(at: u64): u32 {
  const place = 7 - ((BITS - 1) & 7) + at
  return (byteAt(EXPONENT + (place >> 3)) >> u32(7 - (place & 7))) & 1
}

/** Ones among the bits that are not taken. */
function onesLeft(): u64 {
  let ones: u64 = 0
  for (let at = TAKEN; at < BITS; at++) ones += bitAt(at)
  return ones
}

/** r (with room for K limbs) = powers of the base as they are, as long as they stay below M. Takes the bits for it; returns the limbs of r. */
function grow(r: usize, base: usize, limbs: i32): i32 {
  memory.copy(r, base, usize(limbs) << 2)
  let n = limbs
  for (TAKEN = 1; TAKEN < BITS; TAKEN++) {
    const one = bitAt(TAKEN)
    if ((n << 1) + (one ? limbs : 0) >= K) break
    square(T, r, n)
    n = trimmed(T, n << 1)
    if (one) {
      product(r, T, n, base, limbs)
      n = trimmed(r, n + limbs)
    } else memory.copy(r, T, usize(n) << 2)
  }
  return n
}

/** Takes the other bits, by products and remainders. Returns the limbs of r. */
function finishPlain(r: usize, n: i32, base: usize, limbs: i32): i32 {
  for (; TAKEN < BITS; TAKEN++) {
    square(T, r, n)
    n = reduced(r, n << 1)
    if (bitAt(TAKEN)) {
      product(T, r, n, base, limbs)
      n = reduced(r, n + limbs)
    }
  }
  return n
}

/** r = T modulo M. Returns its limbs. */
function reduced(r: usize, limbs: i32): i32 {
  let n = trimmed(T, limbs)
  if (n >= K) {
    remainder(T, n)
    n = trimmed(T, K)
  }
  memory.copy(r, T, usize(n) << 2)
  return n
}

/**
 * Whether products and remainders take the other bits with fewer instructions.
 *
 * @param odd - Limbs of the modulus' odd part. @param even - Limbs of the power of two that is left.
 */
function plainIsCheaper(odd: u64, even: u64): bool {
  const left = BITS - TAKEN
  // Plain costs more for each bit, but for nothing else: there is no use in counting long.
  if (left > 64) return false
  const ones = onesLeft()
  const all = odd + even
  const products = left + min(ones, WINDOW_PRODUCTS + (left >> 2))
  return (
    (left * 26 + ones * 34) * all * all <
    products * (28 * odd * odd + 7 * even * even) + 110 * odd * odd + 60 * even * even + 16 * odd * even
  )
}

/** Products for the table of a window of four bits. */
const WINDOW_PRODUCTS: u64 = 14

/** Takes the bits from `taken` on by `multiply`: r starts as the power of the base that the bits before make. */
function ladder(r: usize, base: usize, taken: u64): void {
  const size = usize(K) << 2
  const left = BITS - taken
  let ones: u64 = 0
  if (left <= 64) ones = onesLeft()
  if (left <= 64 && ones <= WINDOW_PRODUCTS + (left >> 2)) {
    for (; taken < BITS; taken++) {
      multiply(r, r, r)
      if (bitAt(taken)) multiply(r, r, base)
    }
    return
  }
  // From the first power on: the table has no place for 1.
  const table = alloc(size * 15)
  memory.copy(table, base, size)
  for (let i: usize = 1; i < 15; i++) multiply(table + i * size, table + (i - 1) * size, base)
  while (taken < BITS) {
    if (bitAt(taken) == 0) {
      multiply(r, r, r)
      taken++
      continue
    }
    // A window that begins and ends with a 1.
    let width = min<u64>(4, BITS - taken)
    while (bitAt(taken + width - 1) == 0) width--
    let digit: u32 = 0
    for (let i: u64 = 0; i < width; i++) {
      multiply(r, r, r)
      digit = (digit << 1) | bitAt(taken++)
    }
    multiply(r, r, table + usize(digit - 1) * size)
  }
}

/** Takes the other bits for r, modulo the odd M; both numbers have K limbs and are below M. */
function oddPower(r: usize, base: usize, taken: u64): void {
  const size = usize(K) << 2
  MODE = MONTGOMERY
  N0 = 0 - inverse32(load<u32>(M))
  // R² brings numbers into Montgomery form.
  const wide = alloc((size << 1) + 16)
  memory.fill(wide, 0, (size << 1) + 16)
  store<u32>(wide + (size << 1), 1)
  remainder(wide, (K << 1) + 1)
  multiply(base, base, wide)
  if (taken == 1) memory.copy(r, base, size)
  else multiply(r, r, wide)
  ladder(r, base, taken)
  memory.fill(wide, 0, size)
  store<u32>(wide, 1)
  multiply(r, r, wide)
}

/** Takes the other bits for r, modulo 2^bits; both numbers have the K limbs of that. */
function powerOfTwoPower(r: usize, base: usize, bits: u32, taken: u64): void {
  const size = usize(K) << 2
  MODE = POWER_OF_TWO
  MASK = <u32>-1 >> ((0 - bits) & 31)
  store<u32>(base + size - 4, load<u32>(base + size - 4) & MASK)
  store<u32>(r + size - 4, load<u32>(r + size - 4) & MASK)
  // Each factor 2 brings a 0: soon there is nothing else.
  if ((load<u32>(base) & 1) == 0 && (BITS > 32 || exponentExceeds(u64(bits)))) return memory.fill(r, 0, size)
  ladder(r, base, taken)
}

/** Whether an exponent of at most 32 bits is this or more. */
function exponentExceeds(least: u64): bool {
  let exponent: u64 = 0
  for (let at: u64 = 0; at < BITS; at++) exponent = (exponent << 1) | u64(bitAt(at))
  return exponent >= least
}

/** z (K limbs) = 1/x modulo 2^(32 K), of an odd number with `count` limbs, by Newton's iteration with more limbs each time. */
function powerOfTwoInverse(z: usize, x: usize, count: i32): void {
  const k = K
  const size = usize(k) << 2
  const heap = mark()
  const wide = alloc(size)
  const t = alloc(size)
  memory.fill(wide, 0, size)
  memory.copy(wide, x, usize(min(count, k)) << 2)
  memory.fill(z, 0, size)
  store<u32>(z, inverse32(load<u32>(x)))
  K = 1
  while (K < k) {
    K = min(K << 1, k)
    // z (2 - x z)
    lowProduct(t, wide, z)
    let borrow: i64 = 0
    for (let i: usize = 0; i < usize(K) << 2; i += 4) {
      const w = (i == 0 ? <i64>2 : <i64>0) - i64(load<u32>(t + i)) - borrow
      store<u32>(t + i, u32(w))
      borrow = (w >> 63) & 1
    }
    lowProduct(T, t, z)
    memory.copy(z, T, usize(K) << 2)
  }
  release(heap)
}

/** A number as one of `count` limbs modulo M, which has as many, in new memory. */
function residue(x: usize, limbs: i32): usize {
  const size = (usize(max(limbs, K)) << 2) + 8
  const wide = alloc(size)
  memory.fill(wide, 0, size)
  memory.copy(wide, x, usize(limbs) << 2)
  if (limbs >= K) remainder(wide, limbs)
  return wide
}

/** The low `count` limbs of a number, in new memory. */
function lowLimbs(x: usize, limbs: i32, count: i32): usize {
  const low = alloc(usize(count) << 2)
  memory.fill(low, 0, usize(count) << 2)
  memory.copy(low, x, usize(min(count, limbs)) << 2)
  return low
}

/**
 * Takes the other bits for r (n limbs that count, room for K), modulo the even M, which ends with `zeros` zero bits and has an odd part of
 * `count` limbs.
 */
function evenPower(r: usize, n: i32, base: usize, limbs: i32, zeros: u32, count: i32): void {
  const whole = K
  const modulus = M
  const skipped = i32(zeros >> 5)
  const shift = zeros & 31
  const odd = alloc(usize(whole - skipped) << 2)
  for (let i = 0; i < whole - skipped; i++) {
    const from = modulus + (usize(i + skipped) << 2)
    const high = shift != 0 && i + 1 < whole - skipped ? load<u32>(from + 4) << (32 - shift) : 0
    store<u32>(odd + (usize(i) << 2), (load<u32>(from) >> shift) | high)
  }
  const isPower = count == 1 && load<u32>(odd) == 1
  const powerLimbs = i32((zeros + 31) >> 5)
  const second = lowLimbs(r, n, powerLimbs)
  const low = lowLimbs(base, limbs, powerLimbs)
  const taken = TAKEN

  if (!isPower) {
    M = odd
    K = count
    setModulus()
    const own = residue(r, n)
    const factor = residue(base, limbs)
    if (trimmed(factor, K) == 0) memory.fill(own, 0, usize(K) << 2)
    else oddPower(own, factor, taken)
    memory.fill(r, 0, usize(whole) << 2)
    memory.copy(r, own, usize(K) << 2)
  } else memory.fill(r, 0, usize(whole) << 2)
  K = powerLimbs
  powerOfTwoPower(second, low, zeros, taken)
  if (isPower) memory.copy(r, second, usize(K) << 2)
  else {
    // r + odd ((second - r) / odd modulo 2^zeros)
    const inverse = alloc(usize(K) << 2)
    powerOfTwoInverse(inverse, odd, count)
    let borrow: i64 = 0
    for (let i = 0; i < K; i++) {
      const at = usize(i) << 2
      const w = i64(load<u32>(second + at)) - (i < whole ? i64(load<u32>(r + at)) : 0) - borrow
      store<u32>(second + at, u32(w))
      borrow = (w >> 63) & 1
    }
    lowProduct(T, second, inverse)
    const top = T + (usize(K - 1) << 2)
    store<u32>(top, load<u32>(top) & MASK)
    memory.copy(second, T, usize(K) << 2)
    for (let i = 0; i < count; i++) {
      const a = u64(load<u32>(odd + (usize(i) << 2)))
      const fits = min(K, whole - i)
      const to = r + (usize(i) << 2)
      let c = addRow(to, second, usize(fits) << 2, a)
      for (let j = i + fits; c != 0 && j < whole; j++) {
        const at = r + (usize(j) << 2)
        c += u64(load<u32>(at))
        store<u32>(at, u32(c))
        c >>= 32
      }
    }
  }
  K = whole
  M = modulus
}

/** r (with room for K limbs, zero) = base (below M, `limbs` limbs that count, not 0 nor 1) to the exponent. */
function power(r: usize, base: usize, limbs: i32): void {
  let n = grow(r, base, limbs)
  if (TAKEN == BITS) return
  let zeros: u32 = 0
  while (load<u32>(M + usize(zeros >> 3)) == 0) zeros += 32
  zeros += ctz<u32>(load<u32>(M + usize(zeros >> 3)))
  const oddBits = (u32(K) << 5) - clz<u32>(load<u32>(M + (usize(K - 1) << 2))) - zeros
  const count = i32((oddBits + 31) >> 5)
  if (plainIsCheaper(oddBits == 1 ? 0 : u64(count), u64((zeros + 31) >> 5))) {
    n = finishPlain(r, n, base, limbs)
    memory.fill(r + (usize(n) << 2), 0, usize(K - n) << 2)
    return
  }
  memory.fill(r + (usize(n) << 2), 0, usize(K - n) << 2)
  if (zeros == 0) oddPower(r, base, TAKEN)
  else evenPower(r, n, base, limbs, zeros, count)
}

export function modexp(input: usize, length: u32): bool {
  INPUT = input
  LENGTH = u64(length)
  const baseLength = lengthAt(0)
  const exponentLength = lengthAt(32)
  const modulusLength = lengthAt(64)
  if (baseLength < 0 || exponentLength < 0 || modulusLength < 0) return false
  if (baseLength == 0 && modulusLength == 0) return true
  const heap = mark()
  const exponentAt = 96 + u64(baseLength)
  const modulusAt = exponentAt + u64(exponentLength)
  const baseBytes = significant(96, baseLength)
  const baseAt = START
  const exponentBytes = significant(exponentAt, exponentLength)
  EXPONENT = START
  const modulusBytes = significant(modulusAt, modulusLength)

  // All three have room there, whatever comes of them: too little of it is seen.
  alloc(usize(baseBytes) + usize(exponentBytes))
  release(heap)
  M = alloc(usize(modulusBytes) + 4)
  K = read(M, START, modulusBytes)
  if (K == 0 || (K == 1 && load<u32>(M) == 1)) {
    release(heap)
    memory.fill(output(u32(modulusLength)), 0, usize(modulusLength))
    return true
  }
  const size = usize(K) << 2
  T = alloc((size << 1) + 8)
  V = alloc(size)
  setModulus()

  // The base, below the modulus.
  const baseLimbs = i32((baseBytes + 3) >> 2)
  const base = alloc((usize(max(baseLimbs, K)) << 2) + 8)
  memory.fill(base, 0, (usize(max(baseLimbs, K)) << 2) + 8)
  const given = read(base, baseAt, baseBytes)
  if (given >= K) remainder(base, given)
  const limbs = trimmed(base, K)

  const r = alloc(size)
  memory.fill(r, 0, size)
  if (exponentBytes == 0 || (limbs == 1 && load<u32>(base) == 1)) store<u32>(r, 1)
  else if (limbs != 0) {
    BITS = (u64(exponentBytes) << 3) - u64(clz<u32>(byteAt(EXPONENT)) - 24)
    power(r, base, limbs)
  }
  release(heap)
  const to = output(u32(modulusLength))
  for (let i: i64 = 0; i < modulusLength; i++)
    store<u8>(to + usize(modulusLength - 1 - i), usize(i) < size ? load<u8>(r + usize(i)) : 0)
  return true
}
