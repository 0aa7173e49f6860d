import type { Chain } from "../chain/chain.ts"
import type { HeadChange, Tipset } from "../chain/types.ts"
import { type Json, RawJson } from "../json-rpc/json.ts"
import { rawList } from "../json-rpc/raw-json.ts"
import type { BlockReader, PlacedLog } from "./block-reader.ts"
import { toHex } from "./codecs/hex.ts"
import type { LogFilter } from "./codecs/log-filter.ts"
import { ethError } from "./errors.ts"
import { matchesLog } from "./log-matcher.ts"
import { logText } from "./log-writer.ts"

/** Logs of one tipset that became visible, or ceased to be. */
interface LogNews {
  readonly tipset: Tipset
  readonly logs: readonly PlacedLog[]
  readonly removed: boolean
  /** As they are on the wire, those that somebody wanted so far: what passes many filters is written once. */
  readonly encoded: Map<PlacedLog, RawJson>
}

/** A hash, or a log. */
type News = string | RawJson

interface Installed {
  /** Who made it. */
  readonly client: string
  readonly kind: "block" | "logs" | "pendingTransactions"
  readonly logFilter: LogFilter | undefined
  news: News[]
  /** What the news weigh, in bytes. */
  weight: number
  lastAsked: number
  readonly stop: () => void
}

/** How many filters, and for how long. */
export interface FilterLimits {
  /** Filters at a time. Default: 10000 */
  readonly filters: number
  /** Filters at a time of one client: of an address over HTTP, of a connection over WebSocket. Default: 2000 */
  readonly filtersPerClient: number
  /** Milliseconds after which a filter that nobody asks is uninstalled. Default: 300000 (5 minutes, as geth) */
  readonly idleMilliseconds: number
  /** News that a filter keeps; the oldest go first. Default: 100000 */
  readonly news: number
  /**
   * Bytes, about, of the news of all filters together; above it the filter that was not asked for the longest time is uninstalled.
   * Default: 67108864 (64 MiB)
   */
  readonly newsBytes: number
}

/** See {@link FilterLimits}. */
export const DEFAULT_FILTER_LIMITS: FilterLimits = {
  filters: 10_000,
  filtersPerClient: 2000,
  idleMilliseconds: 300_000,
  news: 100_000,
  newsBytes: 64 << 20,
}

/** Filters that nobody asks are looked for at least this often while news come in. */
const SWEEP_MILLISECONDS = 10_000
/** What a text weighs in memory beside its letters, in bytes: an estimate. */
const TEXT_BYTES = 50

function weightOf(news: News): number {
  return TEXT_BYTES + (typeof news === "string" ? news : news.content).length
}

/** The news of the chain, for filters that are asked and subscriptions that are told. */
export class Filters {
  readonly #chain: Chain
  readonly #blocks: BlockReader
  readonly #limits: FilterLimits
  readonly #createId: () => string
  readonly #now: () => number
  readonly #installed = new Map<string, Installed>()
  readonly #perClient = new Map<string, number>()
  #weight = 0
  #lastSweep = 0
  readonly #logListeners = new Set<(news: LogNews) => void>()
  /** News are worked through in order; whoever asks for them waits for those before. */
  #queue: Promise<void> = Promise.resolve()
  #stopLogs: (() => void) | undefined
  /** Of the last tipset that was told of. */
  #hash: { readonly tipset: Tipset; readonly text: string } | undefined

  constructor(
    chain: Chain,
    blocks: BlockReader,
    createId: () => string,
    limits: Partial<FilterLimits> = {},
    now: () => number = Date.now,
  ) {
    this.#chain = chain
    this.#blocks = blocks
    this.#createId = createId
    this.#limits = { ...DEFAULT_FILTER_LIMITS, ...limits }
    this.#now = now
  }

  get size(): number {
    return this.#installed.size
  }

