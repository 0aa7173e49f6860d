import { bls12_381 } from "@noble/curves/bls12-381.js"
import { equals } from "multiformats/bytes"
import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import type { Runtime } from "../fvm/call-manager/index.ts"
import { MockProofVerifier } from "../fvm/crypto/mock-proofs.ts"
import type { ProofVerifier } from "../fvm/crypto/proofs.ts"
import { MachineError, MessageRefused } from "../fvm/errors.ts"
import { Executor } from "../fvm/executor/executor.ts"
import type { ApplyResult } from "../fvm/executor/index.ts"
import { EXIT_CODES } from "../fvm/exit-code.ts"
import type { WorkBudget } from "../fvm/gas/budget.ts"
import { machineContext } from "../fvm/machine/context.ts"
import type { UnreachedListener } from "../fvm/machine/index.ts"
import { Machine, type ManifestCache } from "../fvm/machine/machine.ts"
import type { Receipt } from "../fvm/receipt.ts"
import { StateTree } from "../fvm/state-tree/state-tree.ts"
import { type Blockstore, mustGet } from "../ipld/blockstore.ts"
import { cidEquals, cidKey, cidOfBlock, DAG_CBOR, decodeCid } from "../ipld/cid.ts"
import { OverlayBlockstore } from "../ipld/overlay-blockstore.ts"
import { BLOCK_GAS_LIMIT } from "./base-fee.ts"
import { hex } from "./bytes.ts"
import { loadMessageLists, storeMessageEvents, storeMessageLists, storeReceipts } from "./content.ts"
import { beaconData, electionData, signatureData, ticketData } from "./draws.ts"
import { ChainError } from "./errors.ts"
import { ChainExterns, HeaderSource } from "./externs.ts"
import { encodeHeader, signHeader } from "./header-codec.ts"
import type {
  EditJob,
  EstimateJob,
  EstimateOutcome,
  Heard,
  Job,
  JobMessage,
  JobResults,
  ProduceJob,
  ProduceResult,
  ReplayJob,
  RevertJob,
  TrialJob,
  TrialOutcome,
  WorkerSetup,
} from "./jobs.ts"
import { Lru } from "./lru.ts"
import { fromChainMessage } from "./message-codec.ts"
import { encodeTipsetRow, type LogRow, type MessageName, type TipsetRow } from "./rows.ts"
import type { TracingRuntime } from "./runtime.ts"
import type { StepOptions, StepTrace } from "./steps/types.ts"
import type { ChainStore } from "./store.ts"
import { TipsetKey } from "./tipset-key.ts"
import type { BlockHeader } from "./types.ts"
import { WriteBackBlockstore } from "./write-back.ts"

const BURNT_FUNDS_ID = 99n
const SYSTEM = Address.id(0n)
/** Weight that each tipset adds; a devnet has no forks to weigh. */
const TIPSET_WEIGHT = 256n
/** A gas search ends when its bounds are this close: 1 / 200. */
const SEARCH_PRECISION = 200n

/** One message as it is to be executed and stored. */
interface Candidate extends JobMessage {
  readonly index: number
}

interface Network {
  readonly epoch: number
  readonly timestamp: number
  readonly baseFee: bigint
  readonly circulatingSupply: bigint
}

/** What is not the same for all machines of one network. */
interface MachineWishes {
  readonly tracing?: boolean | undefined
  /** Where to find stand-ins for actors' code. */
  readonly code?: TracingRuntime["code"]
  readonly budget?: WorkBudget | undefined
  readonly hearing?: Hearing | undefined
  readonly sharing?: Machine | undefined
}

/** Where messages are tried out. */
interface TrialPlace {
  readonly network: Network
  readonly draws: Draws
  readonly root: CID
}

/** Writes down the calls to the address that the chain listens to. */
class Hearing {
  readonly heard: Heard[] = []
  /** Position of the message that is being executed. */
  message = 0
  readonly #address: string

  constructor(address: Uint8Array) {
    this.#address = hex(address)
  }

