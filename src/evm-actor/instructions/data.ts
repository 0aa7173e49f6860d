/** Call data, code and return data: sizes, words and copies. */
import { code, codeLength, input, inputLength, returnData, returnDataLength } from "../frame"
import { EvmExit, fail } from "../fail"
import { copyIn, region, regionSize } from "../memory"
import { exceeds32, fromBytes, set64 } from "../u256"

const PART: usize = memory.data(32, 8)

/** [p] = 32 bytes of call data at [p], zeros behind its end. */
export function calldataload(p: usize): void {
  const start = load<u32>(p)
  if (exceeds32(p) || start >= inputLength) return set64(p, 0)
  const left = inputLength - start
  if (left >= 32) return fromBytes(p, input + start)
  memory.fill(PART, 0, 32)
  memory.copy(PART, input + start, left)
  fromBytes(p, PART)
}

// @ts-ignore: decorator
@inline
export function calldatasize(p: usize): void {
  set64(p, inputLength)
}

/** Copies [p] bytes of call data from [p + 32] to memory at [p + 64], zeros behind its end. */
export function calldatacopy(p: usize): void {
  copyIn(p + 64, p + 32, p, input, inputLength, true)
}

// @ts-ignore: decorator
@inline
export function codesize(p: usize): void {
  set64(p, codeLength)
}

/** Copies [p] bytes of the code from [p + 32] to memory at [p + 64], zeros behind its end. */
export function codecopy(p: usize): void {
  copyIn(p + 64, p + 32, p, code, codeLength, true)
}

// @ts-ignore: decorator
@inline
export function returndatasize(p: usize): void {
  set64(p, returnDataLength)
}

/** Copies [p] bytes of return data from [p + 32] to memory at [p + 64]. Exit 38 if there are not that many, size 0 or not. */
export function returndatacopy(p: usize): void {
  const at = region(p + 64, p)
  const start = load<u32>(p + 32)
  if (exceeds32(p + 32)) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "returndatacopy index exceeds max u32")
  if (start > returnDataLength) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "returndatacopy start exceeds return-data length")
  if (regionSize > returnDataLength - start) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "returndatacopy end exceeds return-data length")
  if (regionSize) memory.copy(at, returnData + start, regionSize)
}
