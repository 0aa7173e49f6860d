/**
 * Error numbers: what a syscall answers to the actor that called it. 0 is success.
 *
 * @see FIP-0030; ref-fvm shared/src/error/mod.rs (ErrorNumber)
 */
export const ERROR_NUMBERS = {
  /** An argument is malformed or out of range. */
  IllegalArgument: 1,
  /** The actor is not in a state in which this can be done. */
  IllegalOperation: 2,
  /** Call depth, block size, number of event entries or the like. */
  LimitExceeded: 3,
  /** Never seen by an actor. */
  AssertionFailed: 4,
  /** The balance does not cover the value. */
  InsufficientFunds: 5,
  /** No such actor, address or reachable block. */
  NotFound: 6,
  /** No such block handle. */
  InvalidHandle: 7,
  /** The hash function or length asked for is not supported. */
  IllegalCid: 8,
  /** The codec is not supported. */
  IllegalCodec: 9,
  /** A block is not what its codec says. */
  Serialization: 10,
  /** The caller may not do this. */
  Forbidden: 11,
  /** The answer does not fit the buffer. */
  BufferTooSmall: 12,
  /** The call is read-only. */
  ReadOnly: 13,
} as const

/** Name of an error number. */
export type ErrorNumber = keyof typeof ERROR_NUMBERS

/** The actor gets this error number and goes on. At the top of a message it becomes an exit code. */
export class SyscallError extends Error {
  override readonly name: string = "SyscallError"
  /** Name of the error number. */
  readonly errorNumber: ErrorNumber

  /** @param message - For backtraces and logs only; an actor never sees it. */
  constructor(errorNumber: ErrorNumber, message: string) {
    // An answer, not a fault: contracts get it by the thousand, and a stack trace costs more than all the rest of a syscall.
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
    this.errorNumber = errorNumber
  }

  /** The number that the actor gets, 1 to 13. */
  get code(): number {
    return ERROR_NUMBERS[this.errorNumber]
  }
}

/** Gas is used up: unwinds to the nearest call that has its own gas limit, else to the message. */
export class OutOfGas extends Error {
  override readonly name: string = "OutOfGas"

  constructor() {
    super("out of gas")
  }
}

/**
 * The message cannot go on and no actor may handle that: its receipt says SYS_ASSERTION_FAILED (10), and the whole gas limit
 * is used.
 */
export class Fatal extends Error {
  override readonly name: string = "Fatal"
}

/**
 * The running actor ends with an exit code: `vm.exit`, a trap, or an entry point that is missing. Thrown through the actor's
 * frames and caught by the one who invoked it; never seen by another actor.
 */
export class ActorExit extends Error {
  override readonly name: string = "ActorExit"
  readonly exitCode: number
  /** Handle of the return data in the actor's block registry; 0 means none. */
  readonly blockId: number

  /** @param message - For backtraces only. */
  constructor(exitCode: number, message: string, blockId: number = 0) {
    super(message)
    this.exitCode = exitCode
    this.blockId = blockId
  }
}

/**
 * The executor refuses a message: there is no receipt, and a block must not contain it.
 */
export class MessageRefused extends Error {
  override readonly name: string = "MessageRefused"
  /** The message has run before it was refused: the state tree is half-written and must be dropped. */
  readonly afterExecution: boolean

  constructor(message: string, afterExecution: boolean, options?: ErrorOptions) {
    super(message, options)
    this.afterExecution = afterExecution
  }
}

/**
 * The work that a caller allowed is used up, before anything was decided: no receipt comes of it, and the state tree must be dropped.
 * Not consensus: whoever executes the same messages without a budget gets their results.
 */
export class BudgetExceeded extends Error {
  override readonly name: string = "BudgetExceeded"

  constructor(message: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}

/** The machine cannot be set up: missing state root, unknown state tree version, unsupported network version, bad manifest. */
export class MachineError extends Error {
  override readonly name: string = "MachineError"
}

/** A bundle CAR is not one: no version, no manifest, missing code. */
export class BundleError extends Error {
  override readonly name: string = "BundleError"
}
