import { formatBacktrace } from "../fvm/call-manager/backtrace.ts"
import type { TrialResult } from "./types.ts"

/**
 * Why a message failed, in the words that the reference hands to Lotus' users: the backtrace, or what was wrong before anything ran.
 *
 * @returns Whole lines; empty if nothing is known.
 * @see ref-fvm fvm/src/executor/mod.rs (ApplyFailure)
 */
export function formatFailure(failure: TrialResult["failure"]): string {
  if (failure === undefined) return ""
  return failure.kind === "prevalidation"
    ? `pre-validation failed: ${failure.message}\n`
    : `message failed with backtrace:\n${formatBacktrace(failure)}`
}
