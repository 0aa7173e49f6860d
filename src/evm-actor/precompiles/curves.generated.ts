// Written by scripts/gen-curves.ts: change that.
/** z = x y / R, modulo the prime of Bn. z may be x or y. */
export function mulBn(z: usize, x: usize, y: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const b0 = i64(load<i32>(y, 0))
  const b1 = i64(load<i32>(y, 4))
  const b2 = i64(load<i32>(y, 8))
  const b3 = i64(load<i32>(y, 12))
  const b4 = i64(load<i32>(y, 16))
  const b5 = i64(load<i32>(y, 20))
  const b6 = i64(load<i32>(y, 24))
  const b7 = i64(load<i32>(y, 28))
  const b8 = i64(load<i32>(y, 32))
  const b9 = i64(load<i32>(y, 36))
  let t: i64 = 0
  t += a0 * b0
  const m0 = (t * 75916169) & 134217727
  t = (t + m0 * 8191303) >> 27
  t += a0 * b1 + a1 * b0 + m0 * 68256475
  const m1 = (t * 75916169) & 134217727
  t = (t + m1 * 8191303) >> 27
  t += a0 * b2 + a1 * b1 + a2 * b0 + m0 * 120206576 + m1 * 68256475
  const m2 = (t * 75916169) & 134217727
  t = (t + m2 * 8191303) >> 27
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + m0 * 88650808 + m1 * 120206576 + m2 * 68256475
  const m3 = (t * 75916169) & 134217727
  t = (t + m3 * 8191303) >> 27
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m0 * 98138134 + m1 * 88650808 + m2 * 120206576 + m3 * 68256475
  const m4 = (t * 75916169) & 134217727
  t = (t + m4 * 8191303) >> 27
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m0 * 84083376 + m1 * 98138134 + m2 * 88650808 + m3 * 120206576 + m4 * 68256475
  const m5 = (t * 75916169) & 134217727
  t = (t + m5 * 8191303) >> 27
  t += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + m0 * 101978477 + m1 * 84083376 + m2 * 98138134 + m3 * 88650808 + m4 * 120206576 + m5 * 68256475
  const m6 = (t * 75916169) & 134217727
  t = (t + m6 * 8191303) >> 27
  t += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + m0 * 26018125 + m1 * 101978477 + m2 * 84083376 + m3 * 98138134 + m4 * 88650808 + m5 * 120206576 + m6 * 68256475
  const m7 = (t * 75916169) & 134217727
  t = (t + m7 * 8191303) >> 27
  t += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + m0 * 72250081 + m1 * 26018125 + m2 * 101978477 + m3 * 84083376 + m4 * 98138134 + m5 * 88650808 + m6 * 120206576 + m7 * 68256475
  const m8 = (t * 75916169) & 134217727
  t = (t + m8 * 8191303) >> 27
  t += a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + m0 * 1548 + m1 * 72250081 + m2 * 26018125 + m3 * 101978477 + m4 * 84083376 + m5 * 98138134 + m6 * 88650808 + m7 * 120206576 + m8 * 68256475
  const m9 = (t * 75916169) & 134217727
  t = (t + m9 * 8191303) >> 27
  t += a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + m1 * 1548 + m2 * 72250081 + m3 * 26018125 + m4 * 101978477 + m5 * 84083376 + m6 * 98138134 + m7 * 88650808 + m8 * 120206576 + m9 * 68256475
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + m2 * 1548 + m3 * 72250081 + m4 * 26018125 + m5 * 101978477 + m6 * 84083376 + m7 * 98138134 + m8 * 88650808 + m9 * 120206576
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + m3 * 1548 + m4 * 72250081 + m5 * 26018125 + m6 * 101978477 + m7 * 84083376 + m8 * 98138134 + m9 * 88650808
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + m4 * 1548 + m5 * 72250081 + m6 * 26018125 + m7 * 101978477 + m8 * 84083376 + m9 * 98138134
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + m5 * 1548 + m6 * 72250081 + m7 * 26018125 + m8 * 101978477 + m9 * 84083376
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + m6 * 1548 + m7 * 72250081 + m8 * 26018125 + m9 * 101978477
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += a7 * b9 + a8 * b8 + a9 * b7 + m7 * 1548 + m8 * 72250081 + m9 * 26018125
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += a8 * b9 + a9 * b8 + m8 * 1548 + m9 * 72250081
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * b9 + m9 * 1548
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x² / R, modulo the prime of Bn. z may be x. */
export function sqrBn(z: usize, x: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const d0 = a0 << 1
  const d1 = a1 << 1
  const d2 = a2 << 1
  const d3 = a3 << 1
  const d4 = a4 << 1
  const d5 = a5 << 1
  const d6 = a6 << 1
  const d7 = a7 << 1
  const d8 = a8 << 1
  let t: i64 = 0
  t += a0 * a0
  const m0 = (t * 75916169) & 134217727
  t = (t + m0 * 8191303) >> 27
  t += d0 * a1 + m0 * 68256475
  const m1 = (t * 75916169) & 134217727
  t = (t + m1 * 8191303) >> 27
  t += d0 * a2 + a1 * a1 + m0 * 120206576 + m1 * 68256475
  const m2 = (t * 75916169) & 134217727
  t = (t + m2 * 8191303) >> 27
  t += d0 * a3 + d1 * a2 + m0 * 88650808 + m1 * 120206576 + m2 * 68256475
  const m3 = (t * 75916169) & 134217727
  t = (t + m3 * 8191303) >> 27
  t += d0 * a4 + d1 * a3 + a2 * a2 + m0 * 98138134 + m1 * 88650808 + m2 * 120206576 + m3 * 68256475
  const m4 = (t * 75916169) & 134217727
  t = (t + m4 * 8191303) >> 27
  t += d0 * a5 + d1 * a4 + d2 * a3 + m0 * 84083376 + m1 * 98138134 + m2 * 88650808 + m3 * 120206576 + m4 * 68256475
  const m5 = (t * 75916169) & 134217727
  t = (t + m5 * 8191303) >> 27
  t += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + m0 * 101978477 + m1 * 84083376 + m2 * 98138134 + m3 * 88650808 + m4 * 120206576 + m5 * 68256475
  const m6 = (t * 75916169) & 134217727
  t = (t + m6 * 8191303) >> 27
  t += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + m0 * 26018125 + m1 * 101978477 + m2 * 84083376 + m3 * 98138134 + m4 * 88650808 + m5 * 120206576 + m6 * 68256475
  const m7 = (t * 75916169) & 134217727
  t = (t + m7 * 8191303) >> 27
  t += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + m0 * 72250081 + m1 * 26018125 + m2 * 101978477 + m3 * 84083376 + m4 * 98138134 + m5 * 88650808 + m6 * 120206576 + m7 * 68256475
  const m8 = (t * 75916169) & 134217727
  t = (t + m8 * 8191303) >> 27
  t += d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + m0 * 1548 + m1 * 72250081 + m2 * 26018125 + m3 * 101978477 + m4 * 84083376 + m5 * 98138134 + m6 * 88650808 + m7 * 120206576 + m8 * 68256475
  const m9 = (t * 75916169) & 134217727
  t = (t + m9 * 8191303) >> 27
  t += d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + m1 * 1548 + m2 * 72250081 + m3 * 26018125 + m4 * 101978477 + m5 * 84083376 + m6 * 98138134 + m7 * 88650808 + m8 * 120206576 + m9 * 68256475
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 + m2 * 1548 + m3 * 72250081 + m4 * 26018125 + m5 * 101978477 + m6 * 84083376 + m7 * 98138134 + m8 * 88650808 + m9 * 120206576
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 + m3 * 1548 + m4 * 72250081 + m5 * 26018125 + m6 * 101978477 + m7 * 84083376 + m8 * 98138134 + m9 * 88650808
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += d4 * a9 + d5 * a8 + d6 * a7 + m4 * 1548 + m5 * 72250081 + m6 * 26018125 + m7 * 101978477 + m8 * 84083376 + m9 * 98138134
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += d5 * a9 + d6 * a8 + a7 * a7 + m5 * 1548 + m6 * 72250081 + m7 * 26018125 + m8 * 101978477 + m9 * 84083376
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += d6 * a9 + d7 * a8 + m6 * 1548 + m7 * 72250081 + m8 * 26018125 + m9 * 101978477
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += d7 * a9 + a8 * a8 + m7 * 1548 + m8 * 72250081 + m9 * 26018125
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += d8 * a9 + m8 * 1548 + m9 * 72250081
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * a9 + m9 * 1548
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x + y, limbs carried. z may be x or y. */
export function addBn(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) + load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) + load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) + load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) + load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) + load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) + load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) + load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) + load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) + load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) + load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x + y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function addLazyBn(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) + load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) + load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) + load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) + load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) + load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) + load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) + load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) + load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) + load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) + load<i32>(y, 36), 36)
}
/** z = x - y, limbs carried. z may be x or y. */
export function subBn(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) - load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) - load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) - load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) - load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) - load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) - load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) - load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) - load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) - load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) - load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x - y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function subLazyBn(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) - load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) - load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) - load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) - load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) - load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) - load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) - load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) - load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) - load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) - load<i32>(y, 36), 36)
}
/** Brings z, which may be hundreds of times the prime, next to 0..p. */
export function reduceBn(z: usize): void {
  const q = (i64(load<i32>(z, 36)) * 710031921) >> 40
  if (q == 0) return
  let t = i64(load<i32>(z)) - q * 8191303
  store<i32>(z, i32(t) & 134217727, 0)
  t = (t >> 27) + i64(load<i32>(z, 4)) - q * 68256475
  store<i32>(z, i32(t) & 134217727, 4)
  t = (t >> 27) + i64(load<i32>(z, 8)) - q * 120206576
  store<i32>(z, i32(t) & 134217727, 8)
  t = (t >> 27) + i64(load<i32>(z, 12)) - q * 88650808
  store<i32>(z, i32(t) & 134217727, 12)
  t = (t >> 27) + i64(load<i32>(z, 16)) - q * 98138134
  store<i32>(z, i32(t) & 134217727, 16)
  t = (t >> 27) + i64(load<i32>(z, 20)) - q * 84083376
  store<i32>(z, i32(t) & 134217727, 20)
  t = (t >> 27) + i64(load<i32>(z, 24)) - q * 101978477
  store<i32>(z, i32(t) & 134217727, 24)
  t = (t >> 27) + i64(load<i32>(z, 28)) - q * 26018125
  store<i32>(z, i32(t) & 134217727, 28)
  t = (t >> 27) + i64(load<i32>(z, 32)) - q * 72250081
  store<i32>(z, i32(t) & 134217727, 32)
  t = (t >> 27) + i64(load<i32>(z, 36)) - q * 1548
  store<i32>(z, i32(t), 36)
}
/** The prime. */
export const PRIME_Bn: usize = memory.data<i32>([8191303, 68256475, 120206576, 88650808, 98138134, 84083376, 101978477, 26018125, 72250081, 1548])
/** 1. */
export const ONE_Bn: usize = memory.data<i32>([46976201, 55551819, 120748002, 64933134, 121966570, 129901249, 127886120, 57251876, 65247981, 1267])
/** R², which brings a number into Montgomery form. */
export const R2_Bn: usize = memory.data<i32>([106149780, 95855877, 91964560, 45717519, 40514850, 87727221, 81101674, 95637652, 92368209, 418])
/** p - 2, big-endian: the exponent of the inverse. */
export const INVERSE_Bn: usize = memory.data<u8>([48, 100, 78, 114, 225, 49, 160, 41, 184, 80, 69, 182, 129, 129, 88, 93, 151, 129, 106, 145, 104, 113, 202, 141, 60, 32, 140, 22, 216, 124, 253, 69])
/** z = x y / R, modulo the prime of P256. z may be x or y. */
export function mulP256(z: usize, x: usize, y: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const b0 = i64(load<i32>(y, 0))
  const b1 = i64(load<i32>(y, 4))
  const b2 = i64(load<i32>(y, 8))
  const b3 = i64(load<i32>(y, 12))
  const b4 = i64(load<i32>(y, 16))
  const b5 = i64(load<i32>(y, 20))
  const b6 = i64(load<i32>(y, 24))
  const b7 = i64(load<i32>(y, 28))
  const b8 = i64(load<i32>(y, 32))
  const b9 = i64(load<i32>(y, 36))
  let t: i64 = 0
  t += a0 * b0
  const m0 = t & 134217727
  t = (t + m0 * 134217727) >> 27
  t += a0 * b1 + a1 * b0 + m0 * 134217727
  const m1 = t & 134217727
  t = (t + m1 * 134217727) >> 27
  t += a0 * b2 + a1 * b1 + a2 * b0 + m0 * 134217727 + m1 * 134217727
  const m2 = t & 134217727
  t = (t + m2 * 134217727) >> 27
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + m0 * 32767 + m1 * 134217727 + m2 * 134217727
  const m3 = t & 134217727
  t = (t + m3 * 134217727) >> 27
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m1 * 32767 + m2 * 134217727 + m3 * 134217727
  const m4 = t & 134217727
  t = (t + m4 * 134217727) >> 27
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m2 * 32767 + m3 * 134217727 + m4 * 134217727
  const m5 = t & 134217727
  t = (t + m5 * 134217727) >> 27
  t += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + m3 * 32767 + m4 * 134217727 + m5 * 134217727
  const m6 = t & 134217727
  t = (t + m6 * 134217727) >> 27
  t += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + m0 * 8 + m4 * 32767 + m5 * 134217727 + m6 * 134217727
  const m7 = t & 134217727
  t = (t + m7 * 134217727) >> 27
  t += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + m0 * 134217472 + m1 * 8 + m5 * 32767 + m6 * 134217727 + m7 * 134217727
  const m8 = t & 134217727
  t = (t + m8 * 134217727) >> 27
  t += a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + m0 * 8191 + m1 * 134217472 + m2 * 8 + m6 * 32767 + m7 * 134217727 + m8 * 134217727
  const m9 = t & 134217727
  t = (t + m9 * 134217727) >> 27
  t += a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + m1 * 8191 + m2 * 134217472 + m3 * 8 + m7 * 32767 + m8 * 134217727 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + m2 * 8191 + m3 * 134217472 + m4 * 8 + m8 * 32767 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + m3 * 8191 + m4 * 134217472 + m5 * 8 + m9 * 32767
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + m4 * 8191 + m5 * 134217472 + m6 * 8
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + m5 * 8191 + m6 * 134217472 + m7 * 8
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + m6 * 8191 + m7 * 134217472 + m8 * 8
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += a7 * b9 + a8 * b8 + a9 * b7 + m7 * 8191 + m8 * 134217472 + m9 * 8
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += a8 * b9 + a9 * b8 + m8 * 8191 + m9 * 134217472
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * b9 + m9 * 8191
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x² / R, modulo the prime of P256. z may be x. */
export function sqrP256(z: usize, x: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const d0 = a0 << 1
  const d1 = a1 << 1
  const d2 = a2 << 1
  const d3 = a3 << 1
  const d4 = a4 << 1
  const d5 = a5 << 1
  const d6 = a6 << 1
  const d7 = a7 << 1
  const d8 = a8 << 1
  let t: i64 = 0
  t += a0 * a0
  const m0 = t & 134217727
  t = (t + m0 * 134217727) >> 27
  t += d0 * a1 + m0 * 134217727
  const m1 = t & 134217727
  t = (t + m1 * 134217727) >> 27
  t += d0 * a2 + a1 * a1 + m0 * 134217727 + m1 * 134217727
  const m2 = t & 134217727
  t = (t + m2 * 134217727) >> 27
  t += d0 * a3 + d1 * a2 + m0 * 32767 + m1 * 134217727 + m2 * 134217727
  const m3 = t & 134217727
  t = (t + m3 * 134217727) >> 27
  t += d0 * a4 + d1 * a3 + a2 * a2 + m1 * 32767 + m2 * 134217727 + m3 * 134217727
  const m4 = t & 134217727
  t = (t + m4 * 134217727) >> 27
  t += d0 * a5 + d1 * a4 + d2 * a3 + m2 * 32767 + m3 * 134217727 + m4 * 134217727
  const m5 = t & 134217727
  t = (t + m5 * 134217727) >> 27
  t += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + m3 * 32767 + m4 * 134217727 + m5 * 134217727
  const m6 = t & 134217727
  t = (t + m6 * 134217727) >> 27
  t += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + m0 * 8 + m4 * 32767 + m5 * 134217727 + m6 * 134217727
  const m7 = t & 134217727
  t = (t + m7 * 134217727) >> 27
  t += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + m0 * 134217472 + m1 * 8 + m5 * 32767 + m6 * 134217727 + m7 * 134217727
  const m8 = t & 134217727
  t = (t + m8 * 134217727) >> 27
  t += d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + m0 * 8191 + m1 * 134217472 + m2 * 8 + m6 * 32767 + m7 * 134217727 + m8 * 134217727
  const m9 = t & 134217727
  t = (t + m9 * 134217727) >> 27
  t += d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + m1 * 8191 + m2 * 134217472 + m3 * 8 + m7 * 32767 + m8 * 134217727 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 + m2 * 8191 + m3 * 134217472 + m4 * 8 + m8 * 32767 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 + m3 * 8191 + m4 * 134217472 + m5 * 8 + m9 * 32767
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += d4 * a9 + d5 * a8 + d6 * a7 + m4 * 8191 + m5 * 134217472 + m6 * 8
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += d5 * a9 + d6 * a8 + a7 * a7 + m5 * 8191 + m6 * 134217472 + m7 * 8
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += d6 * a9 + d7 * a8 + m6 * 8191 + m7 * 134217472 + m8 * 8
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += d7 * a9 + a8 * a8 + m7 * 8191 + m8 * 134217472 + m9 * 8
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += d8 * a9 + m8 * 8191 + m9 * 134217472
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * a9 + m9 * 8191
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x + y, limbs carried. z may be x or y. */
export function addP256(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) + load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) + load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) + load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) + load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) + load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) + load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) + load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) + load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) + load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) + load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x + y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function addLazyP256(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) + load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) + load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) + load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) + load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) + load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) + load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) + load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) + load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) + load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) + load<i32>(y, 36), 36)
}
/** z = x - y, limbs carried. z may be x or y. */
export function subP256(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) - load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) - load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) - load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) - load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) - load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) - load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) - load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) - load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) - load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) - load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x - y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function subLazyP256(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) - load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) - load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) - load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) - load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) - load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) - load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) - load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) - load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) - load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) - load<i32>(y, 36), 36)
}
/** Brings z, which may be hundreds of times the prime, next to 0..p. */
export function reduceP256(z: usize): void {
  const q = (i64(load<i32>(z, 36)) * 134217728) >> 40
  if (q == 0) return
  let t = i64(load<i32>(z)) - q * 134217727
  store<i32>(z, i32(t) & 134217727, 0)
  t = (t >> 27) + i64(load<i32>(z, 4)) - q * 134217727
  store<i32>(z, i32(t) & 134217727, 4)
  t = (t >> 27) + i64(load<i32>(z, 8)) - q * 134217727
  store<i32>(z, i32(t) & 134217727, 8)
  t = (t >> 27) + i64(load<i32>(z, 12)) - q * 32767
  store<i32>(z, i32(t) & 134217727, 12)
  t = (t >> 27) + i64(load<i32>(z, 16)) - q * 0
  store<i32>(z, i32(t) & 134217727, 16)
  t = (t >> 27) + i64(load<i32>(z, 20)) - q * 0
  store<i32>(z, i32(t) & 134217727, 20)
  t = (t >> 27) + i64(load<i32>(z, 24)) - q * 0
  store<i32>(z, i32(t) & 134217727, 24)
  t = (t >> 27) + i64(load<i32>(z, 28)) - q * 8
  store<i32>(z, i32(t) & 134217727, 28)
  t = (t >> 27) + i64(load<i32>(z, 32)) - q * 134217472
  store<i32>(z, i32(t) & 134217727, 32)
  t = (t >> 27) + i64(load<i32>(z, 36)) - q * 8191
  store<i32>(z, i32(t), 36)
}
/** The prime. */
export const PRIME_P256: usize = memory.data<i32>([134217727, 134217727, 134217727, 32767, 0, 0, 0, 8, 134217472, 8191])
/** 1. */
export const ONE_P256: usize = memory.data<i32>([16384, 0, 0, 0, 134217724, 134217727, 134217727, 134086655, 4194303, 0])
/** R², which brings a number into Montgomery form. */
export const R2_P256: usize = memory.data<i32>([0, 6, 0, 134215680, 133955583, 132120575, 134217727, 134217727, 134217695, 2559])
/** p - 2, big-endian: the exponent of the inverse. */
export const INVERSE_P256: usize = memory.data<u8>([255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 253])
/** z = x y / R, modulo the prime of P256n. z may be x or y. */
export function mulP256n(z: usize, x: usize, y: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const b0 = i64(load<i32>(y, 0))
  const b1 = i64(load<i32>(y, 4))
  const b2 = i64(load<i32>(y, 8))
  const b3 = i64(load<i32>(y, 12))
  const b4 = i64(load<i32>(y, 16))
  const b5 = i64(load<i32>(y, 20))
  const b6 = i64(load<i32>(y, 24))
  const b7 = i64(load<i32>(y, 28))
  const b8 = i64(load<i32>(y, 32))
  const b9 = i64(load<i32>(y, 36))
  let t: i64 = 0
  t += a0 * b0
  const m0 = (t * 100711503) & 134217727
  t = (t + m0 * 73606481) >> 27
  t += a0 * b1 + a1 * b0 + m0 * 121198687
  const m1 = (t * 100711503) & 134217727
  t = (t + m1 * 73606481) >> 27
  t += a0 * b2 + a1 * b1 + a2 * b0 + m0 * 108663758 + m1 * 121198687
  const m2 = (t * 100711503) & 134217727
  t = (t + m2 * 73606481) >> 27
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + m0 * 89576331 + m1 * 108663758 + m2 * 121198687
  const m3 = (t * 100711503) & 134217727
  t = (t + m3 * 73606481) >> 27
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m0 * 133942895 + m1 * 89576331 + m2 * 108663758 + m3 * 121198687
  const m4 = (t * 100711503) & 134217727
  t = (t + m4 * 73606481) >> 27
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m0 * 134217727 + m1 * 133942895 + m2 * 89576331 + m3 * 108663758 + m4 * 121198687
  const m5 = (t * 100711503) & 134217727
  t = (t + m5 * 73606481) >> 27
  t += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + m0 * 134217727 + m1 * 134217727 + m2 * 133942895 + m3 * 89576331 + m4 * 108663758 + m5 * 121198687
  const m6 = (t * 100711503) & 134217727
  t = (t + m6 * 73606481) >> 27
  t += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + m0 * 7 + m1 * 134217727 + m2 * 134217727 + m3 * 133942895 + m4 * 89576331 + m5 * 108663758 + m6 * 121198687
  const m7 = (t * 100711503) & 134217727
  t = (t + m7 * 73606481) >> 27
  t += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + m0 * 134217472 + m1 * 7 + m2 * 134217727 + m3 * 134217727 + m4 * 133942895 + m5 * 89576331 + m6 * 108663758 + m7 * 121198687
  const m8 = (t * 100711503) & 134217727
  t = (t + m8 * 73606481) >> 27
  t += a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + m0 * 8191 + m1 * 134217472 + m2 * 7 + m3 * 134217727 + m4 * 134217727 + m5 * 133942895 + m6 * 89576331 + m7 * 108663758 + m8 * 121198687
  const m9 = (t * 100711503) & 134217727
  t = (t + m9 * 73606481) >> 27
  t += a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + m1 * 8191 + m2 * 134217472 + m3 * 7 + m4 * 134217727 + m5 * 134217727 + m6 * 133942895 + m7 * 89576331 + m8 * 108663758 + m9 * 121198687
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + m2 * 8191 + m3 * 134217472 + m4 * 7 + m5 * 134217727 + m6 * 134217727 + m7 * 133942895 + m8 * 89576331 + m9 * 108663758
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + m3 * 8191 + m4 * 134217472 + m5 * 7 + m6 * 134217727 + m7 * 134217727 + m8 * 133942895 + m9 * 89576331
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + m4 * 8191 + m5 * 134217472 + m6 * 7 + m7 * 134217727 + m8 * 134217727 + m9 * 133942895
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + m5 * 8191 + m6 * 134217472 + m7 * 7 + m8 * 134217727 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + m6 * 8191 + m7 * 134217472 + m8 * 7 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += a7 * b9 + a8 * b8 + a9 * b7 + m7 * 8191 + m8 * 134217472 + m9 * 7
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += a8 * b9 + a9 * b8 + m8 * 8191 + m9 * 134217472
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * b9 + m9 * 8191
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x² / R, modulo the prime of P256n. z may be x. */
export function sqrP256n(z: usize, x: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const d0 = a0 << 1
  const d1 = a1 << 1
  const d2 = a2 << 1
  const d3 = a3 << 1
  const d4 = a4 << 1
  const d5 = a5 << 1
  const d6 = a6 << 1
  const d7 = a7 << 1
  const d8 = a8 << 1
  let t: i64 = 0
  t += a0 * a0
  const m0 = (t * 100711503) & 134217727
  t = (t + m0 * 73606481) >> 27
  t += d0 * a1 + m0 * 121198687
  const m1 = (t * 100711503) & 134217727
  t = (t + m1 * 73606481) >> 27
  t += d0 * a2 + a1 * a1 + m0 * 108663758 + m1 * 121198687
  const m2 = (t * 100711503) & 134217727
  t = (t + m2 * 73606481) >> 27
  t += d0 * a3 + d1 * a2 + m0 * 89576331 + m1 * 108663758 + m2 * 121198687
  const m3 = (t * 100711503) & 134217727
  t = (t + m3 * 73606481) >> 27
  t += d0 * a4 + d1 * a3 + a2 * a2 + m0 * 133942895 + m1 * 89576331 + m2 * 108663758 + m3 * 121198687
  const m4 = (t * 100711503) & 134217727
  t = (t + m4 * 73606481) >> 27
  t += d0 * a5 + d1 * a4 + d2 * a3 + m0 * 134217727 + m1 * 133942895 + m2 * 89576331 + m3 * 108663758 + m4 * 121198687
  const m5 = (t * 100711503) & 134217727
  t = (t + m5 * 73606481) >> 27
  t += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + m0 * 134217727 + m1 * 134217727 + m2 * 133942895 + m3 * 89576331 + m4 * 108663758 + m5 * 121198687
  const m6 = (t * 100711503) & 134217727
  t = (t + m6 * 73606481) >> 27
  t += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + m0 * 7 + m1 * 134217727 + m2 * 134217727 + m3 * 133942895 + m4 * 89576331 + m5 * 108663758 + m6 * 121198687
  const m7 = (t * 100711503) & 134217727
  t = (t + m7 * 73606481) >> 27
  t += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + m0 * 134217472 + m1 * 7 + m2 * 134217727 + m3 * 134217727 + m4 * 133942895 + m5 * 89576331 + m6 * 108663758 + m7 * 121198687
  const m8 = (t * 100711503) & 134217727
  t = (t + m8 * 73606481) >> 27
  t += d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + m0 * 8191 + m1 * 134217472 + m2 * 7 + m3 * 134217727 + m4 * 134217727 + m5 * 133942895 + m6 * 89576331 + m7 * 108663758 + m8 * 121198687
  const m9 = (t * 100711503) & 134217727
  t = (t + m9 * 73606481) >> 27
  t += d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + m1 * 8191 + m2 * 134217472 + m3 * 7 + m4 * 134217727 + m5 * 134217727 + m6 * 133942895 + m7 * 89576331 + m8 * 108663758 + m9 * 121198687
  store<i32>(z, i32(t) & 134217727, 0)
  t >>= 27
  t += d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 + m2 * 8191 + m3 * 134217472 + m4 * 7 + m5 * 134217727 + m6 * 134217727 + m7 * 133942895 + m8 * 89576331 + m9 * 108663758
  store<i32>(z, i32(t) & 134217727, 4)
  t >>= 27
  t += d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 + m3 * 8191 + m4 * 134217472 + m5 * 7 + m6 * 134217727 + m7 * 134217727 + m8 * 133942895 + m9 * 89576331
  store<i32>(z, i32(t) & 134217727, 8)
  t >>= 27
  t += d4 * a9 + d5 * a8 + d6 * a7 + m4 * 8191 + m5 * 134217472 + m6 * 7 + m7 * 134217727 + m8 * 134217727 + m9 * 133942895
  store<i32>(z, i32(t) & 134217727, 12)
  t >>= 27
  t += d5 * a9 + d6 * a8 + a7 * a7 + m5 * 8191 + m6 * 134217472 + m7 * 7 + m8 * 134217727 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 16)
  t >>= 27
  t += d6 * a9 + d7 * a8 + m6 * 8191 + m7 * 134217472 + m8 * 7 + m9 * 134217727
  store<i32>(z, i32(t) & 134217727, 20)
  t >>= 27
  t += d7 * a9 + a8 * a8 + m7 * 8191 + m8 * 134217472 + m9 * 7
  store<i32>(z, i32(t) & 134217727, 24)
  t >>= 27
  t += d8 * a9 + m8 * 8191 + m9 * 134217472
  store<i32>(z, i32(t) & 134217727, 28)
  t >>= 27
  t += a9 * a9 + m9 * 8191
  store<i32>(z, i32(t) & 134217727, 32)
  t >>= 27
  store<i32>(z, i32(t), 36)
}
/** z = x + y, limbs carried. z may be x or y. */
export function addP256n(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) + load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) + load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) + load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) + load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) + load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) + load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) + load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) + load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) + load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) + load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x + y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function addLazyP256n(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) + load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) + load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) + load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) + load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) + load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) + load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) + load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) + load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) + load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) + load<i32>(y, 36), 36)
}
/** z = x - y, limbs carried. z may be x or y. */
export function subP256n(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) - load<i32>(y)
  store<i32>(z, t & 134217727, 0)
  t = (t >> 27) + load<i32>(x, 4) - load<i32>(y, 4)
  store<i32>(z, t & 134217727, 4)
  t = (t >> 27) + load<i32>(x, 8) - load<i32>(y, 8)
  store<i32>(z, t & 134217727, 8)
  t = (t >> 27) + load<i32>(x, 12) - load<i32>(y, 12)
  store<i32>(z, t & 134217727, 12)
  t = (t >> 27) + load<i32>(x, 16) - load<i32>(y, 16)
  store<i32>(z, t & 134217727, 16)
  t = (t >> 27) + load<i32>(x, 20) - load<i32>(y, 20)
  store<i32>(z, t & 134217727, 20)
  t = (t >> 27) + load<i32>(x, 24) - load<i32>(y, 24)
  store<i32>(z, t & 134217727, 24)
  t = (t >> 27) + load<i32>(x, 28) - load<i32>(y, 28)
  store<i32>(z, t & 134217727, 28)
  t = (t >> 27) + load<i32>(x, 32) - load<i32>(y, 32)
  store<i32>(z, t & 134217727, 32)
  t = (t >> 27) + load<i32>(x, 36) - load<i32>(y, 36)
  store<i32>(z, t, 36)
}
/** z = x - y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function subLazyP256n(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) - load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) - load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) - load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) - load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) - load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) - load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) - load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) - load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) - load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) - load<i32>(y, 36), 36)
}
/** Brings z, which may be hundreds of times the prime, next to 0..p. */
export function reduceP256n(z: usize): void {
  const q = (i64(load<i32>(z, 36)) * 134217728) >> 40
  if (q == 0) return
  let t = i64(load<i32>(z)) - q * 73606481
  store<i32>(z, i32(t) & 134217727, 0)
  t = (t >> 27) + i64(load<i32>(z, 4)) - q * 121198687
  store<i32>(z, i32(t) & 134217727, 4)
  t = (t >> 27) + i64(load<i32>(z, 8)) - q * 108663758
  store<i32>(z, i32(t) & 134217727, 8)
  t = (t >> 27) + i64(load<i32>(z, 12)) - q * 89576331
  store<i32>(z, i32(t) & 134217727, 12)
  t = (t >> 27) + i64(load<i32>(z, 16)) - q * 133942895
  store<i32>(z, i32(t) & 134217727, 16)
  t = (t >> 27) + i64(load<i32>(z, 20)) - q * 134217727
  store<i32>(z, i32(t) & 134217727, 20)
  t = (t >> 27) + i64(load<i32>(z, 24)) - q * 134217727
  store<i32>(z, i32(t) & 134217727, 24)
  t = (t >> 27) + i64(load<i32>(z, 28)) - q * 7
  store<i32>(z, i32(t) & 134217727, 28)
  t = (t >> 27) + i64(load<i32>(z, 32)) - q * 134217472
  store<i32>(z, i32(t) & 134217727, 32)
  t = (t >> 27) + i64(load<i32>(z, 36)) - q * 8191
  store<i32>(z, i32(t), 36)
}
/** The prime. */
export const PRIME_P256n: usize = memory.data<i32>([73606481, 121198687, 108663758, 89576331, 133942895, 134217727, 134217727, 7, 134217472, 8191])
/** 1. */
export const ONE_P256n: usize = memory.data<i32>([111919104, 31988966, 51136053, 52235311, 73667913, 33, 0, 134086656, 4194303, 0])
/** R², which brings a number into Montgomery form. */
export const R2_P256n: usize = memory.data<i32>([8891479, 113806633, 31553541, 85291160, 111798924, 53228046, 78491569, 11682388, 61356796, 2741])
/** p - 2, big-endian: the exponent of the inverse. */
export const INVERSE_P256n: usize = memory.data<u8>([255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 188, 230, 250, 173, 167, 23, 158, 132, 243, 185, 202, 194, 252, 99, 37, 79])
/** z = x y / R, modulo the prime of Bls. z may be x or y. */
export function mulBls(z: usize, x: usize, y: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const a10 = i64(load<i32>(x, 40))
  const a11 = i64(load<i32>(x, 44))
  const a12 = i64(load<i32>(x, 48))
  const a13 = i64(load<i32>(x, 52))
  const b0 = i64(load<i32>(y, 0))
  const b1 = i64(load<i32>(y, 4))
  const b2 = i64(load<i32>(y, 8))
  const b3 = i64(load<i32>(y, 12))
  const b4 = i64(load<i32>(y, 16))
  const b5 = i64(load<i32>(y, 20))
  const b6 = i64(load<i32>(y, 24))
  const b7 = i64(load<i32>(y, 28))
  const b8 = i64(load<i32>(y, 32))
  const b9 = i64(load<i32>(y, 36))
  const b10 = i64(load<i32>(y, 40))
  const b11 = i64(load<i32>(y, 44))
  const b12 = i64(load<i32>(y, 48))
  const b13 = i64(load<i32>(y, 52))
  let t: i64 = 0
  t += a0 * b0
  const m0 = (t * 268238845) & 268435455
  t = (t + m0 * 268413611) >> 28
  t += a0 * b1 + a1 * b0 + m0 * 267386879
  const m1 = (t * 268238845) & 268435455
  t = (t + m1 * 268413611) >> 28
  t += a0 * b2 + a1 * b1 + a2 * b0 + m0 * 67108793 + m1 * 267386879
  const m2 = (t * 268238845) & 268435455
  t = (t + m2 * 268413611) >> 28
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + m0 * 268430101 + m1 * 67108793 + m2 * 267386879
  const m3 = (t * 268238845) & 268435455
  t = (t + m3 * 268413611) >> 28
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m0 * 103030443 + m1 * 268430101 + m2 * 67108793 + m3 * 267386879
  const m4 = (t * 268238845) & 268435455
  t = (t + m4 * 268413611) >> 28
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m0 * 168782607 + m1 * 103030443 + m2 * 268430101 + m3 * 67108793 + m4 * 267386879
  const m5 = (t * 268238845) & 268435455
  t = (t + m5 * 268413611) >> 28
  t += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + m0 * 258420946 + m1 * 168782607 + m2 * 103030443 + m3 * 268430101 + m4 * 67108793 + m5 * 267386879
  const m6 = (t * 268238845) & 268435455
  t = (t + m6 * 268413611) >> 28
  t += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + m0 * 255349035 + m1 * 258420946 + m2 * 168782607 + m3 * 103030443 + m4 * 268430101 + m5 * 67108793 + m6 * 267386879
  const m7 = (t * 268238845) & 268435455
  t = (t + m7 * 268413611) >> 28
  t += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + m0 * 74926980 + m1 * 255349035 + m2 * 258420946 + m3 * 168782607 + m4 * 103030443 + m5 * 268430101 + m6 * 67108793 + m7 * 267386879
  const m8 = (t * 268238845) & 268435455
  t = (t + m8 * 268413611) >> 28
  t += a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + m0 * 79351158 + m1 * 74926980 + m2 * 255349035 + m3 * 258420946 + m4 * 168782607 + m5 * 103030443 + m6 * 268430101 + m7 * 67108793 + m8 * 267386879
  const m9 = (t * 268238845) & 268435455
  t = (t + m9 * 268413611) >> 28
  t += a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0 + m0 * 195540547 + m1 * 79351158 + m2 * 74926980 + m3 * 255349035 + m4 * 258420946 + m5 * 168782607 + m6 * 103030443 + m7 * 268430101 + m8 * 67108793 + m9 * 267386879
  const m10 = (t * 268238845) & 268435455
  t = (t + m10 * 268413611) >> 28
  t += a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + a11 * b0 + m0 * 241804465 + m1 * 195540547 + m2 * 79351158 + m3 * 74926980 + m4 * 255349035 + m5 * 258420946 + m6 * 168782607 + m7 * 103030443 + m8 * 268430101 + m9 * 67108793 + m10 * 267386879
  const m11 = (t * 268238845) & 268435455
  t = (t + m11 * 268413611) >> 28
  t += a0 * b12 + a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2 + a11 * b1 + a12 * b0 + m0 * 32127359 + m1 * 241804465 + m2 * 195540547 + m3 * 79351158 + m4 * 74926980 + m5 * 255349035 + m6 * 258420946 + m7 * 168782607 + m8 * 103030443 + m9 * 268430101 + m10 * 67108793 + m11 * 267386879
  const m12 = (t * 268238845) & 268435455
  t = (t + m12 * 268413611) >> 28
  t += a0 * b13 + a1 * b12 + a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3 + a11 * b2 + a12 * b1 + a13 * b0 + m0 * 106513 + m1 * 32127359 + m2 * 241804465 + m3 * 195540547 + m4 * 79351158 + m5 * 74926980 + m6 * 255349035 + m7 * 258420946 + m8 * 168782607 + m9 * 103030443 + m10 * 268430101 + m11 * 67108793 + m12 * 267386879
  const m13 = (t * 268238845) & 268435455
  t = (t + m13 * 268413611) >> 28
  t += a1 * b13 + a2 * b12 + a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4 + a11 * b3 + a12 * b2 + a13 * b1 + m1 * 106513 + m2 * 32127359 + m3 * 241804465 + m4 * 195540547 + m5 * 79351158 + m6 * 74926980 + m7 * 255349035 + m8 * 258420946 + m9 * 168782607 + m10 * 103030443 + m11 * 268430101 + m12 * 67108793 + m13 * 267386879
  store<i32>(z, i32(t) & 268435455, 0)
  t >>= 28
  t += a2 * b13 + a3 * b12 + a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5 + a11 * b4 + a12 * b3 + a13 * b2 + m2 * 106513 + m3 * 32127359 + m4 * 241804465 + m5 * 195540547 + m6 * 79351158 + m7 * 74926980 + m8 * 255349035 + m9 * 258420946 + m10 * 168782607 + m11 * 103030443 + m12 * 268430101 + m13 * 67108793
  store<i32>(z, i32(t) & 268435455, 4)
  t >>= 28
  t += a3 * b13 + a4 * b12 + a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + a11 * b5 + a12 * b4 + a13 * b3 + m3 * 106513 + m4 * 32127359 + m5 * 241804465 + m6 * 195540547 + m7 * 79351158 + m8 * 74926980 + m9 * 255349035 + m10 * 258420946 + m11 * 168782607 + m12 * 103030443 + m13 * 268430101
  store<i32>(z, i32(t) & 268435455, 8)
  t >>= 28
  t += a4 * b13 + a5 * b12 + a6 * b11 + a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + a11 * b6 + a12 * b5 + a13 * b4 + m4 * 106513 + m5 * 32127359 + m6 * 241804465 + m7 * 195540547 + m8 * 79351158 + m9 * 74926980 + m10 * 255349035 + m11 * 258420946 + m12 * 168782607 + m13 * 103030443
  store<i32>(z, i32(t) & 268435455, 12)
  t >>= 28
  t += a5 * b13 + a6 * b12 + a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8 + a11 * b7 + a12 * b6 + a13 * b5 + m5 * 106513 + m6 * 32127359 + m7 * 241804465 + m8 * 195540547 + m9 * 79351158 + m10 * 74926980 + m11 * 255349035 + m12 * 258420946 + m13 * 168782607
  store<i32>(z, i32(t) & 268435455, 16)
  t >>= 28
  t += a6 * b13 + a7 * b12 + a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8 + a12 * b7 + a13 * b6 + m6 * 106513 + m7 * 32127359 + m8 * 241804465 + m9 * 195540547 + m10 * 79351158 + m11 * 74926980 + m12 * 255349035 + m13 * 258420946
  store<i32>(z, i32(t) & 268435455, 20)
  t >>= 28
  t += a7 * b13 + a8 * b12 + a9 * b11 + a10 * b10 + a11 * b9 + a12 * b8 + a13 * b7 + m7 * 106513 + m8 * 32127359 + m9 * 241804465 + m10 * 195540547 + m11 * 79351158 + m12 * 74926980 + m13 * 255349035
  store<i32>(z, i32(t) & 268435455, 24)
  t >>= 28
  t += a8 * b13 + a9 * b12 + a10 * b11 + a11 * b10 + a12 * b9 + a13 * b8 + m8 * 106513 + m9 * 32127359 + m10 * 241804465 + m11 * 195540547 + m12 * 79351158 + m13 * 74926980
  store<i32>(z, i32(t) & 268435455, 28)
  t >>= 28
  t += a9 * b13 + a10 * b12 + a11 * b11 + a12 * b10 + a13 * b9 + m9 * 106513 + m10 * 32127359 + m11 * 241804465 + m12 * 195540547 + m13 * 79351158
  store<i32>(z, i32(t) & 268435455, 32)
  t >>= 28
  t += a10 * b13 + a11 * b12 + a12 * b11 + a13 * b10 + m10 * 106513 + m11 * 32127359 + m12 * 241804465 + m13 * 195540547
  store<i32>(z, i32(t) & 268435455, 36)
  t >>= 28
  t += a11 * b13 + a12 * b12 + a13 * b11 + m11 * 106513 + m12 * 32127359 + m13 * 241804465
  store<i32>(z, i32(t) & 268435455, 40)
  t >>= 28
  t += a12 * b13 + a13 * b12 + m12 * 106513 + m13 * 32127359
  store<i32>(z, i32(t) & 268435455, 44)
  t >>= 28
  t += a13 * b13 + m13 * 106513
  store<i32>(z, i32(t) & 268435455, 48)
  t >>= 28
  store<i32>(z, i32(t), 52)
}
/** z = x² / R, modulo the prime of Bls. z may be x. */
export function sqrBls(z: usize, x: usize): void {
  const a0 = i64(load<i32>(x, 0))
  const a1 = i64(load<i32>(x, 4))
  const a2 = i64(load<i32>(x, 8))
  const a3 = i64(load<i32>(x, 12))
  const a4 = i64(load<i32>(x, 16))
  const a5 = i64(load<i32>(x, 20))
  const a6 = i64(load<i32>(x, 24))
  const a7 = i64(load<i32>(x, 28))
  const a8 = i64(load<i32>(x, 32))
  const a9 = i64(load<i32>(x, 36))
  const a10 = i64(load<i32>(x, 40))
  const a11 = i64(load<i32>(x, 44))
  const a12 = i64(load<i32>(x, 48))
  const a13 = i64(load<i32>(x, 52))
  const d0 = a0 << 1
  const d1 = a1 << 1
  const d2 = a2 << 1
  const d3 = a3 << 1
  const d4 = a4 << 1
  const d5 = a5 << 1
  const d6 = a6 << 1
  const d7 = a7 << 1
  const d8 = a8 << 1
  const d9 = a9 << 1
  const d10 = a10 << 1
  const d11 = a11 << 1
  const d12 = a12 << 1
  let t: i64 = 0
  t += a0 * a0
  const m0 = (t * 268238845) & 268435455
  t = (t + m0 * 268413611) >> 28
  t += d0 * a1 + m0 * 267386879
  const m1 = (t * 268238845) & 268435455
  t = (t + m1 * 268413611) >> 28
  t += d0 * a2 + a1 * a1 + m0 * 67108793 + m1 * 267386879
  const m2 = (t * 268238845) & 268435455
  t = (t + m2 * 268413611) >> 28
  t += d0 * a3 + d1 * a2 + m0 * 268430101 + m1 * 67108793 + m2 * 267386879
  const m3 = (t * 268238845) & 268435455
  t = (t + m3 * 268413611) >> 28
  t += d0 * a4 + d1 * a3 + a2 * a2 + m0 * 103030443 + m1 * 268430101 + m2 * 67108793 + m3 * 267386879
  const m4 = (t * 268238845) & 268435455
  t = (t + m4 * 268413611) >> 28
  t += d0 * a5 + d1 * a4 + d2 * a3 + m0 * 168782607 + m1 * 103030443 + m2 * 268430101 + m3 * 67108793 + m4 * 267386879
  const m5 = (t * 268238845) & 268435455
  t = (t + m5 * 268413611) >> 28
  t += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + m0 * 258420946 + m1 * 168782607 + m2 * 103030443 + m3 * 268430101 + m4 * 67108793 + m5 * 267386879
  const m6 = (t * 268238845) & 268435455
  t = (t + m6 * 268413611) >> 28
  t += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + m0 * 255349035 + m1 * 258420946 + m2 * 168782607 + m3 * 103030443 + m4 * 268430101 + m5 * 67108793 + m6 * 267386879
  const m7 = (t * 268238845) & 268435455
  t = (t + m7 * 268413611) >> 28
  t += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + m0 * 74926980 + m1 * 255349035 + m2 * 258420946 + m3 * 168782607 + m4 * 103030443 + m5 * 268430101 + m6 * 67108793 + m7 * 267386879
  const m8 = (t * 268238845) & 268435455
  t = (t + m8 * 268413611) >> 28
  t += d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + m0 * 79351158 + m1 * 74926980 + m2 * 255349035 + m3 * 258420946 + m4 * 168782607 + m5 * 103030443 + m6 * 268430101 + m7 * 67108793 + m8 * 267386879
  const m9 = (t * 268238845) & 268435455
  t = (t + m9 * 268413611) >> 28
  t += d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + m0 * 195540547 + m1 * 79351158 + m2 * 74926980 + m3 * 255349035 + m4 * 258420946 + m5 * 168782607 + m6 * 103030443 + m7 * 268430101 + m8 * 67108793 + m9 * 267386879
  const m10 = (t * 268238845) & 268435455
  t = (t + m10 * 268413611) >> 28
  t += d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 + m0 * 241804465 + m1 * 195540547 + m2 * 79351158 + m3 * 74926980 + m4 * 255349035 + m5 * 258420946 + m6 * 168782607 + m7 * 103030443 + m8 * 268430101 + m9 * 67108793 + m10 * 267386879
  const m11 = (t * 268238845) & 268435455
  t = (t + m11 * 268413611) >> 28
  t += d0 * a12 + d1 * a11 + d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 + m0 * 32127359 + m1 * 241804465 + m2 * 195540547 + m3 * 79351158 + m4 * 74926980 + m5 * 255349035 + m6 * 258420946 + m7 * 168782607 + m8 * 103030443 + m9 * 268430101 + m10 * 67108793 + m11 * 267386879
  const m12 = (t * 268238845) & 268435455
  t = (t + m12 * 268413611) >> 28
  t += d0 * a13 + d1 * a12 + d2 * a11 + d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7 + m0 * 106513 + m1 * 32127359 + m2 * 241804465 + m3 * 195540547 + m4 * 79351158 + m5 * 74926980 + m6 * 255349035 + m7 * 258420946 + m8 * 168782607 + m9 * 103030443 + m10 * 268430101 + m11 * 67108793 + m12 * 267386879
  const m13 = (t * 268238845) & 268435455
  t = (t + m13 * 268413611) >> 28
  t += d1 * a13 + d2 * a12 + d3 * a11 + d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7 + m1 * 106513 + m2 * 32127359 + m3 * 241804465 + m4 * 195540547 + m5 * 79351158 + m6 * 74926980 + m7 * 255349035 + m8 * 258420946 + m9 * 168782607 + m10 * 103030443 + m11 * 268430101 + m12 * 67108793 + m13 * 267386879
  store<i32>(z, i32(t) & 268435455, 0)
  t >>= 28
  t += d2 * a13 + d3 * a12 + d4 * a11 + d5 * a10 + d6 * a9 + d7 * a8 + m2 * 106513 + m3 * 32127359 + m4 * 241804465 + m5 * 195540547 + m6 * 79351158 + m7 * 74926980 + m8 * 255349035 + m9 * 258420946 + m10 * 168782607 + m11 * 103030443 + m12 * 268430101 + m13 * 67108793
  store<i32>(z, i32(t) & 268435455, 4)
  t >>= 28
  t += d3 * a13 + d4 * a12 + d5 * a11 + d6 * a10 + d7 * a9 + a8 * a8 + m3 * 106513 + m4 * 32127359 + m5 * 241804465 + m6 * 195540547 + m7 * 79351158 + m8 * 74926980 + m9 * 255349035 + m10 * 258420946 + m11 * 168782607 + m12 * 103030443 + m13 * 268430101
  store<i32>(z, i32(t) & 268435455, 8)
  t >>= 28
  t += d4 * a13 + d5 * a12 + d6 * a11 + d7 * a10 + d8 * a9 + m4 * 106513 + m5 * 32127359 + m6 * 241804465 + m7 * 195540547 + m8 * 79351158 + m9 * 74926980 + m10 * 255349035 + m11 * 258420946 + m12 * 168782607 + m13 * 103030443
  store<i32>(z, i32(t) & 268435455, 12)
  t >>= 28
  t += d5 * a13 + d6 * a12 + d7 * a11 + d8 * a10 + a9 * a9 + m5 * 106513 + m6 * 32127359 + m7 * 241804465 + m8 * 195540547 + m9 * 79351158 + m10 * 74926980 + m11 * 255349035 + m12 * 258420946 + m13 * 168782607
  store<i32>(z, i32(t) & 268435455, 16)
  t >>= 28
  t += d6 * a13 + d7 * a12 + d8 * a11 + d9 * a10 + m6 * 106513 + m7 * 32127359 + m8 * 241804465 + m9 * 195540547 + m10 * 79351158 + m11 * 74926980 + m12 * 255349035 + m13 * 258420946
  store<i32>(z, i32(t) & 268435455, 20)
  t >>= 28
  t += d7 * a13 + d8 * a12 + d9 * a11 + a10 * a10 + m7 * 106513 + m8 * 32127359 + m9 * 241804465 + m10 * 195540547 + m11 * 79351158 + m12 * 74926980 + m13 * 255349035
  store<i32>(z, i32(t) & 268435455, 24)
  t >>= 28
  t += d8 * a13 + d9 * a12 + d10 * a11 + m8 * 106513 + m9 * 32127359 + m10 * 241804465 + m11 * 195540547 + m12 * 79351158 + m13 * 74926980
  store<i32>(z, i32(t) & 268435455, 28)
  t >>= 28
  t += d9 * a13 + d10 * a12 + a11 * a11 + m9 * 106513 + m10 * 32127359 + m11 * 241804465 + m12 * 195540547 + m13 * 79351158
  store<i32>(z, i32(t) & 268435455, 32)
  t >>= 28
  t += d10 * a13 + d11 * a12 + m10 * 106513 + m11 * 32127359 + m12 * 241804465 + m13 * 195540547
  store<i32>(z, i32(t) & 268435455, 36)
  t >>= 28
  t += d11 * a13 + a12 * a12 + m11 * 106513 + m12 * 32127359 + m13 * 241804465
  store<i32>(z, i32(t) & 268435455, 40)
  t >>= 28
  t += d12 * a13 + m12 * 106513 + m13 * 32127359
  store<i32>(z, i32(t) & 268435455, 44)
  t >>= 28
  t += a13 * a13 + m13 * 106513
  store<i32>(z, i32(t) & 268435455, 48)
  t >>= 28
  store<i32>(z, i32(t), 52)
}
/** z = x + y, limbs carried. z may be x or y. */
export function addBls(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) + load<i32>(y)
  store<i32>(z, t & 268435455, 0)
  t = (t >> 28) + load<i32>(x, 4) + load<i32>(y, 4)
  store<i32>(z, t & 268435455, 4)
  t = (t >> 28) + load<i32>(x, 8) + load<i32>(y, 8)
  store<i32>(z, t & 268435455, 8)
  t = (t >> 28) + load<i32>(x, 12) + load<i32>(y, 12)
  store<i32>(z, t & 268435455, 12)
  t = (t >> 28) + load<i32>(x, 16) + load<i32>(y, 16)
  store<i32>(z, t & 268435455, 16)
  t = (t >> 28) + load<i32>(x, 20) + load<i32>(y, 20)
  store<i32>(z, t & 268435455, 20)
  t = (t >> 28) + load<i32>(x, 24) + load<i32>(y, 24)
  store<i32>(z, t & 268435455, 24)
  t = (t >> 28) + load<i32>(x, 28) + load<i32>(y, 28)
  store<i32>(z, t & 268435455, 28)
  t = (t >> 28) + load<i32>(x, 32) + load<i32>(y, 32)
  store<i32>(z, t & 268435455, 32)
  t = (t >> 28) + load<i32>(x, 36) + load<i32>(y, 36)
  store<i32>(z, t & 268435455, 36)
  t = (t >> 28) + load<i32>(x, 40) + load<i32>(y, 40)
  store<i32>(z, t & 268435455, 40)
  t = (t >> 28) + load<i32>(x, 44) + load<i32>(y, 44)
  store<i32>(z, t & 268435455, 44)
  t = (t >> 28) + load<i32>(x, 48) + load<i32>(y, 48)
  store<i32>(z, t & 268435455, 48)
  t = (t >> 28) + load<i32>(x, 52) + load<i32>(y, 52)
  store<i32>(z, t, 52)
}
/** z = x + y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function addLazyBls(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) + load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) + load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) + load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) + load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) + load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) + load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) + load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) + load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) + load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) + load<i32>(y, 36), 36)
  store<i32>(z, load<i32>(x, 40) + load<i32>(y, 40), 40)
  store<i32>(z, load<i32>(x, 44) + load<i32>(y, 44), 44)
  store<i32>(z, load<i32>(x, 48) + load<i32>(y, 48), 48)
  store<i32>(z, load<i32>(x, 52) + load<i32>(y, 52), 52)
}
/** z = x - y, limbs carried. z may be x or y. */
export function subBls(z: usize, x: usize, y: usize): void {
  let t = load<i32>(x) - load<i32>(y)
  store<i32>(z, t & 268435455, 0)
  t = (t >> 28) + load<i32>(x, 4) - load<i32>(y, 4)
  store<i32>(z, t & 268435455, 4)
  t = (t >> 28) + load<i32>(x, 8) - load<i32>(y, 8)
  store<i32>(z, t & 268435455, 8)
  t = (t >> 28) + load<i32>(x, 12) - load<i32>(y, 12)
  store<i32>(z, t & 268435455, 12)
  t = (t >> 28) + load<i32>(x, 16) - load<i32>(y, 16)
  store<i32>(z, t & 268435455, 16)
  t = (t >> 28) + load<i32>(x, 20) - load<i32>(y, 20)
  store<i32>(z, t & 268435455, 20)
  t = (t >> 28) + load<i32>(x, 24) - load<i32>(y, 24)
  store<i32>(z, t & 268435455, 24)
  t = (t >> 28) + load<i32>(x, 28) - load<i32>(y, 28)
  store<i32>(z, t & 268435455, 28)
  t = (t >> 28) + load<i32>(x, 32) - load<i32>(y, 32)
  store<i32>(z, t & 268435455, 32)
  t = (t >> 28) + load<i32>(x, 36) - load<i32>(y, 36)
  store<i32>(z, t & 268435455, 36)
  t = (t >> 28) + load<i32>(x, 40) - load<i32>(y, 40)
  store<i32>(z, t & 268435455, 40)
  t = (t >> 28) + load<i32>(x, 44) - load<i32>(y, 44)
  store<i32>(z, t & 268435455, 44)
  t = (t >> 28) + load<i32>(x, 48) - load<i32>(y, 48)
  store<i32>(z, t & 268435455, 48)
  t = (t >> 28) + load<i32>(x, 52) - load<i32>(y, 52)
  store<i32>(z, t, 52)
}
/** z = x - y, limb by limb: for a factor of a product only, whose other factor has seen no more than this either. */
export function subLazyBls(z: usize, x: usize, y: usize): void {
  store<i32>(z, load<i32>(x, 0) - load<i32>(y, 0), 0)
  store<i32>(z, load<i32>(x, 4) - load<i32>(y, 4), 4)
  store<i32>(z, load<i32>(x, 8) - load<i32>(y, 8), 8)
  store<i32>(z, load<i32>(x, 12) - load<i32>(y, 12), 12)
  store<i32>(z, load<i32>(x, 16) - load<i32>(y, 16), 16)
  store<i32>(z, load<i32>(x, 20) - load<i32>(y, 20), 20)
  store<i32>(z, load<i32>(x, 24) - load<i32>(y, 24), 24)
  store<i32>(z, load<i32>(x, 28) - load<i32>(y, 28), 28)
  store<i32>(z, load<i32>(x, 32) - load<i32>(y, 32), 32)
  store<i32>(z, load<i32>(x, 36) - load<i32>(y, 36), 36)
  store<i32>(z, load<i32>(x, 40) - load<i32>(y, 40), 40)
  store<i32>(z, load<i32>(x, 44) - load<i32>(y, 44), 44)
  store<i32>(z, load<i32>(x, 48) - load<i32>(y, 48), 48)
  store<i32>(z, load<i32>(x, 52) - load<i32>(y, 52), 52)
}
/** Brings z, which may be hundreds of times the prime, next to 0..p. */
export function reduceBls(z: usize): void {
  const q = (i64(load<i32>(z, 52)) * 10322781) >> 40
  if (q == 0) return
  let t = i64(load<i32>(z)) - q * 268413611
  store<i32>(z, i32(t) & 268435455, 0)
  t = (t >> 28) + i64(load<i32>(z, 4)) - q * 267386879
  store<i32>(z, i32(t) & 268435455, 4)
  t = (t >> 28) + i64(load<i32>(z, 8)) - q * 67108793
  store<i32>(z, i32(t) & 268435455, 8)
  t = (t >> 28) + i64(load<i32>(z, 12)) - q * 268430101
  store<i32>(z, i32(t) & 268435455, 12)
  t = (t >> 28) + i64(load<i32>(z, 16)) - q * 103030443
  store<i32>(z, i32(t) & 268435455, 16)
  t = (t >> 28) + i64(load<i32>(z, 20)) - q * 168782607
  store<i32>(z, i32(t) & 268435455, 20)
  t = (t >> 28) + i64(load<i32>(z, 24)) - q * 258420946
  store<i32>(z, i32(t) & 268435455, 24)
  t = (t >> 28) + i64(load<i32>(z, 28)) - q * 255349035
  store<i32>(z, i32(t) & 268435455, 28)
  t = (t >> 28) + i64(load<i32>(z, 32)) - q * 74926980
  store<i32>(z, i32(t) & 268435455, 32)
  t = (t >> 28) + i64(load<i32>(z, 36)) - q * 79351158
  store<i32>(z, i32(t) & 268435455, 36)
  t = (t >> 28) + i64(load<i32>(z, 40)) - q * 195540547
  store<i32>(z, i32(t) & 268435455, 40)
  t = (t >> 28) + i64(load<i32>(z, 44)) - q * 241804465
  store<i32>(z, i32(t) & 268435455, 44)
  t = (t >> 28) + i64(load<i32>(z, 48)) - q * 32127359
  store<i32>(z, i32(t) & 268435455, 48)
  t = (t >> 28) + i64(load<i32>(z, 52)) - q * 106513
  store<i32>(z, i32(t), 52)
}
/** The prime. */
export const PRIME_Bls: usize = memory.data<i32>([268413611, 267386879, 67108793, 268430101, 103030443, 168782607, 258420946, 255349035, 74926980, 79351158, 195540547, 241804465, 32127359, 106513])
/** 1. */
export const ONE_Bls: usize = memory.data<i32>([55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394])
/** R², which brings a number into Montgomery form. */
export const R2_Bls: usize = memory.data<i32>([17002733, 114410309, 237256034, 247749715, 61986394, 9646461, 189740704, 97992840, 202435186, 140890392, 120719989, 265669968, 214476633, 51412])
/** p - 2, big-endian: the exponent of the inverse. */
export const INVERSE_Bls: usize = memory.data<u8>([26, 1, 17, 234, 57, 127, 230, 154, 75, 27, 167, 182, 67, 75, 172, 215, 100, 119, 75, 132, 243, 133, 18, 191, 103, 48, 210, 160, 246, 176, 246, 36, 30, 171, 255, 254, 177, 83, 255, 255, 185, 254, 255, 255, 255, 255, 170, 169])

