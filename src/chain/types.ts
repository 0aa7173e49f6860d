import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { ApplyResult } from "../fvm/executor/index.ts"
import type { GasOutputs } from "../fvm/gas/outputs.ts"
import type { Message } from "../fvm/message.ts"
import type { Receipt, StampedEvent } from "../fvm/receipt.ts"
import type { Blockstore } from "../ipld/blockstore.ts"
import type { StepOptions, StepTrace } from "./steps/types.ts"
import type { TipsetKey } from "./tipset-key.ts"

/** An amount in attoFIL (10^18 attoFIL = 1 FIL). */
export type AttoFil = bigint

/** Whole units of gas. */
export type Gas = bigint

/** 1 secp256k1, 2 BLS, 3 delegated. */
export type SignatureType = 1 | 2 | 3

/** A signature as it stands on chain: the type byte, then `data`. */
export interface Signature {
  readonly type: SignatureType
  readonly data: Uint8Array
}

/** A message with its signature; of a BLS message on chain the signature is in the block's aggregate, `data` is empty then. */
export interface SignedMessage {
  readonly message: Message
  readonly signature: Signature
}

/** One beacon round as a block header carries it. */
export interface BeaconEntry {
  readonly round: bigint
  readonly data: Uint8Array
}

/**
 * A block header: the 16 fields of the CBOR tuple in their order.
 *
 * @see lotus chain/types/blockheader.go
 */
export interface BlockHeader {
  /** ID address of the block producer. */
  readonly miner: Address
  readonly ticket: Uint8Array | undefined
  readonly electionProof: { readonly winCount: number; readonly vrfProof: Uint8Array } | undefined
  readonly beaconEntries: readonly BeaconEntry[]
  readonly winPoStProof: readonly { readonly postProof: bigint; readonly proofBytes: Uint8Array }[]
  readonly parents: readonly CID[]
  readonly parentWeight: bigint
  readonly epoch: number
  /** State after the parent tipset was executed. */
  readonly parentStateRoot: CID
  /** Root of the AMT of the receipts of the parent tipset's messages. */
  readonly parentMessageReceipts: CID
  /** CID of `[BLS messages AMT, secp256k1 and delegated messages AMT]`. */
  readonly messages: CID
  readonly blsAggregate: Signature | undefined
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly blockSignature: Signature | undefined
  readonly forkSignaling: bigint
  /** attoFIL per unit of gas that this tipset's messages burn. The name is Filecoin's: it was computed from the parent. */
  readonly parentBaseFee: AttoFil
}

/** A tipset and what is known of its execution. Immutable, except that state control can replace `stateRoot` of the head. */
export interface Tipset {
  readonly key: TipsetKey
  /** Digest of the key's CID, 32 bytes; Ethereum's block hash. */
  readonly hash: Uint8Array
  /** Hash of the parent tipset; 32 zero bytes for the first. */
  readonly parentHash: Uint8Array
  readonly epoch: number
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly headers: readonly BlockHeader[]
  /** attoFIL per unit of gas that its messages burn. */
  readonly baseFee: AttoFil
  /** State before its messages. */
  readonly parentStateRoot: CID
  /** State after its messages; edits by state control included. */
  readonly stateRoot: CID
  /** Root of the AMT of its own receipts (the next header's `parentMessageReceipts`). */
  readonly receiptsRoot: CID
  readonly messageCount: number
  readonly eventCount: number
  /** Sum over its receipts. */
  readonly gasUsed: Gas
  /** Sum over its messages. */
  readonly gasLimit: Gas
}

/** A message at its place in a tipset. */
export interface IncludedMessage {
  /** Signed message CID; of a BLS message that of the bare message. */
  readonly cid: CID
  /** What the pusher gave as second name (Ethereum: the transaction hash), 32 bytes; undefined without one. */
  readonly alias: Uint8Array | undefined
  /** Position in the order of execution, from 0. */
  readonly index: number
  readonly signed: SignedMessage
}

/** A receipt, its events in order of emission, and how the gas was paid (all zero if the message did not pass preflight). */
export interface ExecutedMessage extends IncludedMessage {
  readonly receipt: Receipt
  readonly events: readonly StampedEvent[]
  readonly gas: GasOutputs
}

