import { availableParallelism } from "node:os"
import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import { priceListOf } from "../fvm/gas/price-list.ts"
import { loadManifest } from "../fvm/machine/bundle.ts"
import { StateTree } from "../fvm/state-tree/state-tree.ts"
import { type Block, mustGet } from "../ipld/blockstore.ts"
import {
  bytesFromKey,
  bytesKey,
  cidEquals,
  cidFromKey,
  cidKey,
  DAG_CBOR,
  decodeCid,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
} from "../ipld/cid.ts"
import { linksOf } from "../ipld/links.ts"
import { OverlayBlockstore } from "../ipld/overlay-blockstore.ts"
import { BLOCK_GAS_LIMIT, MINIMUM_BASE_FEE, nextBaseFee } from "./base-fee.ts"
import { Clock, type ClockState } from "./clock.ts"
import { compareFacts, createChain, takeFolder } from "./create.ts"
import { beaconData, beaconDigest, chance, ticketDigest } from "./draws.ts"
import { ChainError, FutureEpochError, must, NullRoundError } from "./errors.ts"
import { type ChainFacts, firstState, readFacts } from "./facts.ts"
import { DEVNET_MINER } from "./genesis.ts"
import { decodeHeader } from "./header-codec.ts"
import { JobRunner } from "./job-runner.ts"
import type { Heard, JobMessage, ProduceResult, WorkerSetup } from "./jobs.ts"
import type { FoundLogs, LogSearch } from "./log-index.ts"
import { Mempool, type PoolEntry, type SenderAccount } from "./mempool.ts"
import { toChainMessage } from "./message-codec.ts"
import { decodeTipsetRow, encodeTipsetRow, type TipsetRow } from "./rows.ts"
import { checkSignature } from "./signatures.ts"
import { type BundleCodes, bundleCodes, editOverlay, findSender, StateReader } from "./state-reader.ts"
import type { EditableState, StateView } from "./state-view.ts"
import type { StepOptions } from "./steps/types.ts"
import { ChainStore, isInline } from "./store.ts"
import { sweepTemporaryFolders } from "./temp-folders.ts"
import { Tipsets } from "./tipsets.ts"
import { nameOfCall, toResponse, trialJob } from "./trials.ts"
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
  TipsetTag,
  TrialMessage,
  TrialRequest,
  TrialResponse,
} from "./types.ts"

/** The price list of epoch 0, which is the one that Lotus' mempool knows on devnets: 38863 + 1000 x (36 + length). */
const LOTUS_INCLUSION_BASE = 74_863n
const LOTUS_INCLUSION_PER_BYTE = 1000n
const BURNT_FUNDS_ID = 99n
const DEFAULT_BLOCK_DELAY = 30
const DEFAULT_STACK_MB = 256
const MAX_READERS = 4
/** What dead nodes left behind is looked for when the start is over. */
const SWEEP_DELAY_MS = 300
/** A longer row of rounds without a block than this is a mistake. */
const MAX_NULL_ROUNDS = 1_000_000
/**
 * Most snapshots are never gone back to, and nobody says which: so they are made of little. What else there is to know of the head lies
 * in the store; a row changes in nothing but its state root.
 */
interface Snapshot {
  readonly id: number
  readonly epoch: number
  /** Hash of the head, as by {@link bytesKey}: a string takes a fifth of what an array of 32 bytes does. */
  readonly head: string
  /** State after the head, as by {@link cidKey}: it may have been edited before or since. */
  readonly stateRoot: string
  readonly pool: readonly PoolEntry[]
  readonly clock: ClockState
  readonly settings: Settings
}

/** Of all snapshots of an empty mempool. */
const EMPTY_POOL: readonly PoolEntry[] = []

/** Calls to the address that a chain listens to. */
export interface Hearing {
  /** Whose messages made them; undefined if messages were only tried out. */
  readonly tipset: Tipset | undefined
  /** The messages that were tried out. */
  readonly trials: readonly TrialMessage[]
  readonly heard: readonly Heard[]
}

/** What state control may set for the next tipset. */
interface Settings {
  readonly baseFee: AttoFil | undefined
  readonly beacon: Uint8Array | undefined
  readonly skip: number
}

/** One for all tipsets before which nothing was set. */
const NO_SETTINGS: Settings = { baseFee: undefined, beacon: undefined, skip: 0 }

/** What going back took off the chain, newest first. */
interface StepsBack {
  readonly reverted: readonly Tipset[]
  /** What was visible as executed and is not any more. */
  readonly unexecuted: readonly Tipset[]
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The chain as everybody above sees it: one writer that makes tipsets, readers that try messages out, a mempool, a clock.
 *
 * What is in memory (head, mempool, clock) answers at once; what lies in the store or is executed answers with a promise, so that
 * workers, and a store elsewhere, fit behind it. Where executions run: see JobRunner.
 *
 * Methods throw ChainError `closed` after {@link close}.
 */
export class Chain {
  readonly chainId: bigint
  readonly networkVersion: number
  readonly networkName: string
  readonly timing: Timing
  readonly genesis: Tipset
  /** CID of the manifest of the actor bundle, and code CIDs by name. */
  readonly bundle: { readonly manifest: CID; readonly codes: ReadonlyMap<string, CID> }
  /** Gas that fits into one block: 10^10. */
  readonly blockGasLimit: Gas = BLOCK_GAS_LIMIT
  readonly dataDir: string

  readonly #options: ChainOptions
  readonly #store: ChainStore
  readonly #tipsets: Tipsets
  readonly #codes: BundleCodes
  readonly #jobs: JobRunner
  readonly #clock: Clock
  readonly #pool: Mempool
  readonly #blockDelay: number
  readonly #supply: AttoFil
  readonly #release: () => void
  /** The first epoch whose state is there. */
  readonly #firstState: number
  readonly #headListeners = new Set<(change: HeadChange) => void>()
  readonly #heardListeners = new Set<(hearing: Hearing) => void>()
  readonly #poolListeners = new Set<(change: MempoolChange) => void>()
  readonly #waiters = new Map<string, Waiter[]>()