// Bn: towers over Fp2 with v³ = 9 + u
/** (9 + u or 1 + u)^((p^1 - 1) / 3) */
export const FROBENIUS6_1_1_Bn: usize = memory.data<i32>([112016114, 96434907, 7574608, 118387224, 18112468, 2400954, 44201707, 51594353, 23003844, 1477, 79957356, 124908980, 91577225, 1857545, 95538849, 58225648, 98013951, 15283161, 98572694, 1429])
/** the same, squared */
export const FROBENIUS6_2_1_Bn: usize = memory.data<i32>([3817797, 91621203, 60166385, 81883263, 58066899, 117242556, 125236395, 69894884, 104721420, 1080, 120633025, 119733088, 57126142, 16940085, 27601004, 9205043, 24320627, 8813524, 123953399, 1258])
/** the same to the (p^1 - 1) / 6 */
export const FROBENIUS12_1_Bn: usize = memory.data<i32>([50224438, 7173795, 69548555, 126312739, 65162614, 55822059, 77200809, 21302871, 57847271, 1418, 44725846, 124943823, 1587674, 60464930, 80824193, 127357741, 21123299, 54067670, 100062938, 661])
/** (9 + u or 1 + u)^((p^2 - 1) / 3) */
export const FROBENIUS6_1_2_Bn: usize = memory.data<i32>([87796222, 10104458, 27205570, 111223082, 93799387, 56107105, 20704803, 73947579, 39958392, 1182, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same, squared */
export const FROBENIUS6_2_2_Bn: usize = memory.data<i32>([15827911, 70856672, 92459580, 1145400, 114728039, 116376125, 55366030, 55054523, 39293788, 647, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same to the (p^2 - 1) / 6 */
export const FROBENIUS12_2_Bn: usize = memory.data<i32>([126581120, 131617530, 27746995, 87505408, 117627823, 101924978, 46612446, 105181330, 32956292, 901, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** (9 + u or 1 + u)^((p^3 - 1) / 3) */
export const FROBENIUS6_1_3_Bn: usize = memory.data<i32>([133236438, 118900272, 100828130, 129310960, 113069326, 106926881, 26817138, 83804992, 101694691, 199, 47316326, 85979726, 88179871, 95711342, 71946792, 123446925, 82046181, 117120347, 25446010, 451])
/** the same, squared */
export const FROBENIUS6_2_3_Bn: usize = memory.data<i32>([123196440, 38705640, 33577876, 36038192, 68857709, 55210600, 98754407, 28190977, 92612140, 775, 66600163, 98982708, 61831946, 64045823, 50716469, 76838903, 20892982, 75410752, 129605988, 988])
/** the same to the (p^3 - 1) / 6 */
export const FROBENIUS12_3_Bn: usize = memory.data<i32>([16599955, 32734023, 133402969, 67015357, 82325693, 15148840, 39653411, 118088369, 24993830, 938, 28936883, 38572062, 48425766, 91517450, 26567455, 127650155, 79162761, 71040413, 14084049, 845])
/** b of the twist */
export const TWIST_B_Bn: usize = memory.data<i32>([122520634, 73446195, 24370920, 124812368, 95511900, 84361541, 46160540, 68705835, 92490206, 851, 5850401, 89411899, 19334308, 80121651, 28995671, 67165644, 96265003, 126125179, 89514567, 765])
/** b of the curve */
export const B_Bn: usize = memory.data<i32>([124545997, 30142507, 121830854, 17497786, 35405714, 87319268, 45483679, 119719379, 51243781, 705])
/** 1/2 */
export const HALF_Bn: usize = memory.data<i32>([27583752, 61904147, 120477289, 76791971, 42943488, 39883449, 47823435, 41635001, 1640167, 1408])

// Bls: towers over Fp2 with v³ = 1 + u
/** (9 + u or 1 + u)^((p^1 - 1) / 3) */
export const FROBENIUS6_1_1_Bls: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 37886809, 200165479, 30609410, 74842500, 80498822, 209116160, 179210523, 180816594, 266565572, 239503032, 99423592, 150315392, 2841631, 53668])
/** the same, squared */
export const FROBENIUS6_2_1_Bls: usize = memory.data<i32>([92936209, 158222439, 30785820, 88336470, 20865894, 78707857, 182841275, 141034000, 160699143, 258998889, 184741623, 151546876, 109402393, 76062, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same to the (p^1 - 1) / 6 */
export const FROBENIUS12_1_Bls: usize = memory.data<i32>([166836792, 248851249, 51584792, 154304858, 56352319, 130327775, 208630885, 40286156, 44881151, 212744589, 37992072, 174141729, 120403823, 7230, 101576819, 18535630, 15524001, 114125243, 46678124, 38454832, 49790061, 215062879, 30045829, 135042025, 157548474, 67662736, 180158992, 99282])
/** (9 + u or 1 + u)^((p^2 - 1) / 3) */
export const FROBENIUS6_1_2_Bls: usize = memory.data<i32>([175477402, 109164440, 36322973, 180093631, 82164549, 90074750, 75579671, 114315035, 182663293, 88787724, 10798923, 90257589, 191160422, 30450, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same, squared */
export const FROBENIUS6_2_2_Bls: usize = memory.data<i32>([37886809, 200165479, 30609410, 74842500, 80498822, 209116160, 179210523, 180816594, 266565572, 239503032, 99423592, 150315392, 2841631, 53668, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same to the (p^2 - 1) / 6 */
export const FROBENIUS12_2_Bls: usize = memory.data<i32>([230526802, 67221400, 36499383, 193587601, 22531621, 228101903, 79210422, 74532441, 76796864, 108283581, 96116954, 91489073, 29285728, 52845, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** (9 + u or 1 + u)^((p^3 - 1) / 3) */
export const FROBENIUS6_1_3_Bls: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394])
/** the same, squared */
export const FROBENIUS6_2_3_Bls: usize = memory.data<i32>([213364211, 40894463, 66932384, 254936131, 162663371, 30755454, 254790195, 26696173, 180793410, 59855301, 110222516, 240572981, 194002053, 84118, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** the same to the (p^3 - 1) / 6 */
export const FROBENIUS12_3_Bls: usize = memory.data<i32>([214006660, 214293077, 25386471, 65136247, 165981745, 163160186, 224798039, 192878999, 119325914, 174489490, 105977342, 77805324, 240874602, 53613, 54406951, 53093802, 41722322, 203293854, 205484154, 5622420, 33622907, 62470036, 224036522, 173297123, 89563204, 163999141, 59688213, 52899])
/** b of the twist */
export const TWIST_B_Bls: usize = memory.data<i32>([220197600, 100663296, 705639, 53975880, 29903744, 15237699, 14523006, 109305080, 113405195, 77983426, 72836668, 4925937, 157807592, 89577, 220197600, 100663296, 705639, 53975880, 29903744, 15237699, 14523006, 109305080, 113405195, 77983426, 72836668, 4925937, 157807592, 89577])
/** b of the curve */
export const B_Bls: usize = memory.data<i32>([220197600, 100663296, 705639, 53975880, 29903744, 15237699, 14523006, 109305080, 113405195, 77983426, 72836668, 4925937, 157807592, 89577])
/** 1/2 */
export const HALF_Bls: usize = memory.data<i32>([27524700, 247463936, 88204, 6746985, 104401264, 203231304, 1815375, 114326431, 81284513, 143965656, 42659015, 615742, 53280381, 11197])
/** what brings x of the twist through the Frobenius map */
export const CHAR_X_Bn: usize = memory.data<i32>([112016114, 96434907, 7574608, 118387224, 18112468, 2400954, 44201707, 51594353, 23003844, 1477, 79957356, 124908980, 91577225, 1857545, 95538849, 58225648, 98013951, 15283161, 98572694, 1429])
/** the same for y */
export const CHAR_Y_Bn: usize = memory.data<i32>([120535373, 112542813, 67484966, 26887087, 113349245, 84300018, 60676145, 38353919, 124673311, 1164, 96146443, 66475562, 20342970, 112732118, 28661214, 119982181, 68432172, 54858792, 17470674, 1193])

// P-256
/** b */
export const B_P256: usize = memory.data<i32>([125302540, 51465765, 14195935, 59409938, 62920498, 9923414, 34258802, 6820580, 125316562, 48])
/** the generator */
export const GENERATOR_P256: usize = memory.data<i32>([84870692, 111199560, 24766256, 15447744, 116021233, 17991738, 120764278, 59556566, 95384021, 763, 92447068, 46036138, 81654355, 110443659, 86696848, 16356037, 6852050, 51026673, 103464471, 4088, 16384, 0, 0, 0, 134217724, 134217727, 134217727, 134086655, 4194303, 0])

// BLS12-381: maps to the curves, RFC 9380
/** A' */
export const SWU_A_G1: usize = memory.data<i32>([99613541, 129034671, 46360716, 48430056, 252263392, 82144142, 85854620, 36348647, 196602411, 83989741, 183410443, 68357725, 61609394, 104290])
/** B' */
export const SWU_B_G1: usize = memory.data<i32>([45561152, 177676258, 225447193, 188412402, 194182718, 168745091, 41626475, 67767323, 5562981, 248851170, 200722815, 206797500, 112405054, 8126])
/** Z */
export const SWU_Z_G1: usize = memory.data<i32>([68716178, 77594626, 136158376, 148444379, 211718728, 106991641, 59967285, 125435218, 27792597, 55752106, 10546335, 66808308, 34171838, 33312])
/** A' */
export const SWU_A_G2: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 59610906, 186646577, 176559590, 17595065, 132363380, 259759801, 29928551, 233303949, 105172660, 174576759, 230317308, 16493013, 77459302, 48999])
/** B' */
export const SWU_B_G2: usize = memory.data<i32>([148484548, 188743887, 178541602, 235260047, 218707778, 17044373, 160251943, 95299773, 190528044, 223006769, 58530266, 181145667, 96759393, 82348, 148484548, 188743887, 178541602, 235260047, 218707778, 17044373, 160251943, 95299773, 190528044, 223006769, 58530266, 181145667, 96759393, 82348])
/** Z */
export const SWU_Z_G2: usize = memory.data<i32>([158314811, 82837503, 66755974, 241442161, 222296299, 161163757, 251159443, 66478767, 18224383, 40359445, 24904485, 239341497, 87441291, 61724, 213364211, 40894463, 66932384, 254936131, 162663371, 30755454, 254790195, 26696173, 180793410, 59855301, 110222516, 240572981, 194002053, 84118])
/** 11-isogeny: 12, 11, 16, 16 coefficients from the constant upwards */
export const ISOGENY_G1: usize = memory.data<i32>([3196557, 16726768, 244082031, 159417738, 193679445, 84654401, 71863479, 90634235, 259060666, 185848862, 193241690, 210949099, 94118727, 38382, 198478569, 212043213, 44735591, 64102620, 41956744, 153417486, 247969998, 204757495, 63423351, 30300034, 163230186, 139966267, 24643595, 29471, 192847933, 169059456, 80132408, 201876807, 112177757, 109577207, 120980257, 153086188, 244135783, 113442554, 110986233, 103678011, 51182300, 105584, 123136891, 184715023, 69300328, 50825572, 259946961, 179398443, 206639569, 243695219, 257669350, 13617975, 180967609, 28532326, 1303209, 54195, 124623413, 226803050, 226863988, 145492205, 13318896, 190500466, 151062916, 166806552, 183534523, 216078131, 256313962, 156893627, 63867317, 96878, 108552537, 143535939, 62763228, 163455351, 219409808, 13027730, 108039119, 117857950, 74024634, 230903982, 96903150, 125854827, 109784865, 72602, 6967833, 173839668, 199841092, 111433438, 200316003, 99855381, 138643537, 214699229, 117715937, 51787885, 181782494, 255757280, 211058298, 87009, 113572665, 72650992, 159486259, 177140993, 109562232, 66726437, 93780581, 181265080, 165892576, 235464164, 105045131, 158862084, 120654424, 86136, 97542197, 174827405, 7733496, 162127481, 13940622, 244556519, 40845351, 211921679, 72490050, 86447184, 38854614, 79229714, 64689711, 49953, 93325025, 33913855, 213002068, 183388904, 32172344, 60905538, 165281507, 40216581, 83879938, 205190325, 91363978, 183463848, 96970732, 106119, 154868804, 156755933, 58062056, 222848230, 262681415, 102098281, 213513233, 267866563, 127292989, 137052744, 173373796, 72298755, 137064327, 31354, 231155034, 29689432, 198554888, 264104804, 157663481, 14882345, 165523303, 230941487, 145404027, 55360148, 220237715, 100492525, 100984201, 104057, 16620113, 181895131, 262192368, 16780684, 80812728, 19201164, 152034266, 47518896, 95725008, 193264706, 54847470, 178021293, 61784466, 80328, 115114896, 245611088, 124401927, 11521965, 71907850, 245623361, 183109854, 91327350, 143819460, 128195616, 204036068, 199974088, 230394361, 78563, 2008697, 91907146, 267436356, 215573524, 256135480, 226114591, 13317477, 259551547, 37237456, 96965688, 110743584, 179509235, 252874162, 29212, 153829573, 131143719, 16520112, 151087471, 31150646, 84205426, 58352611, 191630999, 45129647, 43398515, 156219322, 162980837, 33703381, 31042, 189146474, 41608876, 136285580, 53800423, 28640919, 24636412, 264672841, 193536222, 127870385, 19626283, 188149785, 88633817, 7234515, 18125, 70197226, 209857745, 95751581, 69816627, 16409612, 176547259, 55610587, 119467723, 42761905, 118459025, 48749095, 125729035, 259178946, 98200, 40384898, 251729179, 28571003, 106835281, 201067308, 221470070, 231142023, 77971282, 265266331, 63058840, 94404423, 34477703, 144199026, 45006, 118901768, 252135303, 15771820, 13799862, 57081253, 228328993, 151794424, 212951649, 4613535, 242746731, 47951320, 40797613, 191232184, 1812, 54415918, 122960321, 128400424, 61930322, 217268700, 51643328, 241661203, 88995720, 128830379, 73698983, 248176317, 244961858, 147763398, 80615, 217843395, 213686202, 113298304, 121277672, 261098351, 4049916, 147369835, 120753288, 163541024, 115883285, 175666510, 16557676, 159505011, 65936, 55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394, 60647125, 998952, 57101981, 92676053, 183097586, 243721334, 184743366, 191649493, 25558028, 4699177, 153332352, 231463458, 231551119, 88019, 40604723, 197524052, 209237484, 214757826, 41297951, 214262488, 191609804, 51114965, 70832007, 103913143, 103563370, 148226736, 75833039, 95226, 221744916, 6890149, 243091826, 239527452, 160301699, 74934465, 67387705, 75950436, 90655773, 49844593, 183215110, 125183225, 204978492, 58275, 266604591, 118053882, 185039818, 175065781, 183426069, 175524045, 237559830, 26893939, 592448, 47525596, 49180638, 201734290, 140883757, 34093, 173839434, 139231224, 117269079, 238679002, 258291828, 54481524, 3847893, 26807840, 128751853, 21613864, 33979304, 248409874, 189364363, 73677, 197341775, 30609681, 226667107, 257896116, 83035132, 102583050, 84213031, 46154812, 166066762, 255015647, 26191645, 124107905, 109790105, 64688, 133364369, 201002362, 102333107, 136216335, 84222577, 102057019, 15940749, 95957203, 183612793, 230679495, 78255664, 204806068, 105813093, 101516, 82868530, 267857788, 143765724, 152047816, 172071770, 203989180, 78581575, 33662148, 71520045, 259864398, 235866886, 266411537, 149592676, 68515, 228763922, 255345888, 171165776, 172333046, 240126873, 64666818, 99350563, 134429555, 11603137, 166551636, 56107219, 165584048, 261685127, 97344, 48372144, 183174081, 169314252, 263470728, 201316789, 987218, 160942407, 3066674, 253895798, 245729126, 69880869, 162376047, 120367602, 7113, 23690008, 118270111, 206518298, 17409108, 34310262, 192064660, 137962998, 66306621, 10327545, 153633859, 214478561, 40718866, 56178037, 94670, 172321870, 223936696, 163887970, 247690572, 233060783, 21918092, 204056823, 47094538, 160489559, 220948661, 126388609, 221209102, 234186611, 22656, 103227349, 50331764, 217438045, 165442743, 173728146, 94285220, 158770164, 243980240, 91349526, 160409466, 247416749, 166475488, 194374065, 77591, 106195527, 158028685, 104505035, 27055430, 207487810, 83761508, 152141961, 16445590, 64784304, 37694584, 239120293, 148404950, 225978435, 45756, 8908918, 45397732, 227546537, 164604175, 256309983, 63096374, 257304422, 117179841, 93410756, 145156870, 106949146, 12376536, 176792606, 43007, 143016309, 75241433, 36352817, 24006120, 104301095, 206372947, 130690819, 159086298, 109705800, 55528932, 144456504, 187414476, 224850851, 77240, 88961331, 164222078, 23136150, 145322152, 93362219, 206946951, 192269537, 1608077, 41056840, 245230733, 109470201, 43248579, 161960988, 86686, 99438626, 224720211, 17927046, 122024693, 146074507, 15687452, 239857169, 75600156, 18649257, 135776958, 163675866, 140087379, 9753869, 38067, 738981, 209116999, 54669455, 94085325, 247372117, 34252445, 193167486, 194715877, 123625818, 21472907, 93298272, 252469275, 29961501, 35159, 98250867, 167703479, 188751910, 123015603, 234457346, 146021852, 133649668, 55807156, 115970883, 242000997, 118984778, 82520859, 96451408, 52386, 133984413, 195226150, 50347261, 29972084, 89445859, 254823012, 193363495, 244656706, 121075571, 149863385, 146749922, 13614167, 216004633, 104061, 98996876, 86965995, 190177175, 145054600, 144514802, 25632762, 144447777, 139751674, 81954611, 121678467, 247224595, 256488638, 155879547, 81273, 236516311, 147764730, 217103454, 11702844, 148381697, 200156880, 76230206, 104950560, 34679049, 23606391, 230754169, 35333381, 148220995, 13580, 202332885, 119596472, 87057632, 157657298, 128380984, 133057423, 137733339, 182543685, 249435819, 86298959, 65352250, 221449028, 188175104, 102111, 84190415, 68759239, 144156391, 179699087, 17147120, 51285395, 61143703, 141902455, 257519439, 140850512, 132645063, 78369460, 166911628, 21086, 114765269, 168641695, 103850543, 97918370, 145907985, 265404023, 70972033, 160176912, 226780184, 147412085, 244109197, 213569030, 218493705, 33977, 227765831, 12134495, 226231018, 176588006, 113997425, 264277429, 250914139, 177728804, 68137448, 154148506, 160583181, 238101691, 211457864, 40218, 144186055, 76982211, 258105, 15508688, 190398383, 166877940, 175385256, 127044599, 80948365, 209033440, 102217782, 258418217, 265595404, 50058, 85046362, 2880116, 156521033, 6777996, 77001461, 208616149, 23121026, 176708011, 131589608, 133629424, 226462239, 65921021, 81572335, 38351, 127914431, 24562197, 257274896, 160546641, 73474134, 28229610, 202933685, 7092296, 182156765, 229947889, 147057869, 49353687, 252694805, 61617, 58340559, 52618136, 2175332, 47701458, 205914577, 55901299, 226062007, 53455414, 73630318, 268367077, 31511763, 172369738, 88976108, 45648, 55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394])
/** 3-isogeny: 4, 3, 4, 4 coefficients from the constant upwards */
export const ISOGENY_G2: usize = memory.data<i32>([10357867, 51147214, 222198833, 8436616, 219413251, 230618783, 243490820, 197686874, 201495148, 203429128, 76270746, 55210935, 122174077, 105519, 10357867, 51147214, 222198833, 8436616, 219413251, 230618783, 243490820, 197686874, 201495148, 203429128, 76270746, 55210935, 122174077, 105519, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 211100978, 200627540, 44268769, 232447966, 227708103, 12884786, 162598627, 186841122, 153304827, 90390306, 171281071, 68440533, 95170149, 11290, 162863122, 32855381, 44974409, 17988390, 257611848, 28122485, 177121633, 27710746, 266710023, 168373732, 244117739, 73366470, 252977741, 100867, 105550489, 234531498, 22134384, 250441711, 113854051, 140660121, 81299313, 227638289, 76652413, 179412881, 219858263, 168437994, 47585074, 5645, 125409111, 203540252, 126780749, 90974840, 229570225, 198582950, 233449094, 197092610, 59689325, 165554830, 118113418, 194124969, 59514779, 61662, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 62625520, 50331633, 255732827, 102090307, 36477884, 10324030, 115224653, 239044942, 231280001, 134352312, 206975991, 22108196, 89420206, 91813, 123765578, 35651586, 136334786, 161938349, 152085800, 245018794, 63598036, 85652624, 190361624, 75247962, 95864366, 68039792, 140732600, 55706, 144648033, 231735293, 199209463, 106491751, 219380099, 192199268, 194822909, 169696411, 153000812, 4103195, 99676181, 173764673, 159830215, 50806, 55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 211052686, 80235487, 149073501, 256556361, 227730204, 38497796, 195043901, 26544460, 185634385, 133795776, 155677448, 78883193, 159544542, 47765, 211052686, 80235487, 149073501, 256556361, 227730204, 38497796, 195043901, 26544460, 185634385, 133795776, 155677448, 78883193, 159544542, 47765, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 31240322, 247230921, 16638054, 221425475, 18272093, 177799258, 106280237, 13295206, 164134337, 132284361, 80082561, 160935816, 141271692, 100619, 52764322, 116741461, 44621589, 259435906, 108442247, 20503636, 169860130, 107275934, 210007425, 129382019, 73481677, 70903502, 39856217, 56079, 215649289, 150645418, 22487204, 8994195, 263023652, 148278970, 88560816, 148073101, 133355011, 218404594, 122058869, 170900963, 260706598, 50433, 137146652, 110760694, 69587833, 238108724, 226255528, 169023522, 8323950, 198375779, 94557703, 150222413, 204766013, 105371650, 80349345, 14950, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 107426889, 38797223, 125111169, 75697709, 240585998, 23337511, 204549553, 157524474, 207738738, 140922629, 264153212, 265804131, 107448980, 18314, 107426889, 38797223, 125111169, 75697709, 240585998, 23337511, 204549553, 157524474, 207738738, 140922629, 264153212, 265804131, 107448980, 18314, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 187920250, 153092051, 96109981, 37846177, 171808221, 230277787, 97267521, 206436755, 7115131, 244354622, 229846879, 119586570, 204005898, 62413, 185648367, 53477379, 70284451, 242907524, 228128700, 99092735, 95397055, 128478936, 17106980, 112871944, 143796549, 102059688, 211098900, 83559, 82765244, 213909500, 265259798, 25522576, 143337199, 69689871, 163023891, 126870099, 57820000, 234914670, 51743997, 139744777, 89463915, 22953, 55049400, 226492416, 176409, 13493970, 208802528, 138027152, 3630751, 228652862, 162569026, 19495856, 85318031, 1231484, 106560762, 22394, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** (p + 1) / 4, big-endian. */
export const SQRT_Bls: usize = memory.data<u8>([6, 128, 68, 122, 142, 95, 249, 166, 146, 198, 233, 237, 144, 210, 235, 53, 217, 29, 210, 225, 60, 225, 68, 175, 217, 204, 52, 168, 61, 172, 61, 137, 7, 170, 255, 255, 172, 84, 255, 255, 238, 127, 191, 255, 255, 255, 234, 171])
/** (p - 3) / 4, big-endian. */
export const SQRT2_Bls: usize = memory.data<u8>([6, 128, 68, 122, 142, 95, 249, 166, 146, 198, 233, 237, 144, 210, 235, 53, 217, 29, 210, 225, 60, 225, 68, 175, 217, 204, 52, 168, 61, 172, 61, 137, 7, 170, 255, 255, 172, 84, 255, 255, 238, 127, 191, 255, 255, 255, 234, 170])
/** (p - 1) / 2, big-endian. */
export const LEGENDRE_Bls: usize = memory.data<u8>([13, 0, 136, 245, 28, 191, 243, 77, 37, 141, 211, 219, 33, 165, 214, 107, 178, 59, 165, 194, 121, 194, 137, 95, 179, 152, 105, 80, 123, 88, 123, 18, 15, 85, 255, 255, 88, 169, 255, 255, 220, 255, 127, 255, 255, 255, 213, 85])
/** psi's factor for x */
export const PSI_X: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 92936209, 158222439, 30785820, 88336470, 20865894, 78707857, 182841275, 141034000, 160699143, 258998889, 184741623, 151546876, 109402393, 76062])
/** psi's factor for y */
export const PSI_Y: usize = memory.data<i32>([214006660, 214293077, 25386471, 65136247, 165981745, 163160186, 224798039, 192878999, 119325914, 174489490, 105977342, 77805324, 240874602, 53613, 54406951, 53093802, 41722322, 203293854, 205484154, 5622420, 33622907, 62470036, 224036522, 173297123, 89563204, 163999141, 59688213, 52899])
/** a cube root of 1: the endomorphism of G1 */
export const BETA_G1: usize = memory.data<i32>([175477402, 109164440, 36322973, 180093631, 82164549, 90074750, 75579671, 114315035, 182663293, 88787724, 10798923, 90257589, 191160422, 30450])
