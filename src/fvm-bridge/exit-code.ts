import type { ApplyFailure } from "../fvm/executor/index.ts"
import type { EXIT_CODES } from "../fvm/exit-code.ts"

/** The kernel's table: a code that is in one of the two and not in the other does not compile. */
type ExitCodes = typeof EXIT_CODES
type KnownExitCode = ExitCodes[keyof ExitCodes]

/** How a message or an actor ended: the kernel's exit codes by the names that the network's clients show. */
const NAMES = {
  0: "Ok",
  1: "SysErrSenderInvalid",
  2: "SysErrSenderStateInvalid",
  4: "SysErrIllegalInstruction",
  5: "SysErrInvalidReceiver",
  6: "SysErrInsufficientFunds",
  7: "SysErrOutOfGas",
  9: "SysErrIllegalExitCode",
  10: "SysFatal",
  11: "SysErrMissingReturn",
  16: "ErrIllegalArgument",
  17: "ErrNotFound",
  18: "ErrForbidden",
  19: "ErrInsufficientFunds",
  20: "ErrIllegalState",
  21: "ErrSerialization",
  22: "ErrUnhandledMessage",
  23: "ErrUnspecified",
  24: "ErrAssertionFailed",
  25: "ErrReadOnly",
  26: "ErrNotPayable",
} as const satisfies Readonly<Record<KnownExitCode, string>>

/** What an exit code of the EVM actor means. @see builtin-actors actors/evm/src/lib.rs */
const EVM_REASONS: Readonly<Record<number, string>> = {
  25: "state changed in a static call",
  33: "revert",
  34: "invalid instruction",
  35: "undefined instruction",
  36: "stack underflow",
  37: "stack overflow",
  38: "illegal memory access",
  39: "jump to an invalid destination",
  40: "selfdestruct failed",
}

/** Out of gas. */
export const EXIT_CODE_OUT_OF_GAS: ExitCodes["SYS_OUT_OF_GAS"] = 7

/** The sender lacks what it wanted to send. */
export const EXIT_CODE_INSUFFICIENT_FUNDS: ExitCodes["SYS_INSUFFICIENT_FUNDS"] = 6

/** `SysErrOutOfGas(7)`; the bare number for codes that belong to single actors. @see go-state-types exitcode */
export function describeExitCode(exitCode: number): string {
  return exitCode in NAMES ? `${NAMES[exitCode as KnownExitCode]}(${exitCode})` : `${exitCode}`
}

/** What an exit code says to somebody who knows the EVM; undefined for codes that it has no words for. */
export function describeEvmExit(exitCode: number): string | undefined {
  return exitCode === EXIT_CODE_OUT_OF_GAS ? "out of gas" : EVM_REASONS[exitCode]
}

/** Why a message failed, in one line: what the first actor that failed said, and the syscall behind it. Empty if nothing is known. */
export function describeFailure(failure: ApplyFailure | undefined): string {
  if (failure === undefined) return ""
  if (failure.kind === "prevalidation") return failure.message
  const [first] = failure.frames
  const said = first === undefined ? "" : `f0${first.source} (method ${first.method}): ${first.message}`
  const cause = failure.cause?.message
  return said === "" || cause === undefined ? said || (cause ?? "") : `${said}; ${cause}`
}