  #head: Tipset
  #latest: Tipset
  #headTree: StateTree | undefined
  readonly #headAccounts = new Map<string, SenderAccount | undefined>()
  #nextBaseFee: AttoFil
  #settings: Settings = NO_SETTINGS
  #miner: Address = DEVNET_MINER
  #mining: MiningMode
  #nullRoundRate: number
  #snapshots: Snapshot[] = []
  #snapshotCount = 0
  #headMadeAt: number
  #turn: Promise<unknown> = Promise.resolve()
  #instantRunning = false
  #timer: NodeJS.Timeout | undefined
  #sweep: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  private constructor(
    options: ChainOptions,
    parts: {
      readonly store: ChainStore
      readonly facts: ChainFacts
      readonly folder: string
      readonly release: () => void
    },
  ) {
    const { store, facts } = parts
    const timing = options.timing ?? "instant"
    this.#options = options
    this.#store = store
    this.#tipsets = new Tipsets(store)
    this.chainId = facts.chainId
    this.networkVersion = facts.networkVersion
    this.networkName = facts.networkName
    this.timing = timing
    this.dataDir = parts.folder
    this.#release = parts.release
    this.#supply = facts.supply
    this.#firstState = firstState(store)
    this.#blockDelay = options.blockDelaySeconds ?? DEFAULT_BLOCK_DELAY
    this.#mining = options.mining ?? { kind: "instant" }
    this.#nullRoundRate = options.nullRoundRate ?? 0
    checkRate(this.#nullRoundRate)
    this.#clock = new Clock(options.now ?? Date.now)
    this.#headMadeAt = (options.now ?? Date.now)()

    const { actors } = loadManifest(store.blocks, facts.manifest)
    this.#codes = bundleCodes(actors)
    this.bundle = { manifest: facts.manifest, codes: this.#codes.codes }

    this.genesis = this.#tipsets.load(facts.genesis)
    this.#head = this.#tipsets.load(must(store.meta("head"), "the database names no head"))
    this.#latest = this.#latestUnder(this.#head)
    this.#nextBaseFee = this.#baseFeeAfter(this.#head)
    // A chain whose time was moved goes on from there.
    const ahead = this.#head.timestamp - this.#clock.seconds
    if (ahead > 0) this.#clock.increase(ahead)

    const setup: WorkerSetup = {
      path: parts.folder,
      durable: options.dataDir !== undefined,
      chainId: this.chainId,
      networkVersion: this.networkVersion,
      supply: facts.supply,
      seed: this.genesis.hash,
      codes: actors.map(([, code]) => new Uint8Array(code.bytes)),
      tracedCode: Object.entries(options.tracedActors ?? {}).flatMap(([name, path]) => {
        const code = this.#codes.codes.get(name)
        return code ? [{ code: new Uint8Array(code.bytes), path }] : []
      }),
      actorDebugging: facts.actorDebugging,
      mockProofs: facts.mockProofs,
      listenTo: options.listenTo?.bytes,
    }
    this.#jobs = new JobRunner(store, {
      setup,
      stackSizeMb: options.stackSizeMb ?? DEFAULT_STACK_MB,
      log: (message: string, error: unknown) => options.log?.({ level: "error", message, error }),
      ...(options.alone && { alone: options.alone }),
      readers: options.readers ?? Math.min(MAX_READERS, Math.max(1, availableParallelism() - 1)),
    })

    const prices = priceListOf(this.networkVersion)
    this.#pool = new Mempool(
      {
        minimumFeeCap: options.minimumFeeCap ?? MINIMUM_BASE_FEE,
        checkFunds: options.checkFunds ?? !options.lotusMempool,
        selection: timing === "lotus" ? "lotus" : "premium",
        ...(options.lotusMempool && { maxSequenceGap: 1n << 64n, replacement: "lotus" }),
        inclusionCost: (length) => {
          if (options.lotusMempool) return LOTUS_INCLUSION_BASE + LOTUS_INCLUSION_PER_BYTE * BigInt(length)
          const { compute, other } = prices.onChainMessage(length)
          return (compute + other + 999n) / 1000n
        },
      },
      (address) => this.#account(address),
      (change) => {
        for (const listener of this.#poolListeners) listener(change)
      },
    )
  }

  /**
   * Opens the database, or makes one with its genesis, and starts the writer.
   *
   * @throws ChainError - `database-in-use`: another process has it open. `database-mismatch`: it holds a chain with another chain
   *   ID or network version than asked for, or is of a newer format. `bundle`: no CAR, or no manifest in it. `invalid-option`.
   */
  static async open(options: ChainOptions): Promise<Chain> {
    const temporary = options.dataDir === undefined
    const { folder, release } = takeFolder(options.dataDir)
    let store: ChainStore | undefined
    try {
      store = new ChainStore({ path: folder, durable: !temporary, behind: temporary })
      const facts = readFacts(store) ?? createChain(store, options)
      compareFacts(facts, options, folder)
      const chain = new Chain(options, { store, facts, folder, release })
      chain.#schedule()
      chain.#sweep = setTimeout(() => void sweepTemporaryFolders(), SWEEP_DELAY_MS).unref()
      return chain
    } catch (error) {
      await store?.close()
      release()
      throw error
    }
  }

  /** Stops mining and workers; what was acknowledged is in the database. A second call does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer)
    clearTimeout(this.#sweep)
    await this.#turn.catch(() => undefined)
    await this.#jobs.close()
    await this.#store.close()
    this.#release()
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new ChainError("closed", "the chain is closed")
  }

  // Tipsets

  /** The newest tipset. */
  get head(): Tipset {
    return this.#head
  }

  /** The newest tipset that counts as executed: the head, with timing `lotus` its parent. */
  get latest(): Tipset {
    return this.#latest
  }

  /** Whether receipts and state of this tipset can be asked for: false only for the head with timing `lotus`. */
  isExecuted(tipset: Tipset): boolean {
    return tipset.epoch <= this.#latest.epoch
  }

  /**
   * The tipset that a reference means, of the chain that leads to the head.
   *
   * @param nullRound - What to do for an epoch without a block. Default: refuse
   * @throws NullRoundError. FutureEpochError. ChainError `unknown-tipset`: no such hash or key, or reverted since.
   */
  async resolve(ref: TipsetRef, nullRound: NullRoundPolicy = "refuse"): Promise<Tipset> {
    return this.#resolve(ref, nullRound)
  }

  #resolve(ref: TipsetRef, nullRound: NullRoundPolicy): Tipset {
    this.#checkOpen()
    if ("tag" in ref) return this.#byTag(ref.tag)
    if ("stateRoot" in ref) return ref
    if ("hash" in ref || "key" in ref) {
      const found = this.#tipsets.onChain("hash" in ref ? ref.hash : ref.key.hash)
      if (found === undefined) throw new ChainError("unknown-tipset", "no tipset on this chain has that hash")
      return found
    }
    const { epoch } = ref
    if (!Number.isSafeInteger(epoch) || epoch < 0)
      throw new ChainError("invalid-option", `epoch ${epoch} is not a whole number from 0 on`)
    if (epoch > this.#head.epoch) throw new FutureEpochError(epoch, this.#head.epoch)
    const found = this.#at(epoch)
    if (found !== undefined) return found
    switch (nullRound) {
      case "refuse":
        throw new NullRoundError(epoch)
      case "previous":
        return this.#tipsets.load(must(this.#store.lastAtOrBefore(epoch), "the chain has no beginning").hash)
      case "next":
        return this.#tipsets.load(must(this.#store.firstAtOrAfter(epoch), "the chain has no end").hash)
    }
  }

