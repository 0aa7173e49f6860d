/**
 * The executor applies messages to a machine: checks the sender, charges for inclusion, runs the call, makes the receipt, pays burn,
 * tip and refund.
 *
 * @see FIP-0032; ref-fvm fvm/src/executor/{mod,default}.rs
 */
import type { Backtrace } from "../call-manager/index.ts"
import type { Receipt, StampedEvent } from "../receipt.ts"
import type { ExecutionTrace } from "../trace/index.ts"

/**
 * `explicit`: from an account, pays for its gas. `implicit`: from any actor, no nonce check, pays nothing (rewards, cron).
 */
export type ApplyKind = "explicit" | "implicit"

/** Why a message failed, for people and debuggers; not part of consensus. */
export type ApplyFailure =
  /** Before anything ran: sender, sequence, balance, inclusion cost. */
  { readonly kind: "prevalidation"; readonly message: string } | ({ readonly kind: "backtrace" } & Backtrace)

/** What came of a message. All amounts are attoFIL unless they say gas. */
export interface ApplyResult {
  readonly receipt: Receipt
  /** IPLD codec of the return data; undefined if there is none. */
  readonly returnCodec: number | undefined
  readonly events: readonly StampedEvent[]
  /** What the block producer owes for including it. */
  readonly penalty: bigint
  readonly minerTip: bigint
  readonly baseFeeBurn: bigint
  readonly overEstimationBurn: bigint
  readonly refund: bigint
  /** Whole units of gas whose fee cap is given back. */
  readonly gasRefund: bigint
  /** Whole units of gas burnt for over-estimation. */
  readonly gasBurned: bigint
  /** Undefined if the message succeeded. */
  readonly failure: ApplyFailure | undefined
  /** See GasTracker.wasSeen. False: with any gas limit from the gas used on, and no fee cap, the same would have come of it. */
  readonly gasWasSeen: boolean
  /** Empty unless the machine's context asks for tracing. */
  readonly trace: ExecutionTrace
}
