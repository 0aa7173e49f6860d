/**
 * What a syscall answers instead of 0. A refusal, not an abort: the actor decides what it means.
 *
 * Source: ref-fvm shared/src/error/mod.rs (ErrorNumber).
 */
export namespace ErrorNumber {
  export const OK: u32 = 0
  export const ILLEGAL_ARGUMENT: u32 = 1
  export const ILLEGAL_OPERATION: u32 = 2
  export const LIMIT_EXCEEDED: u32 = 3
  export const ASSERTION_FAILED: u32 = 4
  export const INSUFFICIENT_FUNDS: u32 = 5
  export const NOT_FOUND: u32 = 6
  export const INVALID_HANDLE: u32 = 7
  export const ILLEGAL_CID: u32 = 8
  export const ILLEGAL_CODEC: u32 = 9
  export const SERIALIZATION: u32 = 10
  export const FORBIDDEN: u32 = 11
  export const BUFFER_TOO_SMALL: u32 = 12
  export const READ_ONLY: u32 = 13
}