  readonly onUnreached: UnreachedListener = (to, method, params) => {
    if (params === undefined || hex(to.bytes) !== this.#address) return
    this.heard.push({ message: this.message, method, params: params.slice() })
  }
}

type TrialParts = Pick<TrialOutcome, "results" | "steps" | "root" | "blocks">

interface Draws {
  readonly beacon: Uint8Array
  readonly ticket: Uint8Array
  readonly beaconDigest?: Uint8Array | undefined
}

/**
 * Executes tipsets and trials for one thread, over one store.
 *
 * Only the writer's thread calls {@link produce}, {@link edit} and {@link revert}.
 */
export class Execution {
  readonly #store: ChainStore
  readonly #blocks: WriteBackBlockstore
  readonly #headers: HeaderSource
  readonly #runtime: Runtime
  readonly #setup: WorkerSetup
  readonly #proofs: ProofVerifier | undefined
  readonly #createTracing: (() => TracingRuntime) | undefined
  readonly #manifests: ManifestCache = new Map()
  /** Circulating supply by state root. */
  readonly #supplies = new Lru<string, bigint>(64)
  #tracing: TracingRuntime | undefined
  /** The tipset that this thread wrote last, if it was the last thing that it wrote. */
  #written: TipsetRow | undefined
  /** What something was tried out with last. Not that of a new tipset: to keep each of those until the next costs more than to load anew. */
  #last: { readonly root: CID; readonly machine: Machine } | undefined

  /** @param createTracing - Makes what single steps are written down by, once they are asked for. Default: there are none */
  constructor(store: ChainStore, runtime: Runtime, setup: WorkerSetup, createTracing?: () => TracingRuntime) {
    this.#createTracing = createTracing
    this.#store = store
    this.#blocks = new WriteBackBlockstore(store.blocks)
    this.#headers = new HeaderSource(store)
    this.#runtime = runtime
    this.#setup = setup
    this.#proofs = setup.mockProofs ? new MockProofVerifier() : undefined
  }

  /**
   * Does what a worker can be asked.
   *
   * @param budget - What it may take of this thread's time. Default: whatever it takes
   * @throws BudgetExceeded - Nothing was written. Else as the method for the job.
   */
  run(job: Job, budget?: WorkBudget): JobResults[Job["kind"]] {
    this.#store.refresh()
    switch (job.kind) {
      case "produce":
        return this.produce(job, budget)
      case "edit":
        return this.edit(job)
      case "revert":
        return this.revert(job)
      case "trial":
        return this.trial(job, budget)
      case "estimate":
        return this.estimate(job, budget)
      case "replay":
        return this.replay(job)
    }
  }

  /** A state, to be looked up in. @throws MachineError - There is no such state. */
  stateTree(root: CID): StateTree {
    return this.#lastOf(root)?.stateTree ?? StateTree.load(this.#blocks, root)
  }

  /** The last machine, if that is its state: what was looked up there is known. */
  #lastOf(root: CID): Machine | undefined {
    return this.#last !== undefined && cidEquals(this.#last.root, root) ? this.#last.machine : undefined
  }