/** Where a message is. */
export interface MessageLocation {
  readonly tipset: Tipset
  readonly message: IncludedMessage
  /** Undefined while the tipset is included but, by the chosen timing, not executed yet. */
  readonly executed: ExecutedMessage | undefined
}

/**
 * Names of tipsets.
 *
 * | tag | timing instant | timing lotus |
 * |---|---|---|
 * | head | the newest | the newest: included, not executed |
 * | latest | the newest | the parent of the head: the newest executed |
 * | pending | the newest (the mempool on top of it: {@link Chain.pending}) | the head |
 * | safe, finalized | `latest` minus the delays given when opened (default 0) | the same (default 30 and 900) |
 * | earliest | epoch 0 | epoch 0 |
 */
export type TipsetTag = "head" | "latest" | "pending" | "safe" | "finalized" | "earliest"

/** How a caller names a tipset. */
export type TipsetRef =
  | { readonly tag: TipsetTag }
  | { readonly epoch: number }
  | { readonly hash: Uint8Array }
  | { readonly key: TipsetKey }
  | Tipset

/** `refuse`: NullRoundError. `previous`: the tipset before. `next`: the tipset after. */
export type NullRoundPolicy = "refuse" | "previous" | "next"

/** An actor of the state tree. */
export interface Actor {
  readonly id: bigint
  readonly code: CID
  readonly head: CID
  readonly sequence: bigint
  readonly balance: AttoFil
  /** f4 address; undefined for actors without. */
  readonly delegatedAddress: Address | undefined
  /** Name in the bundle's manifest (`evm`, `ethaccount`, `placeholder`, ...); undefined for code outside of it. */
  readonly kind: string | undefined
}

/** A log: one event at its place in the chain. */
export interface LogRecord {
  readonly epoch: number
  readonly tipsetHash: Uint8Array
  readonly messageCid: CID
  readonly alias: Uint8Array | undefined
  readonly messageIndex: number
  /** Position in the tipset, from 0. */
  readonly logIndex: number
  /** Actor ID. */
  readonly emitter: bigint
  /** The emitter's f4 address; undefined if it has none. */
  readonly emitterAddress: Address | undefined
  readonly entries: StampedEvent["entries"]
}

/** What to look for in the logs. All conditions must hold; within one condition any value does. */
export interface LogQuery {
  /** First epoch, inclusive. */
  readonly from: number
  /** Last epoch, inclusive. */
  readonly to: number
  /** Actor IDs; undefined for any, an empty list matches nothing. */
  readonly emitters?: readonly bigint[]
  /** f4 addresses of emitters, as an alternative to `emitters` that needs no look-up. */
  readonly emitterAddresses?: readonly Address[]
  /** For each key one of the values has to be there. */
  readonly fields?: readonly { readonly key: string; readonly values: readonly Uint8Array[] }[]
  /** More results than this: ChainError `too-many-results`. Default: none. */
  readonly limit?: number
}

/** What happened to the head. `revert` comes newest first, then `apply` oldest first. */
export interface HeadChange {
  readonly reverted: readonly Tipset[]
  readonly applied: readonly Tipset[]
  /** The new head. */
  readonly head: Tipset
  /** What `latest` is now; another tipset than before only if `latestChanged`. */
  readonly latest: Tipset
  /** Tipsets that became visible as executed, oldest first: with timing `lotus` one behind `applied`. */
  readonly executed: readonly Tipset[]
  /** Tipsets that were visible as executed and are not any more, newest first. */
  readonly unexecuted: readonly Tipset[]
}

/** A message in the mempool. */
export interface PendingMessage {
  readonly cid: CID
  readonly alias: Uint8Array | undefined
  readonly signed: SignedMessage
  /** f0 of the sender, if it exists. */
  readonly sender: Address
  /** Bytes on chain. */
  readonly chainLength: number
  /** Order of arrival. */
  readonly arrival: number
  /** False behind a nonce gap: it cannot be included yet. */
  readonly ready: boolean
}

/** A change of the mempool, for subscriptions. */
export interface MempoolChange {
  readonly kind: "added" | "replaced" | "included" | "dropped"
  readonly message: PendingMessage
}

