/**
 * Memory of an actor: static data, then everything that is ever allocated, upwards. An instance lives for one invocation,
 * so nothing is freed; a loop that must not grow takes a `mark` and gives back what lies above it with `release`.
 *
 * Nothing here needs a start function: the first allocation sets the heap up.
 */

/** First free byte; 0 before the first allocation. */
let top: usize = 0
/** End of the memory that the instance has. */
let limit: usize = 0

/** Grows the memory until `next` fits. Traps (exit 4) if the instance may not have that much, as the official actors do. */
function grow(next: usize): void {
  const pages = i32((next - limit + 0xffff) >>> 16)
  if (memory.grow(pages) < 0) unreachable()
  limit += usize(pages) << 16
}

function first(size: usize): usize {
  if (limit == 0) {
    top = (__heap_base + 7) & ~7
    limit = usize(memory.size()) << 16
  }
  const at = top
  const next = at + ((size + 7) & ~7)
  if (next < at) unreachable()
  if (next > limit) grow(next)
  top = next
  return at
}

/** Allocates `size` bytes, aligned to 8. They are zero unless they were used before a `release`. */
export function alloc(size: usize): usize {
  const at = top
  const next = at + ((size + 7) & ~7)
  if (next > limit || next < at) return first(size)
  top = next
  return at
}

/** Like `alloc`, with every byte zero. */
export function allocZeroed(size: usize): usize {
  const at = alloc(size)
  memory.fill(at, 0, size)
  return at
}

/** The present top of the heap, for `release`. */
export function mark(): usize {
  if (limit == 0) first(0)
  return top
}

/** Gives back everything allocated since `at = mark()`. */
export function release(at: usize): void {
  top = at
}

/** Copies a fresh copy of `length` bytes. */
export function duplicate(from: usize, length: usize): usize {
  const at = alloc(length)
  memory.copy(at, from, length)
  return at
}

/** Whether `length` bytes at `a` and `b` are the same. */
export function equalBytes(a: usize, b: usize, length: usize): bool {
  const wide = length & ~7
  for (let i: usize = 0; i < wide; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  for (let i = wide; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** Order of two byte strings, byte by byte, the shorter first: negative, 0, or positive. */
export function compareBytes(a: usize, aLength: usize, b: usize, bLength: usize): i32 {
  const common = min(aLength, bLength)
  for (let i: usize = 0; i < common; i++) {
    const d = i32(load<u8>(a + i)) - i32(load<u8>(b + i))
    if (d != 0) return d
  }
  return i32(aLength) - i32(bLength)
}

/** Room for what a syscall returns (80 bytes). Overwritten by the next call of any SDK function. */
export const RETURN: usize = memory.data(80, 8)
