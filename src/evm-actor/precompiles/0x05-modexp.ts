/**
 * 0x05: base to the exponent, modulo a number of any length. Source: EIP-198; builtin-actors actors/evm/src/interpreter/precompiles/evm.rs (a length
 * that does not fit 32 bits fails the call).
 *
 * Numbers are 32-bit limbs, lowest first. An odd modulus takes Montgomery products. An even one is taken apart into its odd part and a
 * power of two, whose products are cut off, and the two results are put together (Koç, Montgomery reduction with even modulus, 1994).
 * Exponents below 8 take products and remainders, whatever the modulus: preparing for more would cost more.
 */
import { alloc, mark, release } from "../../actors/sdk/memory"
import { output } from "../precompile"

let INPUT: usize = 0
let LENGTH: u64 = 0
/** Limbs of the modulus, and where they are. */
let K: i32 = 0
let M: usize = 0
/** How numbers are multiplied. */
let MODE: i32 = 0
const PLAIN: i32 = 0
const MONTGOMERY: i32 = 1
const POWER_OF_TWO: i32 = 2
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

/** Reads a big-endian number into limbs; returns how many count. */
function read(into: usize, at: u64, length: i64): i32 {
  const limbs = i32((length + 3) >> 2)
  memory.fill(into, 0, usize(limbs) << 2)
  for (let i: i64 = 0; i < length; i++) store<u8>(into + usize(i), byteAt(at + u64(length - 1 - i)))
  let top = limbs
  while (top > 0 && load<u32>(into + (usize(top - 1) << 2)) == 0) top--
  return top
}

/** u (n limbs, one more of room above) becomes u modulo M. Knuth, The Art of Computer Programming 2, 4.3.1 D. */
function remainder(u: usize, n: i32): void {
  const k = K
  const shift = clz<u32>(load<u32>(M + (usize(k - 1) << 2)))
  // V is the modulus shifted so that its highest bit is set.
  let carry: u64 = 0
  for (let i = 0; i < n; i++) {
    const w = (u64(load<u32>(u + (usize(i) << 2))) << shift) | carry
    store<u32>(u + (usize(i) << 2), u32(w))
    carry = w >> 32
  }
  store<u32>(u + (usize(n) << 2), u32(carry))
  const high = u64(load<u32>(V + (usize(k - 1) << 2)))
  const second = k > 1 ? u64(load<u32>(V + (usize(k - 2) << 2))) : 0
  for (let j = n - k; j >= 0; j--) {
    const at = u + (usize(j) << 2)
    const top = at + (usize(k) << 2)
    const two = (u64(load<u32>(top)) << 32) | u64(load<u32>(top - 4))
    let q = two / high
    let r = two - q * high
    while (q >> 32 || q * second > ((r << 32) | (k > 1 ? u64(load<u32>(top - 8)) : 0))) {
      q--
      r += high
      if (r >> 32) break
    }
    let borrow: i64 = 0
    let c: u64 = 0
    for (let i = 0; i < k; i++) {
      const p = q * u64(load<u32>(V + (usize(i) << 2))) + c
      c = p >> 32
      const t = i64(load<u32>(at + (usize(i) << 2))) - borrow - i64(p & 0xffffffff)
      store<u32>(at + (usize(i) << 2), u32(t))
      borrow = (t >> 63) & 1
    }
    const t = i64(load<u32>(top)) - borrow - i64(c)
    store<u32>(top, u32(t))
    if (t < 0) {
      c = 0
      for (let i = 0; i < k; i++) {
        const s = u64(load<u32>(at + (usize(i) << 2))) + u64(load<u32>(V + (usize(i) << 2))) + c
        store<u32>(at + (usize(i) << 2), u32(s))
        c = s >> 32
      }
      store<u32>(top, u32(u64(load<u32>(top)) + c))
    }
  }
  if (shift != 0) {
    for (let i = 0; i < k; i++) {
      const low = load<u32>(u + (usize(i) << 2)) >> shift
      const next = i + 1 < k ? load<u32>(u + (usize(i + 1) << 2)) << (32 - shift) : 0
      store<u32>(u + (usize(i) << 2), low | next)
    }
  }
}

/** t = the low K limbs of x y, which t may not be. */
function lowProduct(t: usize, x: usize, y: usize): void {
  const size = usize(K) << 2
  memory.fill(t, 0, size)
  for (let i: usize = 0; i < size; i += 4) {
    const a = u64(load<u32>(x + i))
    if (a == 0) continue
    let c: u64 = 0
    const to = t + i
    for (let j: usize = 0, end = size - i; j < end; j += 4) {
      c += a * u64(load<u32>(y + j)) + u64(load<u32>(to + j))
      store<u32>(to + j, u32(c))
      c >>= 32
    }
  }
}

