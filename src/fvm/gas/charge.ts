/** Thousandths of a unit of gas: what is counted inside a message. Amounts of whole gas are called gas. */
export type Milligas = bigint

/** Milligas in a unit of gas. */
export const MILLIGAS_PER_GAS = 1000n

/**
 * One charge of gas.
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
