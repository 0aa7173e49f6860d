/**
 * What a precompile is: a function of its input that leaves its output here.
 *
 *     export function name(input: usize, length: u32): bool     false: the call fails, and there is no output
 *
 * The input lies in the EVM's memory and must not be written. `output(length)` gives room for the output, which holds
 * whatever was there before; without it the output is empty.
 */
import { returnBuffer } from "./frame"

/** Where the output lies, and how long it is. */
export let outputAt: usize = 0
export let outputLength: u32 = 0

/** Room for `length` bytes of output. */
export function output(length: u32): usize {
  outputAt = returnBuffer(length)
  outputLength = length
  return outputAt
}

/** No output, until there is one. */
export function noOutput(): void {
  outputLength = 0
}

/** How the precompile was called: only call_actor looks. */
export namespace CallKind {
  export const CALL: i32 = 0
  export const DELEGATECALL: i32 = 1
  export const STATICCALL: i32 = 2
}

/** The kind of the running call. */
export let callKind: i32 = 0
/** The gas word of the running call. */
export let callGas: usize = 0

export function setContext(kind: i32, gas: usize): void {
  callKind = kind
  callGas = gas
}