  /**
   * Makes the tipset after `job.parent`: executes the messages, stores everything in one transaction.
   *
   * Messages that a block must not hold (bad sequence, missing funds, sender not allowed) are left out and named.
   *
   * @throws ChainError - `database-write`: nothing was written. `unknown-tipset`. Faults of ours come through.
   */
  produce(job: ProduceJob, budget?: WorkBudget): ProduceResult {
    // Another thread may have written last: what was counted here of its logs is not right any more.
    const written =
      this.#written !== undefined && equals(this.#written.key.hash, job.parent) ? this.#written : undefined
    if (written === undefined) this.#store.logIndex.forget()
    this.#written = undefined
    const parent = written ?? this.#row(job.parent)
    const parentHeader = this.#headers.byHash(job.parent).header
    const miner = Address.fromBytes(job.miner)
    const ticket = ticketData(job.parent, job.epoch, miner)
    const network: Network = { ...job, circulatingSupply: this.#circulating(parent.stateRoot) }
    const dropped = new Map<number, string>()
    try {
      const candidates = job.messages.map((message, index): Candidate => ({ ...message, index }))
      const { machine, applied, hearing } = this.#applyAll(
        parent.stateRoot,
        network,
        { beacon: job.beacon, ticket },
        candidates,
        dropped,
        budget,
      )
      const stateRoot = machine.flush()
      this.#supplies.set(cidKey(stateRoot), this.#supplyLeft(machine.stateTree))

      const receipts: Receipt[] = []
      const logs: LogRow[] = []
      const names: MessageName[] = []
      let gasUsed = 0n
      let gasLimit = 0n
      for (const [messageIndex, { candidate, result }] of applied.entries()) {
        const { cid, alias, bytes } = candidate
        this.#blocks.put(cid, bytes)
        storeMessageEvents(this.#blocks, result.events)
        receipts.push(result.receipt)
        names.push({ cid, alias })
        gasUsed += result.receipt.gasUsed
        gasLimit += candidate.signed.message.gasLimit
        for (const { emitter, entries } of result.events)
          logs.push({
            messageIndex,
            messageCid: cid,
            alias,
            emitter,
            emitterAddress: machine.stateTree.getActor(emitter)?.delegatedAddress,
            entries,
          })
      }
      const isBls = ({ candidate }: { candidate: Candidate }): boolean => candidate.signed.signature.type === 2
      const unsigned: BlockHeader = {
        miner,
        ticket,
        electionProof: { winCount: 1, vrfProof: electionData(job.parent, job.epoch, miner) },
        beaconEntries: [{ round: BigInt(job.epoch), data: job.beacon }],
        winPoStProof: [],
        parents: parent.key.cids,
        parentWeight: parentHeader.parentWeight + TIPSET_WEIGHT,
        epoch: job.epoch,
        parentStateRoot: parent.stateRoot,
        parentMessageReceipts: parent.receiptsRoot,
        messages: storeMessageLists(
          this.#blocks,
          applied.filter(isBls).map(({ candidate }) => candidate.cid),
          applied.filter((one) => !isBls(one)).map(({ candidate }) => candidate.cid),
        ),
        blsAggregate: {
          type: 2,
          data: aggregate(applied.filter(isBls).map(({ candidate }) => candidate.signed.signature.data)),
        },
        timestamp: job.timestamp,
        blockSignature: undefined,
        forkSignaling: 0n,
        parentBaseFee: job.baseFee,
      }
      const unsignedBytes = encodeHeader(unsigned)
      const blockSignature = { type: 2, data: signatureData(unsignedBytes) } as const
      const header: BlockHeader = { ...unsigned, blockSignature }
      const headerBytes = signHeader(unsigned, unsignedBytes, blockSignature)
      const headerCid = cidOfBlock(DAG_CBOR, headerBytes)
      this.#blocks.put(headerCid, headerBytes)
      const row: TipsetRow = {
        key: new TipsetKey([headerCid]),
        stateRoot,
        receiptsRoot: storeReceipts(this.#blocks, receipts),
        gasUsed,
        gasLimit,
        eventCount: logs.length,
        circulatingSupply: network.circulatingSupply,
        messages: names,
      }
      this.#blocks.put(row.key.cid, row.key.block)
      this.#store.transaction(() => {
        this.#blocks.writePending()
        this.#store.addTipset(job.epoch, row, logs)
      })
      this.#blocks.committed()
      this.#written = row
      this.#last = undefined
      this.#headers.add(row.key, header)
      return {
        row,
        header,
        applied: applied.map(({ result: { receipt, events } }) => ({ receipt, events })),
        dropped: [...dropped].map(([index, reason]) => ({ index, reason })),
        heard: hearing?.heard ?? [],
      }
    } catch (error) {
      this.#blocks.discard()
      throw error
    }
  }

