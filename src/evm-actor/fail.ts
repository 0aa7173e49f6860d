/**
 * How a contract's call ends without success.
 *
 * Source: builtin-actors actors/evm/src/lib.rs.
 */
import { exitWith } from "../actors/sdk/exit"
import { alloc } from "../actors/sdk/memory"
import { code as frameCode } from "./frame"
import { vm_exit } from "../actors/sdk/syscalls"

export namespace EvmExit {
  export const REVERTED: u32 = 33
  export const INVALID_INSTRUCTION: u32 = 34
  export const UNDEFINED_INSTRUCTION: u32 = 35
  export const STACK_UNDERFLOW: u32 = 36
  export const STACK_OVERFLOW: u32 = 37
  export const ILLEGAL_MEMORY_ACCESS: u32 = 38
  export const BAD_JUMPDEST: u32 = 39
  export const SELFDESTRUCT_FAILED: u32 = 40
}

/** Address of the running instruction. Set only before instructions that can fail: it costs 8 gas. */
let running: usize = 0

// @ts-ignore: decorator
@inline
export function setRunning(at: usize): void {
  running = at
}

function writeAscii(at: usize, text: string): usize {
  for (let i = 0; i < text.length; i++) store<u8>(at++, text.charCodeAt(i))
  return at
}

function writeDecimal(at: usize, value: u32): usize {
  let digits = 1
  for (let x = value; x >= 10; x /= 10) digits++
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(at + i, 48 + (value % 10))
    value /= 10
  }
  return at + digits
}

/**
 * Ends the invocation in the running instruction. Does not return.
 *
 * @param message - Shown in backtraces behind the place in the code, as the official actor puts it.
 * @param block - Handle of data to return. Default: none.
 */
export function fail(code: u32, message: string, block: u32 = 0): u32 {
  const start = alloc(message.length + 32)
  let at = writeAscii(start, "ABORT(pc=")
  at = writeDecimal(at, u32(running - frameCode))
  at = writeAscii(at, "): ")
  at = writeAscii(at, message)
  vm_exit(code, block, start, u32(at - start))
  unreachable()
  return 0
}

/** Ends a reverted invocation with the revert's data in a block. */
export function revertWith(block: u32, constructing: bool): u32 {
  if (constructing) return exitWith(EvmExit.REVERTED, block, "constructor reverted")
  const start = alloc(48)
  const at = writeDecimal(writeAscii(start, "contract reverted at "), u32(running - frameCode))
  vm_exit(EvmExit.REVERTED, block, start, u32(at - start))
  unreachable()
  return 0
}
