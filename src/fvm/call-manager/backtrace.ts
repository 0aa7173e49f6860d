import { ERROR_NUMBERS, type ErrorNumber } from "../errors.ts"
import type { Backtrace, Cause, Frame } from "./index.ts"

/** Error numbers in the words of the reference's backtraces, which Lotus passes on to users. */
const ERROR_TEXTS: Readonly<Record<ErrorNumber, string>> = {
  IllegalArgument: "illegal argument",
  IllegalOperation: "illegal operation",
  LimitExceeded: "limit exceeded",
  AssertionFailed: "filecoin assertion failed",
  InsufficientFunds: "insufficient funds",
  NotFound: "resource not found",
  InvalidHandle: "invalid ipld block handle",
  IllegalCid: "illegal cid specification",
  IllegalCodec: "illegal ipld codec",
  Serialization: "serialization error",
  Forbidden: "operation forbidden",
  BufferTooSmall: "buffer too small",
  ReadOnly: "execution context is read-only",
}

/**
 * Collects frames while actors end, innermost first. A new cause starts the backtrace anew.
 *
 * @see ref-fvm fvm/src/call_manager/backtrace.rs
 */
export class BacktraceBuilder {
  #frames: Frame[] = []
  #cause: Cause | undefined

  /** An error has begun: what was collected before belongs to another one. */
  begin(cause: Cause): void {
    this.#cause = cause
    this.#frames = []
  }

  /** Names the cause of what was collected. */
  setCause(cause: Cause): void {
    this.#cause = cause
  }

  push(frame: Frame): void {
    this.#frames.push(frame)
  }

  clear(): void {
    this.#cause = undefined
    this.#frames = []
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0 && this.#cause === undefined
  }

  build(): Backtrace {
    return { frames: this.#frames, cause: this.#cause }
  }
}

/** The text of a backtrace as the reference's tools print it: the outermost actor first, then the cause. */
export function formatBacktrace({ frames, cause }: Backtrace): string {
  const lines = frames
    .toReversed()
    .map(
      ({ source, method, message, exitCode }, index) =>
        `${String(index).padStart(2, "0")}: f0${source} (method ${method}) -- ${message} (${exitCode})\n`,
    )
  if (cause?.kind === "syscall")
    lines.push(
      `--> caused by: ${cause.module}::${cause.function} -- ${cause.message} (${ERROR_NUMBERS[cause.errorNumber]}: ${ERROR_TEXTS[cause.errorNumber]})\n`,
    )
  else if (cause !== undefined) lines.push(`--> caused by: [FATAL] Error: ${cause.message}\n`)
  return lines.join("")
}