  /** Executes the candidates; one that turns out to be impossible after it ran is left out and all begins anew. */
  #applyAll(
    stateRoot: CID,
    network: Network,
    draws: Draws,
    candidates: readonly Candidate[],
    dropped: Map<number, string>,
    budget: WorkBudget | undefined,
  ): { machine: Machine; applied: { candidate: Candidate; result: ApplyResult }[]; hearing: Hearing | undefined } {
    for (;;) {
      const hearing = this.#listen()
      const machine = this.#machine(this.#blocks, stateRoot, network, draws, { budget, hearing })
      const executor = new Executor(machine, this.#runtime)
      const applied: { candidate: Candidate; result: ApplyResult }[] = []
      let again = false
      for (const candidate of candidates) {
        if (dropped.has(candidate.index)) continue
        if (hearing) hearing.message = applied.length
        try {
          const result = executor.applyMessage(
            candidate.signed.message,
            "explicit",
            candidate.bytes.length,
            candidate.trusted,
          )
          // A gas limit below the cost of inclusion has a receipt all the same; a mempool by the reference's rules lets it through.
          if (result.failure?.kind === "prevalidation" && result.receipt.exitCode !== EXIT_CODES.SYS_OUT_OF_GAS)
            dropped.set(candidate.index, result.failure.message)
          else applied.push({ candidate, result })
        } catch (error) {
          if (!(error instanceof MessageRefused)) throw error
          dropped.set(candidate.index, error.message)
          if (error.afterExecution) {
            again = true
            break
          }
        }
      }
      if (!again) return { machine, applied, hearing }
    }
  }

  #listen(): Hearing | undefined {
    const { listenTo } = this.#setup
    return listenTo && new Hearing(listenTo)
  }

  /** Replaces the state after a tipset, in one transaction with the blocks it needs. */
  edit(job: EditJob): JobResults["edit"] {
    this.#written = undefined
    const row: TipsetRow = { ...this.#row(job.hash), stateRoot: decodeCid(job.stateRoot) }
    this.#store.transaction(() => {
      for (const { cid, bytes } of job.blocks) this.#store.blocks.put(decodeCid(cid), bytes)
      this.#store.replaceTipset(row)
    })
    return { row: encodeTipsetRow(row) }
  }

  /** Takes tipsets off until `job.to` is the head again. */
  revert(job: RevertJob): JobResults["revert"] {
    this.#written = undefined
    const target = this.#headers.byHash(job.to)
    this.#store.transaction(() => {
      for (const { epoch, hash } of this.#store.placesAfter(target.epoch).reverse())
        this.#store.removeTipset(epoch, this.#row(hash))
      this.#store.restoreTipset(job.to, job.row)
    })
    return { row: job.row }
  }

  /** Executes messages on a copy. Failed messages are results; what the kernel refuses is `execution-fault`'s little brother, `refused`. */
  trial(job: TrialJob, budget?: WorkBudget): TrialOutcome {
    const place = this.#trialPlace(job)
    const { epoch, timestamp, baseFee } = place.network
    const hearing = this.#listen()
    const wishes = { tracing: job.trace, budget, hearing }
    // Not spread into one: V8 makes a new hidden class for each such object, at a twentieth of a call.
    const { results, steps, root, blocks } =
      job.keepState || job.steps ? this.#trialKept(job, place, wishes) : this.#trialTakenBack(job, place, wishes)
    return { results, steps, root, blocks, epoch, timestamp, baseFee, heard: hearing?.heard ?? [] }
  }

  #trialTakenBack(job: TrialJob, place: TrialPlace, wishes: MachineWishes): TrialParts {
    const { hearing } = wishes
    const results = this.#tryOut(place, job.blocks, wishes, (executor) =>
      job.messages.map((message, i) => {
        if (hearing) hearing.message = i
        return this.#applyTrial(executor, message)
      }),
    )
    return { results, steps: [], root: undefined, blocks: [] }
  }

  #trialKept(job: TrialJob, { root, network, draws }: TrialPlace, wishes: MachineWishes): TrialParts {
    const { hearing } = wishes
    const overlay = this.#overlay(job.blocks)
    const machine = this.#machine(overlay, root, network, draws, wishes)
    const executor = new Executor(machine, this.#runtime)
    const steps: StepTrace[] = []
    const results = job.messages.map((message, i) => {
      if (hearing) hearing.message = i
      if (!job.steps) return this.#applyTrial(executor, message)
      const before = machine.flush()
      const real = this.#applyTrial(executor, message)
      const again = (traced: Executor): ApplyResult => this.#applyTrial(traced, message)
      steps.push(this.#stepThrough(overlay, before, network, draws, job.steps, real, again))
      return real
    })
    if (!job.keepState) return { results, steps, root: undefined, blocks: [] }
    const after = machine.flush()
    const blocks = [...overlay.blocks()].map(({ cid, bytes }) => ({ cid: cid.bytes, bytes }))
    return { results, steps, root: after.bytes, blocks }
  }

  /**
   * Applies messages to a state, and takes back what they did.
   *
   * @param blocks - That the store lacks.
   * @throws What `run` throws.
   */
  #tryOut<T>(
    { root, network, draws }: TrialPlace,
    blocks: TrialJob["blocks"],
    wishes: Pick<MachineWishes, "tracing" | "budget" | "hearing">,
    run: (executor: Executor) => T,
  ): T {
    const isStored = blocks.length === 0
    const store = isStored ? this.#blocks : this.#overlay(blocks)
    const { tracing, budget, hearing } = wishes
    const sharing = this.#lastOf(root)
    const machine = this.#machine(store, root, network, draws, { tracing, budget, hearing, sharing })
    if (isStored) this.#last = { root, machine }
    try {
      return machine.tryOut(() => run(new Executor(machine, this.#runtime)))
    } catch (error) {
      // A machine that has seen a fault is not used again.
      this.#last = undefined
      throw error
    }
  }

  /** Searches the least gas limit with which one message succeeds. */
  estimate(job: EstimateJob, budget?: WorkBudget): EstimateOutcome {
    const [message] = job.messages
    if (message === undefined) throw new ChainError("invalid-option", "an estimate needs a message")
    const place = this.#trialPlace(job)
    const { gasLimit: asked } = message.message
    const most = asked > 0n && asked < BLOCK_GAS_LIMIT ? asked : BLOCK_GAS_LIMIT
    const hearing = this.#listen()
    const run = (gasLimit: bigint, listener?: Hearing): ApplyResult =>
      this.#tryOut(place, job.blocks, { tracing: false, budget, hearing: listener }, (executor) =>
        this.#applyTrial(executor, message, gasLimit),
      )
    const result = run(most, hearing)
    const heard = hearing?.heard ?? []
    if (result.receipt.exitCode !== 0) return { gasLimit: undefined, result, heard }
    const enough = (gasLimit: bigint): boolean => run(gasLimit).receipt.exitCode === 0
    let low = result.receipt.gasUsed
    // Without a fee cap no balance hangs on the gas limit; where no actor saw its gas either, nothing does.
    const isEnough = message.message.gasFeeCap === 0n && !result.gasWasSeen
    if (isEnough || enough(low)) return { gasLimit: low, result, heard }
    // What it used is not enough when a callee gets a share only of what is left: search above it.
    let high = low * 2n
    while (high < most && !enough(high)) {
      low = high
      high *= 2n
    }
    if (high > most) high = most
    while ((high - low) * SEARCH_PRECISION > high) {
      const middle = (low + high) / 2n
      if (enough(middle)) high = middle
      else low = middle
    }
    return { gasLimit: high, result, heard }
  }

  /** Executes a tipset of the chain again, traced. */
  replay(job: ReplayJob): TrialOutcome {
    const { header, epoch, key } = this.#headers.byHash(job.hash)
    const row = this.#row(job.hash)
    const network: Network = {
      epoch,
      timestamp: header.timestamp,
      baseFee: header.parentBaseFee,
      circulatingSupply: row.circulatingSupply,
    }
    const draws: Draws = {
      beacon: header.beaconEntries.at(-1)?.data ?? new Uint8Array(0),
      ticket: header.ticket ?? new Uint8Array(0),
    }
    const cids = key.cids.flatMap(() => {
      const lists = loadMessageLists(this.#blocks, header.messages)
      return [...lists.bls, ...lists.others]
    })
    const overlay = new OverlayBlockstore(this.#blocks)
    const machine = this.#machine(overlay, header.parentStateRoot, network, draws, { tracing: true })
    const executor = new Executor(machine, this.#runtime)
    let before: CID | undefined
    const steps: StepTrace[] = []
    const results = cids.slice(0, job.upTo + 1).map((cid, i) => {
      const bytes = mustGet(this.#blocks, cid)
      if (job.keepStates && i === job.upTo) before = machine.flush()
      const { message } = fromChainMessage(bytes)
      // What is on the chain was allowed when it was included; who was allowed to send is not asked again.
      const apply = (one: Executor): ApplyResult => one.applyMessage(message, "explicit", bytes.length, true)
      const stepped = job.steps && (job.steps.of === "all" || i === job.upTo) ? job.steps.options : undefined
      const root = stepped && machine.flush()
      const real = apply(executor)
      if (stepped && root) steps.push(this.#stepThrough(overlay, root, network, draws, stepped, real, apply))
      return real
    })
    const { timestamp, baseFee } = network
    const common = { results, steps, epoch, timestamp, baseFee, heard: [] }
    if (!job.keepStates) return { ...common, root: undefined, blocks: [] }
    const after = machine.flush()
    const blocks = [...overlay.blocks()].map(({ cid, bytes }) => ({ cid: cid.bytes, bytes }))
    return { ...common, root: after.bytes, ...(before && { before: before.bytes }), blocks }
  }

  /**
   * Executes a message again with code that tells of each of its instructions.
   *
   * That code costs other gas than the chain's own. First it has the message's own gas limit; if the message ends otherwise than it
   * really did, interpreting it is free. A message that really ran out of gas is not tried again: with more it would run on.
   */
  #stepThrough(
    overlay: OverlayBlockstore,
    root: CID,
    network: Network,
    draws: Draws,
    options: StepOptions,
    real: ApplyResult,
    apply: (executor: Executor) => ApplyResult,
  ): StepTrace {
    const create = this.#setup.tracedCode.length > 0 ? this.#createTracing : undefined
    if (!create)
      throw new ChainError(
        "invalid-option",
        "the chain was opened without traced actors: there is nothing to step through with",
      )
    this.#tracing ??= create()
    const { runtime, recorder, code } = this.#tracing
    const run = (free: boolean): ApplyResult => {
      const machine = this.#machine(new OverlayBlockstore(overlay), root, network, draws, { code })
      recorder.begin(options, free)
      return apply(new Executor(machine, runtime))
    }
    let again = run(false)
    const agrees = sameOutcome(again, real)
    if (agrees || real.receipt.exitCode === EXIT_CODES.SYS_OUT_OF_GAS)
      return recorder.finish(agrees ? "same" : "different", again.receipt.gasUsed)
    again = run(true)
    return recorder.finish(sameOutcome(again, real) ? "free" : "different", again.receipt.gasUsed)
  }

  /** The store with blocks that it lacks. */
  #overlay(blocks: TrialJob["blocks"]): OverlayBlockstore {
    const overlay = new OverlayBlockstore(this.#blocks)
    for (const { cid, bytes } of blocks) overlay.put(decodeCid(cid), bytes)
    return overlay
  }

  #trialPlace(job: Omit<TrialJob, "kind">): TrialPlace {
    const { header, epoch } = this.#headers.byHash(job.at)
    const later = job.epoch !== undefined && job.epoch > epoch
    const beacon = header.beaconEntries.at(-1)?.data ?? new Uint8Array(0)
    const ticket = header.ticket ?? new Uint8Array(0)
    // Without a fee cap the base fee is not charged, and contracts see none. @see lotus chain/stmgr/call.go
    const free = job.messages.every(({ kind, message }) => kind === "implicit" || message.gasFeeCap === 0n)
    return {
      network: {
        epoch: job.epoch ?? epoch,
        timestamp: job.timestamp ?? header.timestamp,
        baseFee: job.baseFee ?? (free ? 0n : header.parentBaseFee),
        circulatingSupply: job.circulatingSupply ?? this.#circulating(decodeCid(job.stateRoot)),
      },
      draws: {
        beacon: later ? beaconData(this.#setup.seed, job.epoch as number) : beacon,
        ticket: later ? ticketData(job.at, job.epoch as number, header.miner) : ticket,
        beaconDigest: job.beaconRandomness,
      },
      root: decodeCid(job.root),
    }
  }

  #applyTrial(executor: Executor, job: TrialJob["messages"][number], gasLimit?: bigint): ApplyResult {
    const { stateTree } = executor.machine
    let message = gasLimit === undefined ? job.message : { ...job.message, gasLimit }
    let senderId = stateTree.lookupId(message.from)
    if (job.assumeSender && (senderId === undefined || stateTree.getActor(senderId) === undefined)) {
      // As a first transfer to it would: the address gets an ID, and a placeholder.
      executor.applyMessage(
        {
          ...message,
          from: SYSTEM,
          to: message.from,
          value: 0n,
          method: 0n,
          params: new Uint8Array(0),
          gasLimit: BLOCK_GAS_LIMIT,
        },
        "implicit",
        0,
      )
      senderId = stateTree.lookupId(message.from)
    }
    const sender = senderId === undefined ? undefined : stateTree.getActor(senderId)
    if (sender !== undefined && !job.exactSequence) message = { ...message, sequence: sender.sequence }
    if (message.gasLimit === 0n) message = { ...message, gasLimit: BLOCK_GAS_LIMIT }
    try {
      return executor.applyMessage(message, job.kind, job.chainLength, job.assumeSender)
    } catch (error) {
      if (error instanceof MessageRefused) throw new ChainError("execution-fault", error.message, { cause: error })
      throw error
    }
  }

  #machine(
    store: Blockstore,
    stateRoot: CID,
    network: Network,
    draws: Draws,
    { tracing = false, code, budget, hearing, sharing }: MachineWishes = {},
  ): Machine {
    const { chainId, networkVersion, actorDebugging } = this.#setup
    try {
      return new Machine({
        context: machineContext({
          networkVersion,
          chainId,
          epoch: BigInt(network.epoch),
          timestamp: BigInt(network.timestamp),
          baseFee: network.baseFee,
          circSupply: network.circulatingSupply,
          tracing,
          actorDebugging,
        }),
        stateRoot,
        store,
        externs: new ChainExterns(this.#headers, { epoch: network.epoch, ...draws }, this.#proofs),
        code,
        budget,
        onUnreached: hearing?.onUnreached,
        sharing,
        manifests: this.#manifests,
      })
    } catch (error) {
      if (error instanceof MachineError) throw new ChainError("missing-block", error.message, { cause: error })
      throw error
    }
  }

  #row(hash: Uint8Array): TipsetRow {
    const row = this.#store.tipset(hash)
    if (row === undefined) throw new ChainError("unknown-tipset", "no tipset has this hash")
    return row
  }

  /** The genesis' supply less what has been burnt since. */
  #circulating(stateRoot: CID): bigint {
    const key = cidKey(stateRoot)
    const known = this.#supplies.get(key)
    if (known !== undefined) return known
    const supply = this.#supplyLeft(this.stateTree(stateRoot))
    this.#supplies.set(key, supply)
    return supply
  }

  #supplyLeft(state: StateTree): bigint {
    const burnt = state.getActor(BURNT_FUNDS_ID)?.balance ?? 0n
    return this.#setup.supply > burnt ? this.#setup.supply - burnt : 0n
  }
}

/** Whether two runs of a message can be told apart by anyone but by their gas. */
function sameOutcome({ receipt: a }: ApplyResult, { receipt: b }: ApplyResult): boolean {
  return (
    a.exitCode === b.exitCode && String(a.eventsRoot) === String(b.eventsRoot) && equals(a.returnData, b.returnData)
  )
}

/** The signatures of a block's BLS messages as one; of none, the point at infinity. @see lotus chain/types (BLSAggregate) */
function aggregate(signatures: readonly Uint8Array[]): Uint8Array {
  if (signatures.length === 0) {
    const infinity = new Uint8Array(96)
    infinity[0] = 0xc0
    return infinity
  }
  const { longSignatures } = bls12_381
  return longSignatures
    .aggregateSignatures(signatures.map((bytes) => longSignatures.Signature.fromBytes(bytes)))
    .toBytes()
}
