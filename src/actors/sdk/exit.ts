/**
 * The one way out of an actor that fails: an exit code per reason and a short message, which is for humans only.
 */
import { alloc } from "./memory"
import { vm_exit } from "./syscalls"

/**
 * Ends the invocation. Does not return; the answer only lets callers write `return abort(...)`.
 *
 * @param code - 16 or more; `OK` (0) is a successful exit without data.
 * @param message - ASCII. Shown in backtraces, not part of consensus.
 */
export function abort(code: u32, message: string): u32 {
  return exitWith(code, 0, message)
}

/**
 * Ends the invocation with data.
 *
 * @param block - Handle of the block to return; 0 for none.
 */
export function exitWith(code: u32, block: u32, message: string): u32 {
  const length = message.length
  const at = alloc(length)
  for (let i = 0; i < length; i++) store<u8>(at + i, message.charCodeAt(i))
  vm_exit(code, block, at, length)
  unreachable()
  return 0
}