  /** As {@link #resolve} with `previous`, for those who want its state. @throws ChainError - `pruned`: it was removed. */
  #withState(ref: TipsetRef): Tipset {
    const tipset = this.#resolve(ref, "previous")
    // The state of the genesis stays, unless it was edited.
    const { epoch, stateRoot, parentStateRoot } = tipset
    if (epoch >= this.#firstState || (epoch === 0 && stateRoot.equals(parentStateRoot))) return tipset
    return this.#refusePruned(epoch)
  }

  /** @throws ChainError - `pruned`: the state before its messages was removed. */
  #checkReplayable({ epoch }: Tipset): void {
    // The first state that is kept is that after a tipset whose parent's is not.
    if (epoch > 0 && epoch <= this.#firstState) this.#refusePruned(epoch - 1)
  }

  #refusePruned(epoch: number): never {
    throw new ChainError(
      "pruned",
      `the state after epoch ${epoch} was removed (fevm db gc): states from epoch ${this.#firstState} on are kept`,
    )
  }

  #byTag(tag: TipsetTag): Tipset {
    switch (tag) {
      case "head":
      case "pending":
        return this.#head
      case "latest":
        return this.#latest
      case "earliest":
        return this.genesis
      case "safe":
        return this.#behind(this.#options.safeDelay ?? (this.timing === "lotus" ? 30 : 0))
      case "finalized":
        return this.#behind(this.#options.finalityDelay ?? (this.timing === "lotus" ? 900 : 0))
    }
  }

  #behind(epochs: number): Tipset {
    if (epochs === 0) return this.#latest
    return this.#resolve({ epoch: Math.max(0, this.#latest.epoch - epochs) }, "previous")
  }

  /** The tipset at an epoch; undefined for a null round or beyond the head. */
  async tipsetAt(epoch: number): Promise<Tipset | undefined> {
    this.#checkOpen()
    return this.#at(epoch)
  }

  #at(epoch: number): Tipset | undefined {
    if (epoch === this.#head.epoch) return this.#head
    const hash = this.#store.hashAt(epoch)
    return hash === undefined ? undefined : this.#tipsets.load(hash)
  }

  /** The tipset with this hash; undefined if there is none on the current chain. */
  async tipsetByHash(hash: Uint8Array): Promise<Tipset | undefined> {
    this.#checkOpen()
    return this.#tipsets.onChain(hash)
  }

  /** The parent; undefined for the first. */
  async parentOf(tipset: Tipset): Promise<Tipset | undefined> {
    this.#checkOpen()
    return tipset.epoch === 0 ? undefined : this.#tipsets.load(tipset.parentHash)
  }

  /** The tipset after this one; undefined for the head. */
  async childOf(tipset: Tipset): Promise<Tipset | undefined> {
    this.#checkOpen()
    if (tipset.epoch >= this.#head.epoch) return undefined
    const place = this.#store.firstAtOrAfter(tipset.epoch + 1)
    return place === undefined ? undefined : this.#tipsets.load(place.hash)
  }

  /** A block header; undefined if the store has none of that CID. */
  async header(cid: CID): Promise<BlockHeader | undefined> {
    this.#checkOpen()
    const bytes = this.#store.blocks.get(cid)
    return bytes === undefined ? undefined : decodeHeader(bytes)
  }

  #latestUnder(head: Tipset): Tipset {
    return this.timing === "instant" || head.epoch === 0 ? head : this.#tipsets.load(head.parentHash)
  }

  // Messages and receipts

  /** The messages of a tipset in order of execution. */
  async messages(tipset: Tipset): Promise<readonly IncludedMessage[]> {
    this.#checkOpen()
    return this.#tipsets.messages(tipset)
  }

  /** The messages with receipts, events and gas. @throws ChainError `not-executed` by the timing chosen. */
  async executed(tipset: Tipset): Promise<readonly ExecutedMessage[]> {
    this.#checkOpen()
    if (!this.isExecuted(tipset))
      throw new ChainError("not-executed", `the tipset at epoch ${tipset.epoch} is executed by the next one`)
    return this.executedOf(tipset)
  }

  /** The same of any tipset, also one that was reverted or, by the timing, is not executed yet: for what is told of changes. */
  async executedOf(tipset: Tipset): Promise<readonly ExecutedMessage[]> {
    this.#checkOpen()
    return this.#tipsets.executed(tipset)
  }

  /** Where the message with this CID is; undefined if it is in no tipset (see also {@link pendingByCid}). */
  async findMessage(cid: CID): Promise<MessageLocation | undefined> {
    this.#checkOpen()
    const place = this.#store.messagePlace(cid)
    const tipset = place && this.#at(place.epoch)
    if (place === undefined || tipset === undefined) return undefined
    if (!this.isExecuted(tipset)) {
      const message = this.#tipsets.messages(tipset)[place.index]
      return message && { tipset, message, executed: undefined }
    }
    const executed = (await this.executed(tipset))[place.index]
    return executed && { tipset, message: executed, executed }
  }

  /** The same by the second name that was given with {@link push}. */
  async findByAlias(alias: Uint8Array): Promise<MessageLocation | undefined> {
    this.#checkOpen()
    const cid = this.#store.cidByAlias(alias)
    return cid === undefined ? undefined : this.findMessage(cid)
  }

  /** CID for a second name, of included and of pending messages. */
  async cidByAlias(alias: Uint8Array): Promise<CID | undefined> {
    this.#checkOpen()
    return this.#pool.byAlias(alias)?.cid ?? this.#store.cidByAlias(alias)
  }

  /** Second name of a message; undefined if it has none or is not known. */
  async aliasByCid(cid: CID): Promise<Uint8Array | undefined> {
    this.#checkOpen()
    const pending = this.#pool.byCid(cid)
    if (pending !== undefined) return pending.alias
    const place = this.#store.messagePlace(cid)
    const tipset = place && this.#at(place.epoch)
    return place && tipset && this.#tipsets.row(tipset).messages[place.index]?.alias
  }

  // Logs

  /**
   * Events in the range, in order, from the index; only of tipsets that count as executed.
   *
   * @throws ChainError - `too-many-results`: more than `limit`.
   */
  async logs(query: LogQuery): Promise<readonly LogRecord[]> {
    return this.#store.searchLogs(this.#logSearch(query)).map(({ row, ...place }) => ({ ...row, ...place }))
  }

  /** The same, tipset by tipset, as the index keeps them: for those who go through many, and keep nothing of what they are told. */
  async visitLogs(query: LogQuery, tell: (found: FoundLogs) => void): Promise<void> {
    this.#store.visitLogs(this.#logSearch(query), tell)
  }

  #logSearch(query: LogQuery): LogSearch {
    this.#checkOpen()
    let emitters = query.emitters
    if (query.emitterAddresses !== undefined) {
      const tree = this.#tree()
      const ids = query.emitterAddresses.map((address) => tree.lookupId(address))
      emitters = [...(emitters ?? []), ...ids.filter((id) => id !== undefined)]
    }
    const { from, fields, limit } = query
    return { from: Math.max(0, from), to: Math.min(query.to, this.#latest.epoch), emitters, fields, limit }
  }

  // State

  /** The state after a tipset; for a null round, after the one before it. @throws As {@link resolve} with `previous`. */
  async stateAt(ref: TipsetRef): Promise<StateView> {
    const tipset = this.#withState(ref)
    const { stateRoot } = tipset
    // What was looked up in the head's state is known until there is another head.
    const tree = tipset === this.#head ? this.#tree() : this.#jobs.stateTree(stateRoot)
    return new StateReader(tree, stateRoot, this.#codes)
  }

  /** Any block of the store: state, headers, messages, receipts. */
  async block(cid: CID): Promise<Uint8Array | undefined> {
    this.#checkOpen()
    return this.#store.blocks.get(cid)
  }

  /** f4 address of an actor (it never changes); undefined if it has none. */
  async delegatedAddress(id: bigint): Promise<Address | undefined> {
    this.#checkOpen()
    return this.#tree().getActor(id)?.delegatedAddress
  }

  /** attoFIL in circulation after a tipset: the genesis' less what has been burnt. */
  async circulatingSupply(ref: TipsetRef): Promise<AttoFil> {
    const burnt = await (await this.stateAt(ref)).balanceOf(Address.id(BURNT_FUNDS_ID))
    return this.#supply > burnt ? this.#supply - burnt : 0n
  }

  /** Digest of the beacon entry for an epoch, 32 bytes: what PREVRANDAO is drawn from. */
  async beaconDigest(epoch: number): Promise<Uint8Array> {
    if (epoch > this.#head.epoch) return beaconDigest({ beaconEntries: [{ round: 0n, data: this.#beaconAt(epoch) }] })
    return beaconDigest(this.#firstHeader(epoch))
  }

  /** Digest of the ticket for an epoch, 32 bytes. @throws FutureEpochError */
  async ticketDigest(epoch: number): Promise<Uint8Array> {
    return ticketDigest(this.#firstHeader(epoch))
  }

  #firstHeader(epoch: number): BlockHeader {
    return must(this.#resolve({ epoch }, "previous").headers[0], "a tipset has no header")
  }

  // Execution on a copy

  /**
   * Executes messages on top of a state on a reader thread; nothing is kept. A failed message is a result, not an error.
   *
   * @throws ChainError - `worker-crashed`, `worker-timeout`, `execution-fault` (ours, or a message that the kernel refuses outright),
   *   and what {@link resolve} throws.
   */
  async trial(request: TrialRequest): Promise<TrialResponse> {
    const { messages, timeoutMs } = request
    const name = messages.length === 1 ? () => nameOfCall(messages[0]!) : undefined
    const outcome = await this.#jobs.read<"trial">(this.#trialJob("trial", request), { name, timeoutMs })
    if (outcome.heard.length > 0) this.#tellHeard(undefined, messages, outcome.heard)
    return toResponse(outcome)
  }

  #trialJob<K extends "trial" | "estimate">(of: K, request: TrialRequest): ReturnType<typeof trialJob<K>> {
    return trialJob(of, request, request.overlay ? this.#resolve(request.at, "previous") : this.#withState(request.at))
  }

  /** {@link trial} of one message. */
  async call(
    message: TrialMessage,
    at: TipsetRef,
    options: Pick<TrialRequest, "overlay" | "context" | "trace" | "timeoutMs"> = {},
  ): Promise<TrialResponse["results"][number]> {
    const { results } = await this.trial({ ...options, at, messages: [message] })
    return must(results[0], "a trial gave no result")
  }

  /**
   * Least gas limit with which a message succeeds, by search up to the message's own (0: the block's); nothing is added to it.
   *
   * @throws As {@link trial}.
   */
  async estimate(
    message: TrialMessage,
    at: TipsetRef,
    options: Pick<TrialRequest, "overlay" | "context" | "timeoutMs"> = {},
  ): Promise<EstimateResponse> {
    const { overlay, context, timeoutMs } = options
    const job = this.#trialJob("estimate", { at, overlay, context, messages: [message] })
    const name = (): string => `estimate ${nameOfCall(message)}`
    const outcome = await this.#jobs.read<"estimate">(job, { name, timeoutMs })
    if (outcome.heard.length > 0) this.#tellHeard(undefined, [message], outcome.heard)
    return outcome
  }

  /** Executes a tipset again as it was, with traces: results for the messages up to and including `upTo`. Default: all. */
  async replay(tipset: Tipset, upTo: number = tipset.messageCount - 1): Promise<TrialResponse> {
    this.#checkOpen()
    this.#checkReplayable(tipset)
    const job = { kind: "replay", hash: tipset.hash, upTo } as const
    return toResponse(await this.#jobs.read<"replay">(job))
  }

  /**
   * The same, with the single steps of the last of the messages, or of all: executed a second time with the traced actors.
   *
   * @throws ChainError - `bundle`: the traced code is not there. `invalid-option`: the chain was opened without.
   */
  async replaySteps(
    tipset: Tipset,
    options: StepOptions,
    upTo: number = tipset.messageCount - 1,
    of: "last" | "all" = "all",
    timeoutMs?: number,
  ): Promise<TrialResponse> {
    this.#checkOpen()
    this.#checkReplayable(tipset)
    const job = { kind: "replay", hash: tipset.hash, upTo, steps: { of, options } } as const
    return toResponse(await this.#jobs.read<"replay">(job, { timeoutMs }))
  }

  /** The same, with the states right before and right after the last of the messages (`upTo`). */
  async replayStates(
    tipset: Tipset,
    upTo: number,
  ): Promise<{ readonly response: TrialResponse; readonly before: StateOverlay; readonly after: StateOverlay }> {
    this.#checkOpen()
    this.#checkReplayable(tipset)
    const job = { kind: "replay", hash: tipset.hash, upTo, keepStates: true } as const
    const outcome = await this.#jobs.read<"replay">(job)
    const response = toResponse(outcome)
    const after = response.state ?? { root: tipset.parentStateRoot, blocks: [] }
    const root = outcome.before === undefined ? tipset.parentStateRoot : decodeCid(outcome.before)
    return { response, before: { root, blocks: after.blocks }, after }
  }

  /** The mempool executed on top of the head on a copy: the tipset that would come now. */
  async pending(): Promise<{ readonly messages: readonly IncludedMessage[]; readonly response: TrialResponse }> {
    this.#checkOpen()
    const baseFee = this.nextBaseFee
    const selected = this.#pool.select(baseFee)
    const response = await this.trial({
      at: this.#head,
      context: { epoch: this.#head.epoch + 1, timestamp: this.nextTimestamp, baseFee },
      messages: selected.map(({ signed, bytes, trusted }) => ({
        message: signed.message,
        chainLength: bytes.length,
        kind: "explicit",
        assumeSender: trusted,
        exactSequence: true,
      })),
      keepState: true,
    })
    const messages = selected.map(({ cid, alias, signed }, index) => ({ cid, alias, index, signed }))
    return { messages, response }
  }

  // Mempool

  /**
   * Takes a message. With instant mining the promise settles when the message is in an executed tipset, or, if it cannot be
   * included yet (a gap before its sequence, a fee cap below the base fee), when that is known.
   *
   * secp256k1 and BLS signatures are checked here; a delegated signature is the caller's to check, and so is any with `trusted`, which
   * also lets any actor be the sender and any fee cap be offered.
   *
   * @param alias - 32 bytes under which the message can be found too.
   * @throws MempoolError - It is refused, for the reason given; nothing was changed. ChainError `refused`: the kernel did not take it when
   *   its tipset was made. `database-write`: the tipset could not be stored.
   */
  async push(
    signed: SignedMessage,
    options: { readonly alias?: Uint8Array; readonly trusted?: boolean } = {},
  ): Promise<CID> {
    this.#checkOpen()
    const trusted = options.trusted ?? false
    if (!trusted && signed.signature.type !== 3) await checkSignature(signed)
    this.#checkOpen()
    const entry = this.#pool.add(signed, toChainMessage(signed), options.alias, trusted)
    if (this.#mining.kind !== "instant") return entry.cid
    const settled = new Promise<void>((resolve, reject) => {
      const name = cidKey(entry.cid)
      const waiters = this.#waiters.get(name)
      if (waiters === undefined) this.#waiters.set(name, [{ resolve, reject }])
      else waiters.push({ resolve, reject })
    })
    this.#runInstant()
    await settled
    return entry.cid
  }

  /** Messages that wait, by sender and sequence, in order of arrival of the senders. */
  pendingMessages(sender?: Address): readonly PendingMessage[] {
    return this.#pool.list(sender)
  }

  pendingByCid(cid: CID): PendingMessage | undefined {
    return this.#pool.byCid(cid)
  }

  pendingByAlias(alias: Uint8Array): PendingMessage | undefined {
    return this.#pool.byAlias(alias)
  }

  /** First sequence that a sender has neither used (at the head) nor pending without a gap; 0 if it does not exist. */
  async nextSequence(sender: Address): Promise<bigint> {
    this.#checkOpen()
    return this.#pool.nextSequence(sender)
  }

  /** Removes a message; false if it was not there. */
  drop(cid: CID): boolean {
    this.#settle(cid)
    return this.#pool.drop(cid)
  }

  /** Removes all messages (of a sender). @returns How many. */
  dropAll(sender?: Address): number {
    for (const { cid } of this.#pool.list(sender)) this.#settle(cid)
    return this.#pool.dropAll(sender)
  }

  #account(address: Address): SenderAccount | undefined {
    const { key } = address
    if (this.#headAccounts.has(key)) return this.#headAccounts.get(key)
    const account = findSender(this.#tree(), address, this.#codes)
    this.#headAccounts.set(key, account)
    return account
  }

  /** The state at the head, for look-ups on this thread. */
  #tree(): StateTree {
    this.#headTree ??= this.#jobs.stateTree(this.#head.stateRoot)
    return this.#headTree
  }

  #settle(cid: CID, error?: unknown): void {
    const name = cidKey(cid)
    const waiters = this.#waiters.get(name)
    if (waiters === undefined) return
    this.#waiters.delete(name)
    for (const waiter of waiters) {
      if (error === undefined) waiter.resolve()
      else waiter.reject(error)
    }
  }

  // Making tipsets

  /** One step of the chain at a time, in the order in which they were asked for. */
  async #exclusive<T>(step: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    const turn = this.#turn.then(step, step)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Makes tipsets as long as there is something to put into them; one loop at a time. */
  #runInstant(): void {
    if (this.#instantRunning) return
    this.#instantRunning = true
    this.#exclusive(async () => {
      try {
        // Messages that came in together go into one tipset, wherever in the turn of the event loop their requests were read.
        await endOfTurn()
        while (this.#mining.kind === "instant" && this.#closing === undefined) {
          const selected = this.#pool.select(this.nextBaseFee)
          if (selected.length === 0) break
          await this.#produce({ selected })
        }
      } finally {
        this.#instantRunning = false
        // What is left waits for something else than its turn: its pusher need not.
        for (const name of [...this.#waiters.keys()]) {
          const waiters = this.#waiters.get(name) ?? []
          this.#waiters.delete(name)
          for (const waiter of waiters) waiter.resolve()
        }
      }
    }).catch((error: unknown) => this.#options.log?.({ level: "error", message: "a tipset could not be made", error }))
  }

  /** Makes tipsets now, whatever the mode; settles when the last one is executed. @returns The new tipsets, oldest first. */
  mine(options: MineOptions = {}): Promise<readonly Tipset[]> {
    const count = options.count ?? 1
    if (!Number.isSafeInteger(count) || count < 0)
      return Promise.reject(new ChainError("invalid-option", `${count} is not a number of tipsets`))
    return this.#exclusive(async () => {
      const mined: Tipset[] = []
      for (let i = 0; i < count; i++) {
        const timestamp =
          i === 0
            ? options.timestampSeconds
            : options.intervalSeconds === undefined
              ? undefined
              : this.#head.timestamp + options.intervalSeconds
        mined.push(
          await this.#produce({
            selected: options.empty ? [] : this.#pool.select(this.nextBaseFee, options.ticketQuality),
            ...(timestamp === undefined ? {} : { timestamp }),
            ...(options.nullRounds === undefined ? {} : { nullRounds: options.nullRounds }),
          }),
        )
      }
      return mined
    })
  }

  async #produce(wish: {
    readonly selected: readonly PoolEntry[]
    readonly timestamp?: number
    readonly nullRounds?: number
    /** Not before this epoch. */
    readonly epoch?: number
  }): Promise<Tipset> {
    const parent = this.#head
    const first = parent.epoch + 1
    let nullRounds = wish.nullRounds ?? this.#settings.skip
    if (nullRounds < 0 || nullRounds > MAX_NULL_ROUNDS || !Number.isSafeInteger(nullRounds))
      throw new ChainError("invalid-option", `${nullRounds} is not a number of rounds without a block`)
    if (wish.nullRounds === undefined && nullRounds === 0 && this.#nullRoundRate > 0)
      while (chance(this.genesis.hash, first + nullRounds) < this.#nullRoundRate && nullRounds < MAX_NULL_ROUNDS)
        nullRounds++
    const epoch = Math.max(first + nullRounds, wish.epoch ?? 0)
    if (wish.timestamp !== undefined) this.#clock.setNext(wish.timestamp, parent.timestamp)
    const timestamp = this.#timestampFor(epoch, true)
    const baseFee = this.nextBaseFee
    const messages = wish.selected.map(
      ({ cid, bytes, alias, signed, trusted }): JobMessage => ({ cid, bytes, alias, signed, trusted }),
    )
    let row: TipsetRow
    let made: ProduceResult | undefined
    let dropped: readonly { readonly index: number; readonly reason: string }[] = []
    let heard: readonly Heard[] = []
    try {
      made = await this.#jobs.write<"produce">({
        kind: "produce",
        parent: parent.hash,
        epoch,
        timestamp,
        baseFee,
        miner: this.#miner.bytes,
        beacon: this.#settings.beacon ?? this.#beaconAt(epoch),
        messages,
      })
      row = made.row
      dropped = made.dropped
      heard = made.heard
      this.#store.refresh()
    } catch (error) {
      const adopted = this.#adopted(parent, epoch)
      if (adopted === undefined) {
        // The pusher hears of it and can push again: nobody else would ever tell why it hangs.
        for (const { cid } of wish.selected) {
          this.#pool.drop(cid)
          this.#settle(cid, error)
        }
        throw error
      }
      row = adopted
    }
    const tipset = this.#tipsets.remember(row, made && [made.header], parent.hash)
    if (heard.length > 0) this.#tellHeard(tipset, [], heard)
    this.#settings = NO_SETTINGS
    this.#setHead(tipset)
    this.#headMadeAt = (this.#options.now ?? Date.now)()
    const names = new Set(row.messages.map(({ cid }) => cidKey(cid)))
    const included = wish.selected.filter(({ cid }) => names.has(cidKey(cid)))
    if (made !== undefined) this.#tipsets.rememberExecuted(tipset, wish.selected, made)
    this.#nextBaseFee = nextBaseFee(
      baseFee,
      included.map(({ signed }) => signed.message),
      1,
      this.networkVersion,
    )
    for (const { cid } of included) this.#pool.included(cid)
    for (const { index, reason } of dropped) {
      const entry = must(wish.selected[index], "a message was refused that was not offered")
      this.#pool.drop(entry.cid)
      this.#settle(entry.cid, new ChainError("refused", `the message ${entry.cid} cannot be included: ${reason}`))
    }
    this.#pool.prune(new Set(wish.selected.map(({ senderId }) => senderId)))
    this.#announce([], [tipset])
    for (const { cid } of included) this.#settle(cid)
    return tipset
  }

  /** Asks the writer for a change of what is there; if it dies on it, the chain is what the database says. */
  async #change<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (error) {
      this.#store.refresh()
      const hash = must(this.#store.meta("head"), "the database names no head")
      this.#tipsets.forget(hash)
      this.#setHead(this.#tipsets.load(hash))
      this.#nextBaseFee = this.#baseFeeAfter(this.#head)
      throw error
    } finally {
      this.#store.refresh()
    }
  }

  /** After the writer died: the tipset that it stored before it could say so. */
  #adopted(parent: Tipset, epoch: number): TipsetRow | undefined {
    this.#store.refresh()
    const hash = this.#store.hashAt(epoch)
    const row = hash === undefined ? undefined : this.#store.tipset(hash)
    const first = row?.key.cids[0]
    if (row === undefined || first === undefined || epoch <= parent.epoch) return undefined
    return row
  }

  #setHead(head: Tipset): void {
    this.#head = head
    this.#headTree = undefined
    this.#headAccounts.clear()
    this.#latest = this.#latestUnder(head)
  }

  #announce(reverted: readonly Tipset[], applied: readonly Tipset[], unexecuted: readonly Tipset[] = reverted): void {
    const executed = this.timing === "instant" ? applied : applied.length === 0 ? [] : [this.#latest]
    const change: HeadChange = {
      reverted,
      applied,
      head: this.#head,
      latest: this.#latest,
      executed,
      unexecuted,
    }
    for (const listener of this.#headListeners) listener(change)
  }

  get mining(): MiningMode {
    return this.#mining
  }

  /** Changes the mode; messages that wait are mined when it becomes instant. @throws ChainError - `invalid-option` */
  async setMining(mode: MiningMode): Promise<void> {
    this.#checkOpen()
    if (mode.kind === "interval" && !(mode.seconds > 0 && mode.seconds <= 86_400))
      throw new ChainError("invalid-option", `an interval of ${mode.seconds} seconds is not above 0 and at most a day`)
    this.#mining = mode
    this.#schedule()
    if (mode.kind === "instant" && this.#pool.size > 0) {
      this.#runInstant()
      await this.#turn
    }
  }

  /** (Re)starts the timer of interval mining. */
  #schedule(): void {
    clearTimeout(this.#timer)
    const mode = this.#mining
    if (mode.kind !== "interval") return
    const tick = (): void => {
      this.#timer = setTimeout(() => {
        void this.#exclusive(() => this.#tick())
          .catch((error: unknown) =>
            this.#options.log?.({ level: "error", message: "a tipset could not be made", error }),
          )
          .finally(() => {
            if (this.#mining === mode && this.#closing === undefined) tick()
          })
      }, mode.seconds * 1000)
    }
    tick()
  }

  /** A tipset whose time has come. Where epochs are tied to the clock, rounds that were slept through stay without a block. */
  #tick(): Promise<Tipset> {
    const selected = this.#pool.select(this.nextBaseFee)
    if (!this.#isTied) return this.#produce({ selected })
    const due = Math.floor((this.#clock.seconds - this.genesis.timestamp) / this.#blockDelay)
    return this.#produce({ selected, epoch: due })
  }

  /** Rounds without a block before the next tipset, once. @throws ChainError - `invalid-option` */
  skipRounds(count: number): void {
    if (!Number.isSafeInteger(count) || count < 0 || count > MAX_NULL_ROUNDS)
      throw new ChainError("invalid-option", `${count} is not a number of rounds without a block`)
    this.#settings = { ...this.#settings, skip: this.#settings.skip + count }
  }

  /** Chance that a round stays without a block. @throws ChainError - `invalid-option` */
  setNullRoundRate(rate: number): void {
    checkRate(rate)
    this.#nullRoundRate = rate
  }

  // Clock

  /** Milliseconds since 1970 by the wall clock when the last tipset was made here, or, if none was yet, when the chain was opened. */
  get lastMadeAt(): number {
    return this.#headMadeAt
  }

  /** Whether epochs and the clock go together, as on the network. */
  get #isTied(): boolean {
    return this.timing === "lotus" || (this.#mining.kind === "interval" && this.#mining.seconds === this.#blockDelay)
  }

  #timestampFor(epoch: number, take: boolean): number {
    const last = this.#head.timestamp
    const { next, interval } = this.#clock.state
    if (this.#isTied && next === undefined && interval === undefined) {
      const tied = this.genesis.timestamp + epoch * this.#blockDelay
      const moved = this.#clock.offset > 0 ? Math.max(tied, this.#clock.seconds) : tied
      return Math.max(moved, last + 1)
    }
    return take ? this.#clock.take(last) : this.#clock.peek(last)
  }

  /** Timestamp that the next tipset would have, in seconds. */
  get nextTimestamp(): number {
    return this.#timestampFor(this.#head.epoch + 1, false)
  }

  /** Moves the clock forward. @returns The whole offset to the wall clock in seconds. @throws ChainError - `invalid-option` */
  increaseTime(seconds: number): number {
    return this.#clock.increase(seconds)
  }

  /** Timestamp of the next tipset, once; the clock goes on from there. @throws ChainError `timestamp-too-low` */
  setNextTimestamp(seconds: number): void {
    this.#clock.setNext(seconds, this.#head.timestamp)
  }

  /** Sets the clock. @returns The offset to the wall clock in seconds. */
  setTime(seconds: number): number {
    return this.#clock.set(seconds)
  }

  /**
   * Seconds between tipsets from now on, whatever the wall clock says; undefined goes back to the clock.
   *
   * @returns Whether there was such an interval before.
   */
  setTimestampInterval(seconds: number | undefined): boolean {
    const had = this.#clock.state.interval !== undefined
    this.#clock.setInterval(seconds)
    return had
  }

  // State control

  /**
   * Replaces the state after the head by one in which `edit` changed what it wanted; waits its turn behind tipsets in the making.
   *
   * @returns The head with its new state root. With timing `lotus` it shows at `latest` from the next tipset on.
   */
  editState(edit: (state: EditableState) => void): Promise<Tipset> {
    return this.#exclusive(async () => {
      const { root, blocks } = editOverlay(this.#store.blocks, this.#head.stateRoot, this.#codes, edit)
      return this.#replaceState({ root, blocks })
    })
  }

  /** Replaces the whole state after the head, as {@link editState} does; of a chain of other origin for example. */
  setState(state: StateOverlay): Promise<Tipset> {
    return this.#exclusive(() => this.#replaceState(state))
  }

  async #replaceState({ root, blocks }: StateOverlay): Promise<Tipset> {
    const { row } = await this.#change(() =>
      this.#jobs.write<"edit">({
        kind: "edit",
        hash: this.#head.hash,
        stateRoot: root.bytes,
        blocks: blocks.map(({ cid, bytes }) => ({ cid: cid.bytes, bytes })),
      }),
    )
    this.#setHead(this.#tipsets.remember(decodeTipsetRow(row), this.#head.headers))
    if (this.#mining.kind === "instant" && this.#pool.size > 0) queueMicrotask(() => this.#resume())
    return this.#head
  }

  /**
   * All blocks of the state after a tipset, the root first, each once: what a dump or an exported CAR holds.
   *
   * @param withCode - Whether the actors' Wasm is among them. Default: true
   * @throws BlockNotFound - The store lacks a part of the state.
   */
  async *stateBlocks(ref: TipsetRef, withCode: boolean = true): AsyncGenerator<Block> {
    const { stateRoot } = this.#withState(ref)
    const code = new Set(withCode ? [] : [...this.bundle.codes.values()].map(cidKey))
    const seen = new Set<string>()
    const stack = [stateRoot]
    for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
      const key = cidKey(cid)
      if (seen.has(key) || code.has(key) || isInline(cid) || isCommitment(cid)) continue
      seen.add(key)
      const bytes = mustGet(this.#store.blocks, cid)
      yield { cid, bytes }
      if (cid.code === DAG_CBOR) stack.push(...linksOf(bytes))
    }
  }

  /** After an edit a message that could not be included may be. */
  #resume(): void {
    if (this.#closing === undefined) this.#runInstant()
  }

  /**
   * The same on a copy, for {@link trial}.
   *
   * @param base - What a trial left, to be changed instead of the state after `at`. Default: none
   */
  async overlay(at: TipsetRef, edit: (state: EditableState) => void, base?: StateOverlay): Promise<StateOverlay> {
    const store = base === undefined ? this.#store.blocks : this.#storeOf(base)
    const { root, blocks } = editOverlay(store, base?.root ?? this.#withState(at).stateRoot, this.#codes, edit)
    return { root, blocks: base === undefined ? blocks : [...base.blocks, ...blocks] }
  }

  /** The state that a trial left, to read from. */
  async stateOf(overlay: StateOverlay): Promise<StateView> {
    this.#checkOpen()
    return new StateReader(StateTree.load(this.#storeOf(overlay), overlay.root), overlay.root, this.#codes)
  }

  #storeOf({ blocks }: StateOverlay): OverlayBlockstore {
    const store = new OverlayBlockstore(this.#store.blocks)
    store.putMany(blocks)
    return store
  }

  /** Puts the head back (state, mempool, clock) to this moment by {@link revert}. @returns A name for it, counted from 1. */
  snapshot(): Promise<number> {
    return this.#exclusive(async () => {
      this.#snapshotCount++
      this.#snapshots.push({
        id: this.#snapshotCount,
        epoch: this.#head.epoch,
        head: bytesKey(this.#head.hash),
        stateRoot: cidKey(this.#head.stateRoot),
        pool: this.#pool.size === 0 ? EMPTY_POOL : this.#pool.dump(),
        clock: this.#clock.state,
        settings: this.#settings,
      })
      return this.#snapshotCount
    })
  }

  /** Goes back to a snapshot; it and later ones are gone then. @returns False if there is no such snapshot. */
  revert(snapshot: number): Promise<boolean> {
    return this.#exclusive(async () => {
      const at = this.#snapshots.findIndex(({ id }) => id === snapshot)
      const saved = this.#snapshots[at]
      if (saved === undefined) return false
      const back = await this.#goBack(this.#tipsets.load(bytesFromKey(saved.head)), cidFromKey(saved.stateRoot))
      this.#snapshots = this.#snapshots.slice(0, at)
      this.#clock.restore(saved.clock)
      this.#settings = saved.settings
      this.#pool.restore(saved.pool)
      this.#announceBack(back)
      return true
    })
  }

  /** Whether {@link revert} would find this snapshot. */
  hasSnapshot(snapshot: number): boolean {
    return this.#snapshots.some(({ id }) => id === snapshot)
  }

  /**
   * Takes the last tipsets off the chain. Their messages are gone; mempool and clock stay, and so do snapshots of what is left.
   *
   * @param depth - Tipsets, not epochs. 0 changes nothing.
   * @returns What was taken off, newest first.
   * @throws ChainError - `invalid-option`: the chain has not that many beyond its genesis.
   */
  rollback(depth: number): Promise<readonly Tipset[]> {
    return this.#exclusive(async () => {
      if (!Number.isSafeInteger(depth) || depth < 0)
        throw new ChainError("invalid-option", `${depth} is not a number of tipsets`)
      let target = this.#head
      for (let i = 0; i < depth; i++) {
        if (target.epoch === 0)
          throw new ChainError("invalid-option", `the chain has ${i} tipsets after its genesis, not ${depth}`)
        target = this.#tipsets.load(target.parentHash)
      }
      const kept = this.#snapshots.filter(({ epoch }) => epoch <= target.epoch)
      const back = await this.#goBack(target, target.stateRoot)
      this.#snapshots = kept
      this.#pool.restore(this.#pool.dump())
      this.#announceBack(back)
      return back.reverted
    })
  }

  /** Makes a tipset of the chain the head again, with the state that it had. */
  async #goBack(target: Tipset, stateRoot: CID): Promise<StepsBack> {
    const reverted: Tipset[] = []
    for (let tipset = this.#head; tipset.epoch > target.epoch; tipset = this.#tipsets.load(tipset.parentHash))
      reverted.push(tipset)
    const unexecuted: Tipset[] = []
    if (this.timing === "instant") unexecuted.push(...reverted)
    else if (reverted.length > 0) unexecuted.push(...reverted.slice(1), target)
    if (reverted.length > 0 || !cidEquals(stateRoot, this.#head.stateRoot)) {
      // All that an edit changes of a row is the state root.
      const row: TipsetRow = { ...this.#tipsets.row(target), stateRoot }
      await this.#change(() =>
        this.#jobs.write<"revert">({ kind: "revert", to: target.hash, row: encodeTipsetRow(row) }),
      )
      for (const { hash } of reverted) this.#tipsets.forget(hash)
      this.#setHead(this.#tipsets.remember(row, target.headers))
      this.#nextBaseFee = this.#baseFeeAfter(this.#head)
    }
    return { reverted, unexecuted }
  }

  #announceBack({ reverted, unexecuted }: StepsBack): void {
    if (reverted.length > 0) this.#announce(reverted, [], unexecuted)
  }

  /** attoFIL per unit of gas of the next tipset, once. @throws ChainError - `invalid-option`: negative. */
  setNextBaseFee(baseFee: AttoFil): void {
    if (baseFee < 0n) throw new ChainError("invalid-option", `the base fee ${baseFee} is negative`)
    this.#settings = { ...this.#settings, baseFee }
  }

  /** attoFIL per unit of gas of the next tipset as it stands now. */
  get nextBaseFee(): AttoFil {
    return this.#settings.baseFee ?? this.#nextBaseFee
  }

  #baseFeeAfter(tipset: Tipset): AttoFil {
    if (tipset.epoch === 0) return tipset.baseFee
    const messages = this.#tipsets.messages(tipset).map(({ signed }) => signed.message)
    return nextBaseFee(tipset.baseFee, messages, tipset.headers.length, this.networkVersion)
  }

  /** ID address of the producer of tipsets from now on. @throws ChainError - `invalid-option`: no f0 address. */
  setMiner(miner: Address): void {
    if (miner.protocol !== 0) throw new ChainError("invalid-option", `a block producer has an f0 address, not ${miner}`)
    this.#miner = miner
  }

  get miner(): Address {
    return this.#miner
  }

  /** Data of the next tipset's beacon entry, once. */
  setNextBeaconData(data: Uint8Array): void {
    this.#settings = { ...this.#settings, beacon: data.slice() }
  }

  #beaconAt(epoch: number): Uint8Array {
    return beaconData(this.genesis.hash, epoch)
  }

  // News

  /** Calls back after each change of the head. @returns Ends it. */
  onHead(listener: (change: HeadChange) => void): () => void {
    this.#headListeners.add(listener)
    return () => this.#headListeners.delete(listener)
  }

  /** Calls back when messages called the address that the chain listens to, before anything else is told of them. @returns Ends it. */
  onHeard(listener: (hearing: Hearing) => void): () => void {
    this.#heardListeners.add(listener)
    return () => this.#heardListeners.delete(listener)
  }

  #tellHeard(tipset: Tipset | undefined, trials: readonly TrialMessage[], heard: readonly Heard[]): void {
    for (const listener of this.#heardListeners) listener({ tipset, trials, heard })
  }

  /** Calls back for each change of the mempool. @returns Ends it. */
  onMempool(listener: (change: MempoolChange) => void): () => void {
    this.#poolListeners.add(listener)
    return () => this.#poolListeners.delete(listener)
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function isCommitment({ code }: CID): boolean {
  return code === FIL_COMMITMENT_UNSEALED || code === FIL_COMMITMENT_SEALED
}

function checkRate(rate: number): void {
  if (!(rate >= 0 && rate < 1))
    throw new ChainError("invalid-option", `the rate of null rounds is ${rate}, expected 0 to below 1`)
}
