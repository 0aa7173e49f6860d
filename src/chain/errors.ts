/** Why the mempool does not take a message. Each is one row of the RPC layers' error tables. */
export type MempoolRefusal =
  | "nonce-too-low"
  | "nonce-gap-too-large"
  | "already-known"
  | "replacement-underpriced"
  | "insufficient-funds"
  | "gas-limit-too-low"
  | "gas-limit-too-high"
  | "fee-cap-too-low"
  | "premium-above-fee-cap"
  | "negative-amount"
  | "value-above-supply"
  | "message-too-large"
  | "invalid-receiver"
  | "invalid-sender"
  | "invalid-signature"
  | "invalid-version"
  | "too-many-pending"

/** The kinds of failure the chain reports; the discriminant of {@link ChainError}. */
export type ChainErrorCode =
  | "refused"
  | "unknown-tipset"
  | "null-round"
  | "future-epoch"
  | "not-executed"
  | "unknown-message"
  | "unknown-snapshot"
  | "timestamp-too-low"
  | "range-too-wide"
  | "too-many-results"
  | "actor-not-found"
  | "missing-block"
  | "damaged"
  | "pruned"
  | "invalid-encoding"
  | "invalid-option"
  | "bundle"
  | "database-in-use"
  | "database-mismatch"
  | "database-write"
  | "worker-crashed"
  | "worker-timeout"
  | "execution-fault"
  | "closed"

/** Any failure that the chain reports; `code` says which, subclasses carry the figures. */
export class ChainError extends Error {
  override readonly name: string = "ChainError"
  readonly code: ChainErrorCode

  constructor(code: ChainErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The mempool does not take this message; nothing was changed. `got` and `expected` are in the unit that `reason` speaks of. */
export class MempoolError extends ChainError {
  override readonly name = "MempoolError"
  readonly reason: MempoolRefusal
  /** What the message has: nonce, attoFIL, gas or bytes. */
  readonly got: bigint | undefined
  /** What would have been enough. */
  readonly expected: bigint | undefined

  constructor(reason: MempoolRefusal, message: string, figures: { got?: bigint; expected?: bigint } = {}) {
    super("refused", message)
    this.reason = reason
    this.got = figures.got
    this.expected = figures.expected
  }
}

/** A block was asked for at an epoch in which no block was made. */
export class NullRoundError extends ChainError {
  override readonly name = "NullRoundError"
  readonly epoch: number

  constructor(epoch: number) {
    super("null-round", `epoch ${epoch} is a null round: no block was made in it`)
    this.epoch = epoch
  }
}

/** An epoch after the head was asked for. */
export class FutureEpochError extends ChainError {
  override readonly name = "FutureEpochError"
  readonly epoch: number
  readonly head: number

  constructor(epoch: number, head: number) {
    super("future-epoch", `epoch ${epoch} is in the future: the head is at ${head}`)
    this.epoch = epoch
    this.head = head
  }
}

/** @throws ChainError - `missing-block`: what has to be there is not. */
export function must<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new ChainError("missing-block", message)
  return value
}
