/**
 * Exit codes that the system itself assigns; what actors exit with begins at 16.
 *
 * @see FIP-0031; ref-fvm shared/src/error/mod.rs
 */
export const EXIT_CODES = {
  /** Success. */
  OK: 0,
  /** The sender does not exist, or its code may not send messages. */
  SYS_SENDER_INVALID: 1,
  /** The sender's sequence is another, or its balance does not cover fee cap times gas limit. */
  SYS_SENDER_STATE_INVALID: 2,
  /** The actor's code trapped, overflowed its stack, or could not be instantiated. */
  SYS_ILLEGAL_INSTRUCTION: 4,
  /** The receiver does not exist and cannot be created, or its code has no such entry point. */
  SYS_INVALID_RECEIVER: 5,
  /** The sender does not have the value it wants to send. */
  SYS_INSUFFICIENT_FUNDS: 6,
  /** The gas limit (or that of the nearest limited send) is used up. */
  SYS_OUT_OF_GAS: 7,
  /** The actor exited with a code that is reserved for the system. */
  SYS_ILLEGAL_EXIT_CODE: 9,
  /** A fatal error: the message as a whole failed and uses its whole gas limit. */
  SYS_ASSERTION_FAILED: 10,
  /** The actor returned a block handle that does not exist. */
  SYS_MISSING_RETURN: 11,
  /** The parameters are not what the method takes. */
  USR_ILLEGAL_ARGUMENT: 16,
  /** Something that was asked for does not exist. */
  USR_NOT_FOUND: 17,
  /** The caller may not do this. */
  USR_FORBIDDEN: 18,
  /** The actor's balance is too small for what was asked. */
  USR_INSUFFICIENT_FUNDS: 19,
  /** The actor's state does not allow this, or is broken. */
  USR_ILLEGAL_STATE: 20,
  /** Parameters or state could not be decoded or encoded. */
  USR_SERIALIZATION: 21,
  /** The actor has no such method. */
  USR_UNHANDLED_MESSAGE: 22,
  /** No more precise code fits. */
  USR_UNSPECIFIED: 23,
  /** The actor's own check failed; a panic in the official actors. */
  USR_ASSERTION_FAILED: 24,
  /** The call is read-only and the actor wanted to write. */
  USR_READ_ONLY: 25,
  /** The method takes no value. */
  USR_NOT_PAYABLE: 26,
} as const

/** Name of an exit code with a meaning of its own. */
export type ExitCodeName = keyof typeof EXIT_CODES

/** The lowest code that an actor may exit with; lower ones become SYS_ILLEGAL_EXIT_CODE (9). */
export const FIRST_ACTOR_EXIT_CODE = 16

const NAMES: ReadonlyMap<number, ExitCodeName> = new Map(
  Object.entries(EXIT_CODES).map(([name, code]) => [code, name as ExitCodeName]),
)

/** The name of an exit code, or undefined if it has none (an actor's own codes, reserved ones). */
export function exitCodeName(code: number): ExitCodeName | undefined {
  return NAMES.get(code)
}
