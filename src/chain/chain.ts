import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { EditableState, StateView } from "./state-view.ts"
import type {
  AttoFil,
  BlockHeader,
  ChainOptions,
  EstimateResponse,
  ExecutedMessage,
  Gas,
  HeadChange,
  IncludedMessage,
  LogQuery,
  LogRecord,
  MempoolChange,
  MessageLocation,
  MineOptions,
  MiningMode,
  NullRoundPolicy,
  PendingMessage,
  SignedMessage,
  StateOverlay,
  Timing,
  Tipset,
  TipsetRef,
  TrialMessage,
  TrialRequest,
  TrialResponse,
} from "./types.ts"

/**
 * The chain as everybody above sees it: one writer that makes tipsets, readers that try messages out, a mempool, a clock.
 *
 * No Wasm runs on the thread that holds this object. What is in memory (head, mempool, clock) answers at once; what
 * lies in the store or runs in a worker answers with a promise, so that a store elsewhere fits later.
 *
 * All methods throw ChainError `closed` after {@link close}.
 */
export declare class Chain {
  private constructor()

  /**
   * Opens the database, or makes one with its genesis, and starts the writer.
   *
   * @throws ChainError - `database-in-use`: another process has it open. `database-mismatch`: it holds a chain with another chain
   *   ID or network version than asked for, or is of a newer format. `bundle`: no CAR, or no manifest in it. `invalid-option`.
   */
  static open(options: ChainOptions): Promise<Chain>

  /** Stops mining and workers; what was acknowledged is in the database. A second call does nothing. */
  close(): Promise<void>

  // What chain this is

  readonly chainId: bigint
  readonly networkVersion: number
  readonly networkName: string
  readonly timing: Timing
  readonly genesis: Tipset
  /** CID of the manifest of the actor bundle, and code CIDs by name. */
  readonly bundle: { readonly manifest: CID; readonly codes: ReadonlyMap<string, CID> }
  /** Gas that fits into one block: 10^10. */
  readonly blockGasLimit: Gas
  readonly dataDir: string

  // Tipsets

  /** The newest tipset. */
  get head(): Tipset
  /** The newest tipset that counts as executed: the head, with timing `lotus` its parent. */
  get latest(): Tipset
  /** Whether receipts and state of this tipset can be asked for: false only for the head with timing `lotus`. */
  isExecuted(tipset: Tipset): boolean
  /**
   * The tipset that a reference means, of the chain that leads to the head.
   *
   * @param nullRound - What to do for an epoch without a block. Default: refuse
   * @throws NullRoundError. FutureEpochError. ChainError `unknown-tipset`: no such hash or key, or reverted since.
   */
  resolve(ref: TipsetRef, nullRound?: NullRoundPolicy): Promise<Tipset>
  /** The tipset at an epoch; undefined for a null round or beyond the head. */
  tipsetAt(epoch: number): Promise<Tipset | undefined>
  /** The tipset with this hash; undefined if there is none on the current chain. */
  tipsetByHash(hash: Uint8Array): Promise<Tipset | undefined>
  /** The parent; undefined for the first. */
  parentOf(tipset: Tipset): Promise<Tipset | undefined>
  /** The tipset after this one; undefined for the head. */
  childOf(tipset: Tipset): Promise<Tipset | undefined>
  /** A block header of any tipset on the current chain. */
  header(cid: CID): Promise<BlockHeader | undefined>

  // Messages and receipts

  /** The messages of a tipset in order of execution. */
  messages(tipset: Tipset): Promise<readonly IncludedMessage[]>
  /** The messages with receipts, events and gas. @throws ChainError `not-executed` by the timing chosen. */
  executed(tipset: Tipset): Promise<readonly ExecutedMessage[]>
  /** Where the message with this CID is; undefined if it is in no tipset (see also {@link pendingByCid}). */
  findMessage(cid: CID): Promise<MessageLocation | undefined>
  /** The same by the second name that was given with {@link push}. */
  findByAlias(alias: Uint8Array): Promise<MessageLocation | undefined>
  /** CID for a second name, of included and of pending messages. */
  cidByAlias(alias: Uint8Array): Promise<CID | undefined>
  /** Second name of a message; undefined if it has none or is not known. */
  aliasByCid(cid: CID): Promise<Uint8Array | undefined>

  // Logs

  /**
   * Events in the range, in order, from the index.
   *
   * @throws ChainError - `too-many-results`: more than `limit`.
   */
  logs(query: LogQuery): Promise<readonly LogRecord[]>

  // State

  /** The state after a tipset. @throws As {@link resolve} with `previous`. */
  stateAt(ref: TipsetRef): Promise<StateView>
  /** Any block of the store: state, headers, messages, receipts. */
  block(cid: CID): Promise<Uint8Array | undefined>
  /** f4 address of an actor (it never changes); undefined if it has none. */
  delegatedAddress(id: bigint): Promise<Address | undefined>
  /** FIL that exist in accounts and actors: genesis less what was burnt. */
  circulatingSupply(ref: TipsetRef): Promise<AttoFil>
  /** Digest of the beacon entry for an epoch, 32 bytes: what PREVRANDAO is drawn from. */
  beaconDigest(epoch: number): Promise<Uint8Array>
  /** Digest of the ticket for an epoch, 32 bytes. */
  ticketDigest(epoch: number): Promise<Uint8Array>