/** How tipsets come about. */
export type MiningMode =
  /** One for each message (or batch of messages that came together), at once. */
  | { readonly kind: "instant" }
  /** One every so many seconds. */
  | { readonly kind: "interval"; readonly seconds: number }
  /** Only when asked. */
  | { readonly kind: "manual" }

/** When a tipset counts as executed. */
export type Timing = "instant" | "lotus"

/** An account that exists from the beginning. */
export interface GenesisAccount {
  /** f410, f1 or f3. */
  readonly address: Address
  readonly balance: AttoFil
}

/** An actor of the bundle that is there from the beginning, with state of its own. */
export interface GenesisActor {
  /** f410. */
  readonly address: Address
  /** Its name in the bundle's manifest. */
  readonly kind: string
  /** Puts its state into the store. @returns The head. */
  readonly createState: (store: Blockstore) => CID
}

/** What the first tipset is made of. The same values give the same CIDs. */
export interface GenesisOptions {
  readonly accounts: readonly GenesisAccount[]
  /** Beside the accounts, with IDs behind theirs. Default: none */
  readonly actors?: readonly GenesisActor[]
  /** Default: 31415926 */
  readonly chainId?: bigint
  /** Default: 28 */
  readonly networkVersion?: number
  /** Seconds since 1970. Default: now. */
  readonly timestampSeconds?: number
  /** Default: "fevm" */
  readonly networkName?: string
  /** attoFIL per unit of gas. Default: 100, the least. */
  readonly baseFee?: AttoFil
  /** Whether `debug.*` syscalls do anything, as on Lotus' `2k` and debug networks: actors then use other amounts of gas. Default: false */
  readonly actorDebugging?: boolean
  /** Whether storage proofs are those of Lotus' mock prover. Without it nobody judges proofs, and actors hear so. Default: false */
  readonly mockProofs?: boolean
}

/** How to open a chain. */
export interface ChainOptions {
  /** Whether nobody waits for whoever asks now: then what he asks may take the thread longer. Default: others always may */
  readonly alone?: () => boolean
  /** Folder of the database; made if missing. Default: a temporary folder, removed on close. */
  readonly dataDir?: string
  /** CAR files of actor bundles; the first one's manifest is the network's, the others add code. */
  readonly bundles: readonly (string | Uint8Array)[]
  /**
   * Wasm files that stand in for an actor of the bundle where single steps are asked for, by its name in the manifest: builds that tell
   * of each instruction (`dist/actors/evm-trace.wasm`). Default: none, and nothing can be stepped through.
   */
  readonly tracedActors?: Readonly<Record<string, string>>
  /** What the build has worked out of a bundle (`dist/actors/prepared.cbor`, see prepared.ts): makes a new chain faster. Default: nothing */
  readonly prepared?: string
  /** Used if the database is new; of an existing one chainId, networkVersion, actorDebugging and mockProofs are compared if given. */
  readonly genesis: GenesisOptions
  /** Default: instant */
  readonly mining?: MiningMode
  /** Default: instant */
  readonly timing?: Timing
  /** Seconds an epoch stands for with timing lotus, and for the clock of null rounds. Default: 30 */
  readonly blockDelaySeconds?: number
  /** Chance that a round stays without a block, 0 to below 1. Default: 0 */
  readonly nullRoundRate?: number
  /** Threads that answer calls, estimates and traces. Default: processors less one, 1 to 4. */
  readonly readers?: number
  /** Stack of each thread that executes. Default: 256 */
  readonly stackSizeMb?: number
  /** Epochs behind `latest`. Default: 0, with timing lotus 30. */
  readonly safeDelay?: number
  /** Epochs behind `latest`. Default: 0, with timing lotus 900. */
  readonly finalityDelay?: number
  /** attoFIL; messages with a lower fee cap are refused. Default: 100 */
  readonly minimumFeeCap?: AttoFil
  /** Whether a message whose value and gas exceed the sender's balance is refused. Default: true (Lotus: only the gas counts) */
  readonly checkFunds?: boolean
  /** Takes what Lotus' mempool takes on a devnet: any gap of nonces, value beyond the balance, gas limits by an older price list. Default: false */
  readonly lotusMempool?: boolean
  /** An address where nobody is, whose callers are told of by `Chain.onHeard`: contracts print by such calls. Default: none */
  readonly listenTo?: Address
  /** Wall clock in milliseconds. Default: Date.now */
  readonly now?: () => number
  /** Told of faults that were answered but should be looked at. */
  readonly log?: (entry: { level: "warn" | "error"; message: string; error?: unknown }) => void
}

