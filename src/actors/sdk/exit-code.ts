/**
 * How an actor's invocation ends. Codes below 16 belong to the system: an actor that exits with one is given 9 instead.
 *
 * Source: ref-fvm shared/src/error/mod.rs (ExitCode).
 */
export namespace ExitCode {
  export const OK: u32 = 0
  export const SYS_SENDER_INVALID: u32 = 1
  export const SYS_SENDER_STATE_INVALID: u32 = 2
  export const SYS_ILLEGAL_INSTRUCTION: u32 = 4
  export const SYS_INVALID_RECEIVER: u32 = 5
  export const SYS_INSUFFICIENT_FUNDS: u32 = 6
  export const SYS_OUT_OF_GAS: u32 = 7
  export const SYS_ILLEGAL_EXIT_CODE: u32 = 9
  export const SYS_ASSERTION_FAILED: u32 = 10
  export const SYS_MISSING_RETURN: u32 = 11
  export const FIRST_USER_EXIT_CODE: u32 = 16
  export const USR_ILLEGAL_ARGUMENT: u32 = 16
  export const USR_NOT_FOUND: u32 = 17
  export const USR_FORBIDDEN: u32 = 18
  export const USR_INSUFFICIENT_FUNDS: u32 = 19
  export const USR_ILLEGAL_STATE: u32 = 20
  export const USR_SERIALIZATION: u32 = 21
  export const USR_UNHANDLED_MESSAGE: u32 = 22
  export const USR_UNSPECIFIED: u32 = 23
  export const USR_ASSERTION_FAILED: u32 = 24
  export const USR_READ_ONLY: u32 = 25
  export const USR_NOT_PAYABLE: u32 = 26
  /** The first code that an actor may define for itself. */
  export const FIRST_ACTOR_SPECIFIC_EXIT_CODE: u32 = 32
}
