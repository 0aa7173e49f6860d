/**
 * Reads values of the Solidity ABI out of bytes that are followed by as many zeros as it takes.
 *
 * Source: builtin-actors actors/evm/src/reader.rs.
 */
import { abort } from "../actors/sdk/exit"
import { ExitCode } from "../actors/sdk/exit-code"
import { alloc, mark, release } from "../actors/sdk/memory"
import { fromBytes } from "./u256"

let start: usize = 0
let end: usize = 0
let at: usize = 0

/** Set if a value did not fit its type. Stays set until the next `readFrom`. */
export let overflow: bool = false

/** Starts reading `length` bytes at `bytes`. */
export function readFrom(bytes: usize, length: u32): void {
  start = bytes
  at = bytes
  end = bytes + length
  overflow = false
}

/** Goes on reading at an offset from the start. */
export function seek(offset: u64): void {
  at = offset > u64(end - start) ? end : start + usize(offset)
}

/** Copies the next `length` bytes, zeros behind the end. */
export function readPadded(into: usize, length: u32): void {
  const there = min(length, u32(end - at))
  memory.copy(into, at, there)
  if (there < length) memory.fill(into + there, 0, length - there)
  at += there
}

const NEXT: usize = memory.data(32, 8)

/** The next 32 bytes as a word. */
export function readWord(p: usize): void {
  readPadded(NEXT, 32)
  fromBytes(p, NEXT)
}

/** The next 32 bytes as a number of 64 bits. */
export function readU64(): u64 {
  readPadded(NEXT, 32)
  if ((load<u64>(NEXT) | load<u64>(NEXT, 8) | load<u64>(NEXT, 16)) != 0) overflow = true
  return bswap<u64>(load<u64>(NEXT, 24))
}

/** The next 32 bytes as a number of 32 bits. */
export function readU32(): u32 {
  const value = readU64()
  if (value >> 32) overflow = true
  return u32(value)
}

/** Whether `length` more bytes would still be before the end; where they start. */
export function here(): usize {
  return at
}

/** Bytes left. */
export function left(): u32 {
  return u32(end - at)
}

/** Most bytes that one thing may have in memory. */
const MOST_BYTES: u32 = 0x7fffffff

/**
 * Makes sure that so many bytes could be read here, as the network's actor does before it looks at what they are for: what lies behind the end
 * takes memory. Exit 24 for more than 2 GiB, a trap for more than the instance may have.
 */
export function requireRoom(length: u32): void {
  if (length <= left()) return
  if (length > MOST_BYTES) abort(ExitCode.USR_ASSERTION_FAILED, "capacity overflow")
  const heap = mark()
  alloc(length)
  release(heap)
}