/** t = the low K limbs of x², which t may not be: products of different limbs are taken once and doubled. */
function lowSquare(t: usize, x: usize): void {
  const size = usize(K) << 2
  memory.fill(t, 0, size)
  for (let i: usize = 0; i + i + 4 < size; i += 4) {
    const a = u64(load<u32>(x + i))
    let c: u64 = 0
    const to = t + i
    for (let j: usize = i + 4, end = size - i; j < end; j += 4) {
      c += a * u64(load<u32>(x + j)) + u64(load<u32>(to + j))
      store<u32>(to + j, u32(c))
      c >>= 32
    }
  }
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

/** z = x y modulo M; in Montgomery form, divided by 2^(32 K). */
function multiply(z: usize, x: usize, y: usize): void {
  if (MODE == MONTGOMERY) montgomery(z, x, y)
  else if (MODE == POWER_OF_TWO) {
    if (x == y) lowSquare(T, x)
    else lowProduct(T, x, y)
    const size = usize(K) << 2
    store<u32>(T + size - 4, load<u32>(T + size - 4) & MASK)
    memory.copy(z, T, size)
  } else {
    const size = usize(K) << 2
    const t = T
    memory.fill(t, 0, (size << 1) + 8)
    for (let i: usize = 0; i < size; i += 4) {
      const a = u64(load<u32>(x + i))
      let c: u64 = 0
      for (let j: usize = 0; j < size; j += 4) {
        c += a * u64(load<u32>(y + j)) + u64(load<u32>(t + i + j))
        store<u32>(t + i + j, u32(c))
        c >>= 32
      }
      store<u32>(t + i + size, u32(c))
    }
    remainder(t, K << 1)
    memory.copy(z, t, size)
  }
}

function montgomery(z: usize, x: usize, y: usize): void {
  const size = usize(K) << 2
  const t = T
  memory.fill(t, 0, size + 8)
  for (let i: usize = 0; i < size; i += 4) {
    const a = u64(load<u32>(x + i))
    let c = a * u64(load<u32>(y)) + u64(load<u32>(t))
    const m = u64(u32(c) * N0)
    let d = (m * u64(load<u32>(M)) + (c & 0xffffffff)) >> 32
    c >>= 32
    for (let j: usize = 4; j < size; j += 4) {
      c += a * u64(load<u32>(y + j)) + u64(load<u32>(t + j))
      d += m * u64(load<u32>(M + j)) + (c & 0xffffffff)
      c >>= 32
      store<u32>(t + j - 4, u32(d))
      d >>= 32
    }
    c += d + u64(load<u32>(t + size))
    store<u32>(t + size - 4, u32(c))
    store<u32>(t + size, u32(c >> 32))
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

function isOne(x: usize): bool {
  let bits: u32 = load<u32>(x) ^ 1
  for (let i: usize = 4; i < usize(K) << 2; i += 4) bits |= load<u32>(x + i)
  return bits == 0
}

function isZero(x: usize): bool {
  let bits: u32 = 0
  for (let i: usize = 0; i < usize(K) << 2; i += 4) bits |= load<u32>(x + i)
  return bits == 0
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

/** r = base to the exponent of the input's bytes from `at` to `end`, by `multiply`, of which `one` is the 1. */
function ladder(r: usize, base: usize, one: usize, at: u64, end: u64): void {
  const size = usize(K) << 2
  memory.copy(r, one, size)
  if (end - at <= 8) {
    let started = false
    for (; at < end; at++) {
      const byte = byteAt(at)
      for (let bit = 7; bit >= 0; bit--) {
        if (started) multiply(r, r, r)
        if ((byte >> bit) & 1) {
          if (started) multiply(r, r, base)
          else memory.copy(r, base, size)
          started = true
        }
      }
    }
    return
  }
  const table = alloc(size << 4)
  memory.copy(table, one, size)
  memory.copy(table + size, base, size)
  for (let i: usize = 2; i < 16; i++) multiply(table + i * size, table + (i - 1) * size, base)
  let started = false
  for (; at < end; at++) {
    const byte = byteAt(at)
    for (let nibble = 4; nibble >= 0; nibble -= 4) {
      if (started) for (let i = 0; i < 4; i++) multiply(r, r, r)
      const digit = (byte >> nibble) & 15
      if (digit) {
        if (started) multiply(r, r, table + usize(digit) * size)
        else memory.copy(r, table + usize(digit) * size, size)
        started = true
      }
    }
  }
}

/** r = base to the exponent, modulo the odd M; base has K limbs and is below M. */
function oddPower(r: usize, base: usize, at: u64, end: u64): void {
  const size = usize(K) << 2
  MODE = MONTGOMERY
  N0 = 0 - inverse32(load<u32>(M))
  const one = alloc(size)
  const plain = alloc(size)
  memory.fill(plain, 0, size)
  store<u32>(plain, 1)
  // R² brings numbers into Montgomery form.
  const wide = alloc((size << 1) + 16)
  memory.fill(wide, 0, (size << 1) + 16)
  store<u32>(wide + (size << 1), 1)
  remainder(wide, (K << 1) + 1)
  multiply(base, base, wide)
  multiply(one, plain, wide)
  ladder(r, base, one, at, end)
  multiply(r, r, plain)
}

/** r = base to the exponent, modulo 2^bits; base has the K limbs of that. */
function powerOfTwoPower(r: usize, base: usize, bits: u32, at: u64, end: u64): void {
  const size = usize(K) << 2
  MODE = POWER_OF_TWO
  MASK = <u32>-1 >> ((0 - bits) & 31)
  store<u32>(base + size - 4, load<u32>(base + size - 4) & MASK)
  memory.fill(r, 0, size)
  if ((load<u32>(base) & 1) == 0) {
    // Each factor brings a 0 at least: soon there is nothing else.
    let exponent: u64 = 0
    for (let i = at; i < end && exponent < u64(bits); i++) exponent = (exponent << 8) | byteAt(i)
    if (exponent >= u64(bits)) return
  }
  const one = alloc(size)
  memory.fill(one, 0, size)
  store<u32>(one, 1)
  ladder(r, base, one, at, end)
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

/** r (K limbs) = base to the exponent, modulo the even M, which ends with `zeros` zero bits. `base` has `limbs` limbs. */
function evenPower(r: usize, base: usize, limbs: i32, zeros: u32, at: u64, end: u64): void {
  const whole = K
  const modulus = M
  const skipped = i32(zeros >> 5)
  const shift = zeros & 31
  // The odd part.
  const odd = alloc(usize(whole) << 2)
  let count = whole - skipped
  for (let i = 0; i < count; i++) {
    const from = modulus + (usize(i + skipped) << 2)
    const high = shift != 0 && i + 1 < count ? load<u32>(from + 4) << (32 - shift) : 0
    store<u32>(odd + (usize(i) << 2), (load<u32>(from) >> shift) | high)
  }
  if (load<u32>(odd + (usize(count - 1) << 2)) == 0) count--
  const powerLimbs = i32((zeros + 31) >> 5)
  const low = alloc(usize(powerLimbs) << 2)
  memory.fill(low, 0, usize(powerLimbs) << 2)
  memory.copy(low, base, usize(min(powerLimbs, limbs)) << 2)

  memory.fill(r, 0, usize(whole) << 2)
  if (!(count == 1 && load<u32>(odd) == 1)) {
    M = odd
    K = count
    setModulus()
    const wide = alloc((usize(max(limbs, count)) << 2) + 8)
    memory.fill(wide, 0, (usize(max(limbs, count)) << 2) + 8)
    memory.copy(wide, base, usize(limbs) << 2)
    if (limbs >= count) remainder(wide, limbs)
    if (!isZero(wide)) oddPower(r, wide, at, end)
  }
  K = powerLimbs
  const second = alloc(usize(K) << 2)
  powerOfTwoPower(second, low, zeros, at, end)
  if (count == 1 && load<u32>(odd) == 1) memory.copy(r, second, usize(K) << 2)
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
      let c: u64 = 0
      for (let j = 0; i + j < whole; j++) {
        const to = r + (usize(i + j) << 2)
        c += (j < K ? a * u64(load<u32>(second + (usize(j) << 2))) : 0) + u64(load<u32>(to))
        store<u32>(to, u32(c))
        c >>= 32
      }
    }
  }
  K = whole
  M = modulus
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
  const baseAt: u64 = 96
  const exponentAt = baseAt + u64(baseLength)
  const modulusAt = exponentAt + u64(exponentLength)

  M = alloc(usize(modulusLength) + 4)
  K = read(M, modulusAt, modulusLength)
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
  const baseLimbs = i32((baseLength + 3) >> 2)
  const base = alloc((usize(max(baseLimbs, K)) << 2) + 8)
  memory.fill(base, 0, (usize(max(baseLimbs, K)) << 2) + 8)
  const given = read(base, baseAt, baseLength)
  if (given >= K) remainder(base, given)

  // The exponent, its leading zero bytes left out.
  let at = exponentAt
  const end = exponentAt + u64(exponentLength)
  while (at < end && byteAt(at) == 0) {
    if (at >= LENGTH) at = end
    else at++
  }
  const r = alloc(size)
  memory.fill(r, 0, size)
  if (at == end || isOne(base)) store<u32>(r, 1)
  else if (!isZero(base)) {
    if (end - at == 1 && byteAt(at) < 8) {
      MODE = PLAIN
      const one = alloc(size)
      memory.fill(one, 0, size)
      store<u32>(one, 1)
      ladder(r, base, one, at, end)
    } else if (load<u32>(M) & 1) oddPower(r, base, at, end)
    else {
      let zeros: u32 = 0
      while (load<u32>(M + usize(zeros >> 3)) == 0) zeros += 32
      evenPower(r, base, K, zeros + ctz<u32>(load<u32>(M + usize(zeros >> 3))), at, end)
    }
  }
  release(heap)
  const to = output(u32(modulusLength))
  for (let i: i64 = 0; i < modulusLength; i++)
    store<u8>(to + usize(modulusLength - 1 - i), usize(i) < size ? load<u8>(r + usize(i)) : 0)
  return true
}
