/** 0x06, 0x07, 0x08: addition, multiplication and pairing check on BN254 (alt_bn128). Source: EIP-196, EIP-197. */
import { alloc, mark as heapMark, release as heapRelease } from "../../actors/sdk/memory"
import { output } from "../precompile"
import { B_Bn, TWIST_B_Bn } from "./curves.generated"
import { addPoints, fromAffine, isInfinity, isOnCurve, multiExp, over, POINT, setInfinity, toAffine } from "./curve"
import { BN, enter, fromBytes, reset, SIZE, take, toBytes } from "./field"
import { isPairingOne } from "./pairing"

/** Order of both groups, big-endian. */
const ORDER: usize = memory.data<u8>([
  0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43,
  0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
])
const INPUT: usize = memory.data(128, 8)

function begin(): void {
  enter(BN)
  over(1)
  reset()
}

/** Input as it would be with zeros without end behind it. */
function padded(input: usize, length: u32, wanted: u32): usize {
  memory.fill(INPUT, 0, wanted)
  memory.copy(INPUT, input, min(length, wanted))
  return INPUT
}

/** Whether `length` bytes, a multiple of 8, are all zero. */
function areZero(bytes: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i += 8) if (load<u64>(bytes + i) != 0) return false
  return true
}

/** Reads 64 bytes. False if they are no point. */
function readG1(p: usize, bytes: usize): bool {
  if (areZero(bytes, 64)) {
    setInfinity(p)
    return true
  }
  if (!fromBytes(p, bytes) || !fromBytes(p + SIZE, bytes + 32)) return false
  if (!isOnCurve(p, B_Bn)) return false
  fromAffine(p, p)
  return true
}

function writeG1(p: usize): void {
  const at = output(64)
  if (isInfinity(p)) {
    memory.fill(at, 0, 64)
    return
  }
  toAffine(p)
  toBytes(at, p)
  toBytes(at + 32, p + SIZE)
}

export function bn254Add(input: usize, length: u32): bool {
  begin()
  const bytes = padded(input, length, 128)
  const p = take(3)
  const q = take(3)
  if (!readG1(p, bytes) || !readG1(q, bytes + 64)) return false
  const r = take(3)
  addPoints(r, p, q)
  writeG1(r)
  return true
}

/** Brings 32 big-endian bytes below the order of the group, in place. */
function reduceScalar(bytes: usize): void {
  while (memory.compare(bytes, ORDER, 32) >= 0) {
    let borrow: i32 = 0
    for (let i: i32 = 31; i >= 0; i--) {
      const d = i32(load<u8>(bytes + i)) - i32(load<u8>(ORDER + i)) - borrow
      store<u8>(bytes + i, u8(d))
      borrow = (d >> 31) & 1
    }
  }
}

export function bn254Mul(input: usize, length: u32): bool {
  begin()
  const bytes = padded(input, length, 96)
  const p = take(3)
  if (!readG1(p, bytes)) return false
  reduceScalar(bytes + 64)
  const heap = heapMark()
  const r = take(3)
  multiExp(r, p, bytes + 64, 32, 1, 32)
  heapRelease(heap)
  writeG1(r)
  return true
}

/** Reads an element of the extension: the part with u comes first. */
function readFp2(z: usize, bytes: usize): bool {
  const high = fromBytes(z + SIZE, bytes)
  return fromBytes(z, bytes + 32) && high
}

export function bn254Pairing(input: usize, length: u32): bool {
  if (length % 192 != 0) return false
  begin()
  const count = i32(length / 192)
  const heap = heapMark()
  const pairs = alloc(usize(count) * SIZE * 6 + 8)
  const p = take(3)
  let used = 0
  for (let i = 0; i < count; i++) {
    const bytes = input + usize(i) * 192
    const at = pairs + usize(used) * SIZE * 6
    const q = at + SIZE * 2
    over(1)
    if (!readG1(p, bytes)) return false
    const nothing = areZero(bytes + 64, 128)
    if (!nothing && !(readFp2(q, bytes + 64) && readFp2(q + SIZE * 2, bytes + 128))) return false
    const first = isInfinity(p)
    if (!nothing) {
      over(2)
      if (!isOnCurve(q, TWIST_B_Bn)) return false
      const t = take(6)
      fromAffine(t, q)
      const inner = heapMark()
      multiExp(t, t, ORDER, 32, 1, 32)
      heapRelease(inner)
      if (!isInfinity(t)) return false
      over(1)
    }
    if (first || nothing) continue
    memory.copy(at, p, SIZE * 2)
    used++
  }
  const yes = used == 0 || isPairingOne(pairs, used)
  heapRelease(heap)
  const at = output(32)
  memory.fill(at, 0, 32)
  store<u8>(at, yes ? 1 : 0, 31)
  return true
}