  // Execution on a copy

  /**
   * Executes messages on top of a state on a reader thread; nothing is kept. A failed message is a result, not an error.
   *
   * @throws ChainError - `worker-crashed`, `worker-timeout`, `execution-fault` (ours), and what {@link resolve} throws.
   */
  trial(request: TrialRequest): Promise<TrialResponse>
  /** {@link trial} of one message. */
  call(
    message: TrialMessage,
    at: TipsetRef,
    options?: Pick<TrialRequest, "overlay" | "context" | "trace" | "timeoutMs">,
  ): Promise<TrialResponse["results"][number]>
  /** Least gas limit with which an explicit message succeeds, by search; nothing is added to it. */
  estimate(
    message: TrialMessage,
    at: TipsetRef,
    options?: Pick<TrialRequest, "overlay" | "context" | "timeoutMs">,
  ): Promise<EstimateResponse>
  /** Executes a tipset again as it was, with traces: results for the messages up to and including `upTo`. Default: all. */
  replay(tipset: Tipset, upTo?: number): Promise<TrialResponse>
  /** The mempool executed on top of the head on a copy: the tipset that would come now. */
  pending(): Promise<{ readonly messages: readonly IncludedMessage[]; readonly response: TrialResponse }>

  // Mempool

  /**
   * Takes a message. With instant mining the promise settles when the message is in an executed tipset, or, behind a nonce gap,
   * at once.
   *
   * secp256k1 and BLS signatures are checked here; a delegated signature is the caller's to check, and so is any with `trusted`.
   *
   * @param alias - 32 bytes under which the message can be found too.
   * @throws MempoolError - It is refused, for the reason given; nothing was changed.
   */
  push(signed: SignedMessage, options?: { readonly alias?: Uint8Array; readonly trusted?: boolean }): Promise<CID>
  /** Messages that wait, by sender and sequence, in order of arrival of the senders. */
  pendingMessages(sender?: Address): readonly PendingMessage[]
  pendingByCid(cid: CID): PendingMessage | undefined
  pendingByAlias(alias: Uint8Array): PendingMessage | undefined
  /** First sequence that a sender has neither used (at the head) nor pending without a gap; 0 if it does not exist. */
  nextSequence(sender: Address): Promise<bigint>
  /** Removes a message; false if it was not there. */
  drop(cid: CID): boolean
  /** Removes all messages (of a sender). */
  dropAll(sender?: Address): number

  // Making tipsets

  /** Makes tipsets now, whatever the mode; settles when the last one is executed. @returns The new tipsets, oldest first. */
  mine(options?: MineOptions): Promise<readonly Tipset[]>
  get mining(): MiningMode
  /** Changes the mode; messages that wait are mined when it becomes instant. */
  setMining(mode: MiningMode): Promise<void>
  /** Rounds without a block before the next tipset, once. */
  skipRounds(count: number): void
  setNullRoundRate(rate: number): void

  // Clock

  /** Timestamp that the next tipset would have, in seconds. */
  get nextTimestamp(): number
  /** Moves the clock forward. @returns The whole offset to the wall clock in seconds. */
  increaseTime(seconds: number): number
  /** Timestamp of the next tipset, once; the clock goes on from there. @throws ChainError `timestamp-too-low` */
  setNextTimestamp(seconds: number): void
  /** Sets the clock. @returns The offset to the wall clock in seconds. */
  setTime(seconds: number): number
  /** Seconds between tipsets from now on, whatever the wall clock says; undefined goes back to the clock. */
  setTimestampInterval(seconds: number | undefined): void

  // State control

  /**
   * Replaces the state after the head by one in which `edit` changed what it wanted; waits its turn behind tipsets in the making.
   *
   * @returns The head with its new state root. With timing `lotus` it shows at `latest` from the next tipset on.
   */
  editState(edit: (state: EditableState) => void): Promise<Tipset>
  /** The same on a copy, for {@link trial}. */
  overlay(at: TipsetRef, edit: (state: EditableState) => void): Promise<StateOverlay>
  /** Puts the head back (state, mempool, clock) to this moment by {@link revert}. @returns A name for it, counted from 1. */
  snapshot(): Promise<number>
  /** Goes back to a snapshot; it and later ones are gone then. @returns False if there is no such snapshot. */
  revert(snapshot: number): Promise<boolean>
  /** attoFIL per unit of gas of the next tipset, once. */
  setNextBaseFee(baseFee: AttoFil): void
  /** attoFIL per unit of gas of the next tipset as it stands now. */
  get nextBaseFee(): AttoFil
  /** ID address of the producer of tipsets from now on. */
  setMiner(miner: Address): void
  get miner(): Address
  /** Data of the next tipset's beacon entry, once. */
  setNextBeaconData(data: Uint8Array): void

  // News

  /** Calls back after each change of the head. @returns Ends it. */
  onHead(listener: (change: HeadChange) => void): () => void
  /** Calls back for each change of the mempool. @returns Ends it. */
  onMempool(listener: (change: MempoolChange) => void): () => void
}
