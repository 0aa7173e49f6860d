/**
 * 0x05: base to the exponent, modulo a number of any length. Source: EIP-198; builtin-actors actors/evm/src/interpreter/precompiles/evm.rs (a length
 * that does not fit 32 bits fails the call).
 *
 * Numbers are 32-bit limbs, lowest first. An odd modulus takes Montgomery products, an even one products and remainders.
 */
import { alloc, mark, release } from "../../actors/sdk/memory"
import { output } from "../precompile"

let INPUT: usize = 0
let LENGTH: u64 = 0
/** Limbs of the modulus, and where they are. */
let K: i32 = 0
let M: usize = 0
/** -1 / modulus, modulo 2^32; 0 for an even modulus. */
let N0: u32 = 0
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

/** z = x y, divided by 2^(32 K) if the modulus is odd, modulo M. */
function multiply(z: usize, x: usize, y: usize): void {
  const size = usize(K) << 2
  const t = T
  memory.fill(t, 0, (size << 1) + 8)
  if (N0 == 0) {
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
    return
  }
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

function isZero(x: usize): bool {
  let bits: u32 = 0
  for (let i: usize = 0; i < usize(K) << 2; i += 4) bits |= load<u32>(x + i)
  return bits == 0
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
  const shift = clz<u32>(load<u32>(M + size - 4))
  let carry: u64 = 0
  for (let i: usize = 0; i < size; i += 4) {
    const w = (u64(load<u32>(M + i)) << shift) | carry
    store<u32>(V + i, u32(w))
    carry = w >> 32
  }
  const low = load<u32>(M)
  N0 = 0
  if (low & 1) {
    let inverse: u32 = low
    for (let i = 0; i < 4; i++) inverse *= 2 - low * inverse
    N0 = 0 - inverse
  }

  // The base, below the modulus.
  const baseLimbs = i32((baseLength + 3) >> 2)
  const base = alloc((usize(max(baseLimbs, K)) << 2) + 8)
  memory.fill(base, 0, (usize(max(baseLimbs, K)) << 2) + 8)
  const given = read(base, baseAt, baseLength)
  if (given >= K) remainder(base, given)
  const one = alloc(size)
  const plain = alloc(size)
  memory.fill(plain, 0, size)
  store<u32>(plain, 1)
  if (N0 != 0) {
    // R² brings numbers into Montgomery form.
    const wide = alloc((size << 1) + 16)
    memory.fill(wide, 0, (size << 1) + 16)
    store<u32>(wide + (size << 1), 1)
    remainder(wide, (K << 1) + 1)
    multiply(base, base, wide)
    multiply(one, plain, wide)
  } else memory.copy(one, plain, size)

  // The exponent, its leading zero bytes left out.
  let at = exponentAt
  const end = exponentAt + u64(exponentLength)
  while (at < end && byteAt(at) == 0) {
    if (at >= LENGTH) at = end
    else at++
  }
  const r = alloc(size)
  memory.copy(r, one, size)
  if (at < end && isZero(base)) {
    release(heap)
    memory.fill(output(u32(modulusLength)), 0, usize(modulusLength))
    return true
  }
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
  } else {
    const table = alloc(size << 4)
    memory.copy(table, one, size)
    for (let i: usize = 1; i < 16; i++) multiply(table + i * size, table + (i - 1) * size, base)
    let started = false
    for (; at < end; at++) {
      const byte = byteAt(at)
      for (let nibble = 4; nibble >= 0; nibble -= 4) {
        if (started) for (let i = 0; i < 4; i++) multiply(r, r, r)
        const digit = (byte >> nibble) & 15
        if (digit) {
          multiply(r, r, table + usize(digit) * size)
          started = true
        }
      }
    }
  }
  if (N0 != 0) multiply(r, r, plain)
  release(heap)
  const to = output(u32(modulusLength))
  for (let i: i64 = 0; i < modulusLength; i++)
    store<u8>(to + usize(modulusLength - 1 - i), usize(i) < size ? load<u8>(r + usize(i)) : 0)
  return true
}