/**
 * Values of the tipset in which messages are tried out; what is left out is as in `at` itself, as Lotus and geth do it. Without `baseFee`
 * it is 0 if no message has a fee cap.
 */
export interface ExecutionContext {
  readonly epoch?: number
  readonly timestamp?: number
  readonly baseFee?: AttoFil
  readonly circulatingSupply?: AttoFil
  /** Digest the beacon answers with for this epoch, 32 bytes. */
  readonly beaconRandomness?: Uint8Array
}

/** A state that differs from one on chain: the root, and the blocks that the store does not have. */
export interface StateOverlay {
  readonly root: CID
  readonly blocks: readonly { readonly cid: CID; readonly bytes: Uint8Array }[]
}

/** One message to try out. */
export interface TrialMessage {
  readonly message: Message
  /** Bytes on chain that are charged. Default: the length of the bare message's CBOR (plus a signature's, with `explicit`). */
  readonly chainLength?: number
  /**
   * `implicit`: no check of sender, nonce or funds, no gas is paid. `explicit`: as on chain.
   * Default: implicit
   */
  readonly kind?: "implicit" | "explicit"
  /**
   * Anybody can be played: a sender that does not exist is made as a transfer to it would make it, and one that may not send
   * messages (a contract) sends one. Default: false
   */
  readonly assumeSender?: boolean
  /** Takes the message's own sequence; else that which the sender has. Default: false */
  readonly exactSequence?: boolean
}

/** A request to execute on a copy of the state; nothing is kept. */
export interface TrialRequest {
  /** State after this tipset; epoch, timestamp and randomness of it too. */
  readonly at: TipsetRef
  /** Instead of the state after `at`. */
  readonly overlay?: StateOverlay | undefined
  readonly context?: ExecutionContext | undefined
  /** Executed one after the other; results come for each. */
  readonly messages: readonly TrialMessage[]
  /** Collect an execution trace for each. Default: false */
  readonly trace?: boolean
  /** Give back the resulting state as an overlay. Default: false */
  readonly keepState?: boolean
  /** Execute each a second time with the traced actors, and give its single steps. Default: no */
  readonly steps?: StepOptions
  /** Stop after this many milliseconds with `worker-timeout`. Default: none. */
  readonly timeoutMs?: number | undefined
}

/** What one message did in a trial: the executor's result, whole (failure with backtrace, trace if asked for). */
export type TrialResult = ApplyResult

/** Everything a trial gives back. */
export interface TrialResponse {
  readonly results: readonly TrialResult[]
  /** Of the messages for which they were asked for, in order. */
  readonly steps: readonly StepTrace[]
  readonly state: StateOverlay | undefined
  readonly epoch: number
  readonly timestamp: number
  readonly baseFee: AttoFil
}

/** Gas a message needs. */
export interface EstimateResponse {
  /** Least gas limit with which it succeeds, as found by search; undefined if it fails with any. */
  readonly gasLimit: Gas | undefined
  /** The run with the block's gas limit: what it uses, or how it fails. */
  readonly result: TrialResult
}

/** How tipsets are to be made on request. */
export interface MineOptions {
  /** Default: 1 */
  readonly count?: number
  /** Rounds without a block before each. Default: by the rate given when opened. */
  readonly nullRounds?: number
  /** Timestamp of the first one. Default: the clock's. */
  readonly timestampSeconds?: number
  /** Seconds between them. Default: by the clock. */
  readonly intervalSeconds?: number
  /** Leaves the mempool alone. Default: false */
  readonly empty?: boolean
  /** With timing `lotus`: how good the producer's ticket is, from 0 to 1; above 0.84 messages are chosen otherwise. Default: 0 */
  readonly ticketQuality?: number
}
