/** What to write down of each instruction. */
export interface StepOptions {
  /** Default: true */
  readonly stack?: boolean
  /** Default: false */
  readonly memory?: boolean
  /** Default: false */
  readonly returnData?: boolean
  /** Steps to write down; the message is executed to its end all the same. Default: 0, all */
  readonly limit?: number
  /** Steps to pass over first: where an earlier trace ended that had `more`. Default: 0 */
  readonly from?: number
  /** What one trace holds, about. Default: 67108864 (64 MiB) */
  readonly maxBytes?: number
}

/** One run of a contract's code: of its own, of one it delegates to, or of init code. */
export interface StepFrame {
  /** 1 for the outermost contract of the message; actors that are no contracts do not count. */
  readonly depth: number
  /** Whose storage it works on, 20 bytes. */
  readonly address: Uint8Array
  /** Gas that was left of its own limit when it ended. */
  readonly gasLeft: bigint
  /** Position of its last step among all steps of the message; -1 if it has none. */
  readonly lastStep: number
  /** How it ended: 0, or an exit code of the actor or the kernel. */
  readonly exitCode: number
  /** What the actor said when it failed. */
  readonly message: string
  /** Whether it ran out of gas. */
  readonly outOfGas: boolean
}

/** Numbers written down for each step, in `StepTrace.rows`. */
export const STEP_FIELDS = {
  /** Position in `frames`. */
  frame: 0,
  /** Offset in the code. */
  pc: 1,
  /** The byte of code there; 0 behind its end. */
  op: 2,
  /** Gas left of the frame's limit, whole units. */
  gas: 3,
  /** Words on the stack. */
  height: 4,
  /** Words from the bottom that are the same as at the frame's step before; the others are in `words`. */
  kept: 5,
  /** Position in `memories`: what the frame's memory is now; -1 if it is not written down. */
  memory: 6,
  /** Position in `returns`; -1 if it is not written down. */
  returned: 7,
  /** Gas until the frame's next step, or its end: that of calls included. */
  cost: 8,
} as const

/** Numbers in a row. */
export const STEP_WIDTH = 9

/** The instructions of a message one by one, each with what was there before it ran. */
export interface StepTrace {
  readonly count: number
  /** `STEP_WIDTH` numbers for each step, see {@link STEP_FIELDS}. */
  readonly rows: Float64Array
  /** The words that are new on the stack, step after step, from the bottom up; 32 bytes each, big-endian. */
  readonly words: Uint8Array
  readonly memories: readonly Uint8Array[]
  readonly returns: readonly Uint8Array[]
  readonly frames: readonly StepFrame[]
  /** Gas that this execution used; the real one is in the receipt. */
  readonly gasUsed: bigint
  /** Whether there are steps behind these: a trace that holds much ends early, and goes on with another (`StepOptions.from`). */
  readonly more: boolean
  /**
   * Whether exit code, return data and events are those of the real execution.
   * `same`: with the message's own gas. `free`: once interpretation costs no gas. `different`: not even then.
   */
  readonly agrees: "same" | "free" | "different"
}
