/** 0x100: whether a signature on P-256 is good. Never fails: a bad one has no output. Source: EIP-7951. */
import { alloc, mark as heapMark, release as heapRelease } from "../../actors/sdk/memory"
import { output } from "../precompile"
import { B_P256, GENERATOR_P256 } from "./curves.generated"
import { fromAffine, isInfinity, isOnCurve, multiExp, over, POINT, toAffine } from "./curve"
import { enter, equals, fromBytes, inv, isZero, mul, P256, P256N, reset, SIZE, take, toBytes } from "./field"

const SCALARS: usize = memory.data(64, 8)
const X: usize = memory.data(32, 8)

function verify(input: usize): bool {
  enter(P256N)
  reset()
  const r = take(1)
  const s = take(1)
  const h = take(1)
  if (!fromBytes(r, input + 32) || !fromBytes(s, input + 64) || isZero(r) || isZero(s)) return false
  fromBytes(h, input)
  inv(s, s)
  mul(h, h, s)
  toBytes(SCALARS, h)
  mul(h, r, s)
  toBytes(SCALARS + 32, h)

  enter(P256)
  over(1)
  const points = take(6)
  memory.copy(points, GENERATOR_P256, POINT)
  const q = points + POINT
  if (!fromBytes(q, input + 96) || !fromBytes(q + SIZE, input + 128) || !isOnCurve(q, B_P256)) return false
  fromAffine(q, q)
  const heap = heapMark()
  multiExp(points, points, SCALARS, 32, 2, 32)
  heapRelease(heap)
  if (isInfinity(points)) return false
  toAffine(points)
  toBytes(X, points)

  enter(P256N)
  fromBytes(h, X)
  return equals(h, r)
}

export function p256verify(input: usize, length: u32): bool {
  if (length != 160 || !verify(input)) return true
  const at = output(32)
  memory.fill(at, 0, 31)
  store<u8>(at, 1, 31)
  return true
}
