/**
 * One running call: its code, its input, the return data of its last inner call, and who called whom with what.
 */
import { alloc, allocZeroed } from "../actors/sdk/memory"

/** Zero bytes behind the code, so that a PUSH at its end reads them and running off it meets a STOP. */
const CODE_PADDING: u32 = 40

/** The code, followed by CODE_PADDING zero bytes. */
export let code: usize = 0
export let codeLength: u32 = 0
/** One byte per byte of code: 1 where a JUMPDEST stands; and a 0 behind them. */
let jumpDests: usize = 0

const JUMPDEST: u32 = 0x5b
const PUSH1: u32 = 0x60
const PUSH32: u32 = 0x7f

/** Call data. */
export let input: usize = 0
export let inputLength: u32 = 0

/** What the last inner call returned. */
export let returnData: usize = 0
export let returnDataLength: u32 = 0

/** msg.sender, as a word. */
export const CALLER: usize = memory.data(32, 8)
/** This contract, as a word. */
export const RECEIVER: usize = memory.data(32, 8)
/** msg.value, attoFIL, 16 bytes. */
export const VALUE: usize = memory.data(16, 8)

/** Takes the code to run: `length` bytes at `at`, copied so that zeros follow. */
export function setCode(at: usize, length: u32): void {
  code = alloc(length + CODE_PADDING)
  codeLength = length
  memory.copy(code, at, length)
  memory.fill(code + length, 0, CODE_PADDING)
  scan()
}

/** Takes the code to run where it already lies with room for its padding behind it. */
export function setPaddedCode(at: usize, length: u32): void {
  code = at
  codeLength = length
  memory.fill(at + length, 0, CODE_PADDING)
  scan()
}

/** Bytes to allocate for code of this length. */
// @ts-ignore: decorator
@inline
export function paddedSize(length: u32): u32 {
  return length + CODE_PADDING
}

// @ts-ignore: decorator
@inline
export function setInput(at: usize, length: u32): void {
  input = at
  inputLength = length
}

// @ts-ignore: decorator
@inline
export function setReturnData(at: usize, length: u32): void {
  returnData = at
  returnDataLength = length
}

/** Whether a JUMPDEST stands at the offset [p]. One condition, for each costs a block of metered code: no mark is behind the code. */
// @ts-ignore: decorator
@inline
export function isJumpDest(p: usize): bool {
  const low = load<u64>(p)
  const end = u64(codeLength)
  const marked = u64(load<u8>(jumpDests + usize(select<u64>(low, end, low < end))))
  return marked > (load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24))
}

/**
 * Marks every JUMPDEST. All of the code is looked at in every call, although few jumps need it: the official actor does so, it
 * is half of what a call of a large contract costs, and gas estimates made here have to hold there.
 */
function scan(): void {
  jumpDests = allocZeroed(codeLength + 1)
  const end = code + codeLength
  const marks = jumpDests - code
  for (let at = code; at < end; at++) {
    // JUMPDEST is just below PUSH1 to PUSH32, which skip their data: most bytes need one comparison.
    const above = u32(load<u8>(at)) - JUMPDEST
    if (above <= PUSH32 - JUMPDEST) {
      if (above == 0) store<u8>(marks + at, 1)
      else if (above >= PUSH1 - JUMPDEST) at += above - (PUSH1 - 1 - JUMPDEST)
    }
  }
}

/** Room for return data, used again by every call. */
let returnRoom: usize = 0
let returnCapacity: u32 = 0

/** Room for `length` bytes of return data. What an earlier call left there is lost. */
export function returnBuffer(length: u32): usize {
  if (length > returnCapacity) {
    returnCapacity = max((length + 255) & ~255, returnCapacity << 1)
    returnRoom = alloc(returnCapacity)
  }
  return returnRoom
}
