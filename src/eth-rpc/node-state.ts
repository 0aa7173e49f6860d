import type { FailureAnswer } from "./failures.ts"
import type { LogLimits } from "./log-matcher.ts"

/** What dev-node methods set, beside the chain. Lost when the node ends. */
export interface NodeState {
  /** Version of fevm. */
  readonly version: string
  /** Answer of `web3_clientVersion`. */
  readonly clientVersion: string
  /** Limits of one question for logs; empty for none. */
  readonly logLimits: LogLimits
  /** Whether a gas limit that is too low is raised to the estimate. */
  readonly lenientGas: boolean
  /** Told of what was done differently from what was asked. */
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void
  /** What a client is told of its transaction that failed. */
  readonly failureAnswer: FailureAnswer
  /** Takes a compiler's output (solc's standard JSON), for names in the log; false if there is no contract in it. */
  readonly addCompilation: (output: unknown) => boolean
  /** Whether methods may use the node's keys and change the state; false where strangers can reach the node. */
  readonly unlocked: boolean
  /** Names this run of the chain; another one after a reset. 32 bytes. */
  instanceId: Uint8Array
  /** Snapshot of the beginning, which a reset goes back to. */
  initialSnapshot: number
  /** Whether calls are logged. */
  loggingEnabled: boolean
  /** attoFIL per gas that a transaction has to offer. */
  minGasPrice: bigint
  /** Gas that a transaction may ask for; undefined: the network's. */
  blockGasLimit: bigint | undefined
}