  /** Tells of each tipset that can be asked for from now on, oldest first. @returns Ends it. */
  onBlock(listener: (tipset: Tipset) => void): () => void {
    return this.#chain.onHead(({ executed }) => {
      for (const tipset of executed) listener(tipset)
    })
  }

  /** Tells of each log that passes the filter, and with `removed` of those that ceased to be. @returns Ends it. */
  onLog(filter: LogFilter, listener: (log: RawJson) => void): () => void {
    const hear = ({ tipset, logs, removed, encoded }: LogNews): void => {
      for (const log of logs) {
        if (!matchesLog(filter, log)) continue
        let text = encoded.get(log)
        if (text === undefined) {
          text = logText(log, tipset, removed)
          encoded.set(log, text)
        }
        listener(text)
      }
    }
    this.#logListeners.add(hear)
    this.#stopLogs ??= this.#chain.onHead((change) => this.#enqueue(change))
    return () => {
      this.#logListeners.delete(hear)
      if (this.#logListeners.size > 0) return
      this.#stopLogs?.()
      this.#stopLogs = undefined
    }
  }

  /** Tells of the hash of each transaction that enters the mempool. @returns Ends it. */
  onPendingTransaction(listener: (hash: Uint8Array) => void): () => void {
    return this.#chain.onMempool(({ kind, message }) => {
      if (kind === "added" || kind === "replaced") listener(message.alias ?? message.cid.multihash.digest)
    })
  }

  /** @returns The id of a filter that collects hashes of blocks. @param client - Whose filter it is. */
  installBlockFilter(client: string): string {
    return this.#install(client, "block", undefined, (add) => this.onBlock((tipset) => add(this.#hashText(tipset))))
  }

  /** One text for all filters that keep it. */
  #hashText(tipset: Tipset): string {
    if (this.#hash?.tipset !== tipset) this.#hash = { tipset, text: toHex(tipset.hash) }
    return this.#hash.text
  }

  /** @returns The id of a filter that collects logs. */
  installLogFilter(filter: LogFilter, client: string): string {
    return this.#install(client, "logs", filter, (add) => this.onLog(filter, add))
  }

  /** @returns The id of a filter that collects hashes of transactions. */
  installPendingTransactionFilter(client: string): string {
    return this.#install(client, "pendingTransactions", undefined, (add) =>
      this.onPendingTransaction((hash) => add(toHex(hash))),
    )
  }

  /** @returns Whether there was such a filter. */
  uninstall(id: string): boolean {
    const filter = this.#installed.get(id)
    if (filter === undefined) return false
    filter.stop()
    this.#installed.delete(id)
    this.#weight -= filter.weight
    const left = (this.#perClient.get(filter.client) ?? 1) - 1
    if (left > 0) this.#perClient.set(filter.client, left)
    else this.#perClient.delete(filter.client)
    return true
  }

  /** What came since the last time. @throws RpcError - There is no such filter. */
  async changes(id: string): Promise<Json> {
    const filter = this.#require(id)
    await this.#queue
    const { news } = filter
    filter.news = []
    this.#weight -= filter.weight
    filter.weight = 0
    const logs = news.filter((one) => one instanceof RawJson)
    return logs.length > 0 ? rawList(logs) : (news as string[]) // a filter has news of one kind
  }

  /** Settles when all news of logs so far have been told. */
  settled(): Promise<void> {
    return this.#queue
  }

  /** The filter behind an id that collects logs. @throws RpcError - There is no such filter, or it collects something else. */
  logFilter(id: string): LogFilter {
    const { logFilter } = this.#require(id)
    if (!logFilter) throw ethError("filterNotFound", { id })
    return logFilter
  }

  #require(id: string): Installed {
    this.#expire()
    const filter = this.#installed.get(id)
    if (!filter) throw ethError("filterNotFound", { id })
    filter.lastAsked = this.#now()
    return filter
  }

  #install(
    client: string,
    kind: Installed["kind"],
    logFilter: LogFilter | undefined,
    start: (add: (news: News) => void) => () => void,
  ): string {
    this.#expire()
    if (this.#installed.size >= this.#limits.filters)
      throw ethError("rangeTooWide", {
        message: `there are ${this.#installed.size} filters, the limit is ${this.#limits.filters}: uninstall some (eth_uninstallFilter)`,
      })
    const own = this.#perClient.get(client) ?? 0
    if (own >= this.#limits.filtersPerClient)
      throw ethError("rangeTooWide", {
        message: `you have ${own} filters, the limit for each client is ${this.#limits.filtersPerClient}: uninstall some (eth_uninstallFilter)`,
      })
    const id = this.#createId()
    const stop = start((news) => this.#keep(installed, news))
    const installed: Installed = { client, kind, logFilter, news: [], weight: 0, lastAsked: this.#now(), stop }
    this.#installed.set(id, installed)
    this.#perClient.set(client, own + 1)
    return id
  }

  #keep(filter: Installed, news: News): void {
    const { news: kept } = filter
    kept.push(news)
    this.#add(filter, weightOf(news))
    if (kept.length > this.#limits.news) this.#add(filter, -weightOf(kept.shift() ?? ""))
    if (this.#now() - this.#lastSweep > SWEEP_MILLISECONDS) this.#expire()
    while (this.#weight > this.#limits.newsBytes) this.#uninstallOldest()
  }

  #add(filter: Installed, weight: number): void {
    filter.weight += weight
    this.#weight += weight
  }

  #uninstallOldest(): void {
    let oldest: string | undefined
    let lastAsked = Number.POSITIVE_INFINITY
    for (const [id, filter] of this.#installed)
      if (filter.weight > 0 && filter.lastAsked < lastAsked) {
        oldest = id
        lastAsked = filter.lastAsked
      }
    if (oldest === undefined) this.#weight = 0
    else this.uninstall(oldest)
  }

  #expire(): void {
    this.#lastSweep = this.#now()
    const oldest = this.#now() - this.#limits.idleMilliseconds
    for (const [id, { lastAsked }] of this.#installed) if (lastAsked < oldest) this.uninstall(id)
  }

  #enqueue({ executed, unexecuted }: HeadChange): void {
    const listeners = [...this.#logListeners]
    const steps = [
      ...unexecuted.map((tipset) => ({ tipset, removed: true })),
      ...executed.map((tipset) => ({ tipset, removed: false })),
    ]
      .filter(({ tipset }) => tipset.eventCount > 0)
      .map(({ tipset, removed }) => ({
        tipset,
        removed,
        block: removed ? this.#blocks.readReverted(tipset) : this.#blocks.read(tipset),
      }))
    for (const { tipset, removed, block } of steps)
      this.#queue = this.#queue
        .then(async () => {
          const logs = (await block).transactions.flatMap((transaction) => transaction.logs)
          const news = {
            tipset,
            removed,
            logs: removed ? logs.toReversed() : logs,
            encoded: new Map<PlacedLog, RawJson>(),
          }
          for (const listener of listeners) listener(news)
        })
        .catch(() => {}) // the chain was closed
  }
}
