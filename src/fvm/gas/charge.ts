/** Thousandths of a unit of gas: what is counted inside a message. Amounts of whole gas are called gas. */
export type Milligas = bigint

/** Milligas in a unit of gas. */
export const MILLIGAS_PER_GAS = 1000n

/** What an operation costs; numbers are integers, and their sum is at most 2^53: doubles count them exactly. */
export interface Cost {
  readonly name: string
  readonly compute: Milligas | number
  readonly other: Milligas | number
}

/**
 * One charge of gas, as it is listened to.
 *
 * @see ref-fvm fvm/src/gas/charge.rs
 */
export interface Charge {
  /** Names the rule, e.g. `OnBlockOpen`; the key by which traces are compared. */
  readonly name: string
  /** For computing now. */
  readonly compute: Milligas
  /** For storage, memory retention, deferred work and what the node does. */
  readonly other: Milligas
}
