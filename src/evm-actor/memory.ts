/**
 * The EVM's memory: one stretch of linear memory that moves when it cannot grow where it is.
 *
 * It grows in words of 32 bytes, which MSIZE shows; room is taken in pages of 4,096 bytes and at least doubled, as the
 * official actor does it, since the growth of Wasm memory is what costs gas.
 */
import { ExitCode } from "../actors/sdk/exit-code"
import { alloc, mark } from "../actors/sdk/memory"
import { EvmExit, fail } from "./fail"
import { exceeds32 } from "./u256"

const PAGE: u32 = 4096
/** More than this exceeds what a vector may hold in the official actor. */
const MOST: u32 = 0x80000000 - PAGE

/** First byte of the memory. At least HEADROOM bytes before it belong to it too. */
export let base: usize = 0
/** Bytes in use, a multiple of 32. */
export let size: u32 = 0
/** Bytes that fit before it has to move. */
let capacity: u32 = 0
/** Offsets below this can be accessed a word at a time. */
export let wordLimit: u64 = 0

/** Bytes before `base` that may be overwritten when the call is over, by the head of a CBOR byte string. */
const HEADROOM: u32 = 16

/** Makes offsets up to `end` accessible, new ones zero. */
function grow(end: u32): void {
  if (end > MOST) fail(ExitCode.USR_ASSERTION_FAILED, "capacity overflow")
  const next = (end + 31) & ~31
  if (next > capacity) reserve((next + PAGE - 1) & ~(PAGE - 1))
  memory.fill(base + size, 0, next - size)
  size = next
  wordLimit = u64(next - 31)
}

function reserve(needed: u32): void {
  const wanted = max(max(needed, PAGE), min(capacity << 1, MOST))
  if (base != 0 && mark() == base + capacity) {
    // Nothing was allocated since: grow in place.
    alloc(wanted - capacity)
  } else {
    const at = alloc(wanted + HEADROOM) + HEADROOM
    memory.copy(at, base, size)
    base = at
  }
  capacity = wanted
}

/** Length of what `region` answered last; 0 for an empty one. */
export let regionSize: u32 = 0

/**
 * The address of `[size]` bytes of memory at offset `[offset]`, both words on the stack. An empty region may lie anywhere.
 * Exit 38 if it reaches 4 GiB.
 */
export function region(offset: usize, length: usize): usize {
  if (exceeds32(length)) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "size must be less than max u32")
  const bytes = load<u32>(length)
  regionSize = bytes
  if (bytes == 0) return base
  if (exceeds32(offset)) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "offset must be less than max u32")
  const start = load<u32>(offset)
  const end = u64(start) + bytes
  if (end > size) {
    if (end >> 32) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "new memory size exceeds max u32")
    grow(u32(end))
  }
  return base + start
}

/** The address of `bytes` bytes (not 0) at offset `[offset]`, grown if need be. */
export function reach(offset: usize, bytes: u32): usize {
  if (exceeds32(offset)) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "offset must be less than max u32")
  const start = load<u32>(offset)
  const end = u64(start) + bytes
  if (end > size) {
    if (end >> 32) fail(EvmExit.ILLEGAL_MEMORY_ACCESS, "new memory size exceeds max u32")
    grow(u32(end))
  }
  return base + start
}

/** The address of the word at offset `[offset]`. */
// @ts-ignore: decorator
@inline
export function wordAt(offset: usize): usize {
  const low = load<u64>(offset)
  return low < wordLimit && (load<u64>(offset, 8) | load<u64>(offset, 16) | load<u64>(offset, 24)) == 0
    ? base + usize(low)
    : reach(offset, 32)
}

/**
 * Copies data into memory at a region of words on the stack: what lies before the end of the data is copied.
 *
 * @param zeroFill - The rest of the region becomes zero; otherwise it stays as it is.
 */
export function copyIn(to: usize, dataOffset: usize, length: usize, data: usize, dataLength: u32, zeroFill: bool): void {
  const at = region(to, length)
  const bytes = regionSize
  if (bytes == 0) return
  const start = exceeds32(dataOffset) ? dataLength : min(load<u32>(dataOffset), dataLength)
  const copied = min(bytes, dataLength - start)
  if (copied) memory.copy(at, data + start, copied)
  if (zeroFill && bytes > copied) memory.fill(at + copied, 0, bytes - copied)
}
