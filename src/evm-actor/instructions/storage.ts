/** Storage and transient storage. */
import { ExitCode } from "../../actors/sdk/exit-code"
import { fail } from "../fail"
import { loadSlot, loadTransientSlot, readOnly, storeSlot, storeTransientSlot } from "../state"

// @ts-ignore: decorator
@inline
export function sload(p: usize): void {
  loadSlot(p)
}

// @ts-ignore: decorator
@inline
export function sstore(p: usize): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "store called while read-only")
  storeSlot(p)
}

// @ts-ignore: decorator
@inline
export function tload(p: usize): void {
  loadTransientSlot(p)
}

// @ts-ignore: decorator
@inline
export function tstore(p: usize): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "store called while read-only")
  storeTransientSlot(p)
}
