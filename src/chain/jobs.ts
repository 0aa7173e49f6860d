import type { CID } from "multiformats/cid"
import type { ApplyResult } from "../fvm/executor/index.ts"
import type { Message } from "../fvm/message.ts"
import type { TipsetRow } from "./rows.ts"
import type { StepOptions, StepTrace } from "./steps/types.ts"
import type { AttoFil, BlockHeader, Gas, SignedMessage } from "./types.ts"

/** Which chain a worker executes for. First message to a worker. */
export interface WorkerSetup {
  readonly path: string
  readonly durable: boolean
  readonly chainId: bigint
  readonly networkVersion: number
  /** attoFIL in the genesis. */
  readonly supply: AttoFil
  /** Hash of the genesis tipset: what the devnet's randomness grows from. */
  readonly seed: Uint8Array
  /** Code CIDs of the bundle, as bytes. */
  readonly codes: readonly Uint8Array[]
  /** Code that stands in for that of actors where single steps are asked for: the actors' code CIDs, and the files. */
  readonly tracedCode: readonly { readonly code: Uint8Array; readonly path: string }[]
  readonly actorDebugging: boolean
  readonly mockProofs: boolean
  /** Bytes of an address where nobody is: calls to it are told of. Undefined: nobody wants to know. */
  readonly listenTo?: Uint8Array | undefined
}

/** A call that a message made to the address that is listened to. */
export interface Heard {
  /** Position of the message. */
  readonly message: number
  readonly method: bigint
  readonly params: Uint8Array
}

/** A message to be put into a tipset, as it stands on chain. */
export interface JobMessage {
  readonly cid: CID
  readonly bytes: Uint8Array
  readonly signed: SignedMessage
  readonly alias: Uint8Array | undefined
  /** The sender may be any actor. */
  readonly trusted: boolean
}

/** Make, execute and store the tipset after `parent`. */
export interface ProduceJob {
  readonly kind: "produce"
  readonly parent: Uint8Array
  readonly epoch: number
  readonly timestamp: number
  readonly baseFee: AttoFil
  /** Address bytes. */
  readonly miner: Uint8Array
  /** Data of the beacon entry. */
  readonly beacon: Uint8Array
  readonly messages: readonly JobMessage[]
}

/** The new tipset, what came of its messages in their order, and the messages that a block must not hold. */
export interface ProduceResult {
  readonly row: TipsetRow
  readonly header: BlockHeader
  readonly applied: readonly Pick<ApplyResult, "receipt" | "events">[]
  readonly dropped: readonly { readonly index: number; readonly reason: string }[]
  readonly heard: readonly Heard[]
}

/** Replace the state after a tipset. */
export interface EditJob {
  readonly kind: "edit"
  readonly hash: Uint8Array
  /** CID bytes. */
  readonly stateRoot: Uint8Array
  readonly blocks: readonly { readonly cid: Uint8Array; readonly bytes: Uint8Array }[]
}

/** Make a former tipset the head again, with the row it had. */
export interface RevertJob {
  readonly kind: "revert"
  readonly to: Uint8Array
  readonly row: Uint8Array
}

/** Messages on a copy. */
export interface TrialJob {
  readonly kind: "trial"
  readonly at: Uint8Array
  /** CID bytes of the state after that tipset. */
  readonly stateRoot: Uint8Array
  /** CID bytes of the state to execute on. */
  readonly root: Uint8Array
  readonly blocks: readonly { readonly cid: Uint8Array; readonly bytes: Uint8Array }[]
  readonly epoch: number | undefined
  readonly timestamp: number | undefined
  readonly baseFee: AttoFil | undefined
  readonly circulatingSupply: AttoFil | undefined
  readonly beaconRandomness: Uint8Array | undefined
  readonly trace: boolean
  readonly keepState: boolean
  /** Undefined: no single steps. */
  readonly steps: StepOptions | undefined
  readonly messages: readonly {
    readonly message: Message
    /** Bytes on chain that inclusion is charged for. */
    readonly chainLength: number
    readonly kind: "implicit" | "explicit"
    readonly assumeSender: boolean
    readonly exactSequence: boolean
  }[]
}

/** The same for one message, with the gas limit searched for. */
export interface EstimateJob extends Omit<TrialJob, "kind"> {
  readonly kind: "estimate"
}

/** A tipset again, as it was. */
export interface ReplayJob {
  readonly kind: "replay"
  readonly hash: Uint8Array
  /** Position of the last message wanted. */
  readonly upTo: number
  /** Single steps of the last message wanted, or of all. Default: of none. */
  readonly steps?: { readonly of: "last" | "all"; readonly options: StepOptions } | undefined
  /** Give back the states before and after that message. Default: false */
  readonly keepStates?: boolean
}

/** What a reader answers to trials and replays. */
export interface TrialOutcome {
  readonly results: readonly ApplyResult[]
  /** Of the messages for which they were asked for, in order. */
  readonly steps: readonly StepTrace[]
  readonly epoch: number
  readonly timestamp: number
  readonly baseFee: AttoFil
  readonly root: Uint8Array | undefined
  /** Of a replay: root of the state before the last message, if asked for; its blocks are among `blocks`. */
  readonly before?: Uint8Array
  readonly blocks: readonly { readonly cid: Uint8Array; readonly bytes: Uint8Array }[]
  readonly heard: readonly Heard[]
}

/** What a reader answers to an estimate. */
export interface EstimateOutcome {
  readonly gasLimit: Gas | undefined
  readonly result: ApplyResult
  /** In the first execution, with all the gas there is. */
  readonly heard: readonly Heard[]
}

/** What a worker can be asked. */
export type Job = ProduceJob | EditJob | RevertJob | TrialJob | EstimateJob | ReplayJob

/** What each kind of job answers. */
export interface JobResults {
  readonly produce: ProduceResult
  readonly edit: { readonly row: Uint8Array }
  readonly revert: { readonly row: Uint8Array }
  readonly trial: TrialOutcome
  readonly estimate: EstimateOutcome
  readonly replay: TrialOutcome
}
