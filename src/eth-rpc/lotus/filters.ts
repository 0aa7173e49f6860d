import { randomBytes } from "node:crypto"
import type { Chain } from "../../chain/chain.ts"
import type { Tipset } from "../../chain/types.ts"
import { type Json, RawJson } from "../../json-rpc/json.ts"
import type { Source } from "../../json-rpc/subscriptions.ts"
import type { BlockReader } from "../block-reader.ts"
import { toHex, toQuantity } from "../codecs/hex.ts"
import type { LogFilter } from "../codecs/log-filter.ts"
import type { Filters } from "../filters.ts"
import { findLogs } from "../log-matcher.ts"
import { lotusError, rangeExceeded } from "./errors.ts"
import type { LotusFilterSpec } from "./eth-types.ts"
import { encodeLotusBlock, readBlock } from "./shapes.ts"
import type { TipsetResolver } from "./tipsets.ts"

/** Lotus' defaults. @see lotus node/config (EventsConfig) */
const MAX_RANGE = 2880n
const MAX_FILTERS = 100
const MAX_RESULTS = 10_000
const MAX_TOPICS = 4
const ID_BYTES = 32
const RANDOM_ID_BYTES = 16
const MAX_INT64 = (1n << 63n) - 1n

/** A range as Lotus reads it: -1 is the newest at the time. */
interface ParsedFilter {
  readonly from: bigint
  readonly to: bigint
  readonly blockHash: Uint8Array | undefined
  readonly filter: LogFilter
}

interface Installed {
  readonly kind: "logs" | "blocks" | "pending"
  news: Json[]
  readonly stop: () => void
}

/** An id as Lotus makes them: 16 random bytes, and as many zeros. */
export function createLotusId(): string {
  return `0x${randomBytes(RANDOM_ID_BYTES).toString("hex")}${"00".repeat(ID_BYTES - RANDOM_ID_BYTES)}`
}

/**
 * Filters and subscriptions as Lotus has them: at most 100 filters, each with the logs that were there before it, ranges of at most 2880
 * epochs, names of blocks in fewer places.
 *
 * @see lotus node/impl/eth/events.go, chain/events/filter
 */
export class LotusFilters {
  readonly #chain: Chain
  readonly #blocks: BlockReader
  readonly #news: Filters
  readonly #tipsets: TipsetResolver
  readonly #installed = new Map<string, Installed>()

  constructor(chain: Chain, blocks: BlockReader, news: Filters, tipsets: TipsetResolver) {
    this.#chain = chain
    this.#blocks = blocks
    this.#news = news
    this.#tipsets = tipsets
  }

  /** The logs of a range or a block. @throws RpcError */
  async logs(spec: LotusFilterSpec): Promise<Json> {
    const doing = "failed to get events for filter: "
    const parsed = this.#parse(spec, `${doing}failed to parse eth filter spec: `)
    const { blockHash, from, to } = parsed
    const head = BigInt(this.#chain.head.epoch)
    const tipset = blockHash && (await this.#tipsets.byCid(blockHash, `${doing}failed to get tipset by cid`))
    if (from >= head || to >= head || (tipset && tipset.epoch >= this.#chain.head.epoch))
      throw lotusError(`${doing}events for the requested block are not yet available`)
    return this.#find(parsed, MAX_RESULTS)
  }

  async installLogs(spec: LotusFilterSpec): Promise<string> {
    const parsed = this.#parse(spec, "")
    const doing = "failed to install event filter: get events for filter: failed to get tipset by cid"
    const { blockHash, from, to, filter } = parsed
    const only = blockHash && (await this.#tipsets.byCid(blockHash, doing))
    const before = (await this.#find(parsed, undefined)).toJSON() as Json[]
    const count = countByBlock()
    const id = this.#install("logs", (add) =>
      this.#news.onLog(filter, (text) => {
        const log = text.toJSON()
        const epoch = BigInt((log as { blockNumber: string }).blockNumber)
        const isInside = only === undefined ? epoch >= from && (to < 0n || epoch <= to) : epoch === BigInt(only.epoch)
        if (isInside) add(count(log))
      }),
    )
    this.#installed.get(id)!.news.push(...before)
    return id
  }

  installBlocks(): string {
    return this.#install("blocks", (add) => this.#news.onBlock(({ hash }) => add(toHex(hash))))
  }

  installPending(): string {
    return this.#install("pending", (add) => this.#news.onPendingTransaction((hash) => add(toHex(hash))))
  }

  uninstall(id: Uint8Array): boolean {
    const name = toHex(id)
    this.#installed.get(name)?.stop()
    return this.#installed.delete(name)
  }

  /** What came since the last time, by either method. @param only - The kind that the method is for. Default: any */
  async take(id: Uint8Array, only?: Installed["kind"]): Promise<Json> {
    const filter = this.#installed.get(toHex(id))
    if (!filter) throw lotusError("filter not found")
    if (only !== undefined && filter.kind !== only) throw lotusError("wrong filter type")
    await this.#news.settled()
    const { news } = filter
    filter.news = []
    return news
  }

  /** @throws RpcError - There is no such subscription. */
  source(kind: string, spec: Pick<LotusFilterSpec, "address" | "topics"> | undefined): Source {
    switch (kind) {
      case "newHeads":
        return (push) => {
          let last: Promise<void> = Promise.resolve()
          return this.#news.onBlock((tipset) => {
            const block = readBlock(this.#chain, this.#blocks, tipset)
            last = last.then(async () => push(encodeLotusBlock(this.#chain, await block, true))).catch(() => {}) // reverted before anybody had read it
          })
        }
      case "logs": {
        checkTopics(spec?.topics, "")
        const filter = toLogFilter({ address: spec?.address, topics: spec?.topics })
        // A subscription's logs are not counted.
        return (push) => this.#news.onLog(filter, (log) => push({ ...(log.toJSON() as LogObject), logIndex: "0x0" }))
      }
      case "newPendingTransactions":
        return (push) => this.#news.onPendingTransaction((hash) => push(toHex(hash)))
      default:
        throw lotusError(`unsupported event type: ${kind}`)
    }
  }

  #install(kind: Installed["kind"], start: (add: (news: Json) => void) => () => void): string {
    if (this.#installed.size >= MAX_FILTERS) throw lotusError("maximum number of filters registered")
    const id = createLotusId()
    const keep = (news: Json): void => {
      if (installed.news.length >= MAX_RESULTS) installed.news.shift()
      installed.news.push(news)
    }
    const installed: Installed = { kind, news: [], stop: start(keep) }
    this.#installed.set(id, installed)
    return id
  }

  /** Lotus' index of events knows an event by its entries, so that a log without topics and data is not found. */
  async #find({ from, to, blockHash, filter }: ParsedFilter, results: number | undefined): Promise<RawJson> {
    const { latest } = this.#chain
    const newest = BigInt(latest.epoch)
    if (blockHash !== undefined) {
      const tipset: Tipset = await this.#chain.resolve({ hash: blockHash })
      if (tipset.epoch > latest.epoch) return new RawJson("[]")
    } else if (from > newest) return new RawJson("[]")
    const range =
      blockHash !== undefined
        ? { blockHash, fromBlock: undefined, toBlock: undefined }
        : {
            blockHash: undefined,
            fromBlock: { epoch: Number(from) },
            toBlock: { epoch: Number(to < 0n || to > newest ? newest : to) },
          }
    return findLogs(this.#chain, { ...filter, ...range }, results === undefined ? {} : { results }, true)
  }

  #parse(spec: LotusFilterSpec, prefix: string): ParsedFilter {
    const { blockHash, fromBlock, toBlock } = spec
    if (blockHash && (fromBlock !== undefined || toBlock !== undefined))
      throw lotusError(`${prefix}must not specify block hash and from/to block`)
    const range = blockHash ? { from: 0n, to: 0n } : this.#range(fromBlock, toBlock, prefix)
    checkTopics(spec.topics, prefix)
    return { ...range, blockHash, filter: toLogFilter(spec) }
  }

  #range(fromBlock: string | undefined, toBlock: string | undefined, prefix: string): { from: bigint; to: bigint } {
    const newest = BigInt(this.#chain.head.epoch - 1)
    const from = readEpoch(fromBlock, "FromBlock", newest, prefix)
    const to = readEpoch(toBlock, "ToBlock", -1n, prefix)
    const last = to < 0n ? newest : to
    if (to >= 0n && from > to)
      throw lotusError(`${prefix}invalid epoch range: to block (${to}) must be after from block (${from})`)
    if (last - from > MAX_RANGE) throw rangeExceeded(MAX_RANGE, last - from)
    return { from, to }
  }
}

interface LogObject {
  readonly [key: string]: Json
}

/** What comes to a filter by itself is numbered among what the filter takes of the same block. @see lotus chain/events/filter/event.go */
function countByBlock(): (log: Json) => Json {
  let block: Json
  let next = 0
  return (log) => {
    const { blockHash = null } = log as LogObject
    if (blockHash !== block) next = 0
    block = blockHash
    return { ...(log as LogObject), logIndex: toQuantity(next++) }
  }
}

function readEpoch(text: string | undefined, name: string, latest: bigint, prefix: string): bigint {
  if (text === undefined || text === "" || text === "latest") return latest
  if (text === "earliest") return 0n
  if (!text.startsWith("0x")) throw lotusError(`${prefix}${name} is not a hex`)
  const digits = text.replaceAll("0x", "")
  const epoch = /^[0-9a-fA-F]+$/.test(digits) ? BigInt(`0x${digits}`) : undefined
  if (epoch === undefined || epoch > MAX_INT64) throw lotusError(`${prefix}invalid epoch`)
  return epoch
}

function checkTopics(topics: LotusFilterSpec["topics"], prefix: string): void {
  if (topics && topics.length > MAX_TOPICS)
    throw lotusError(`${prefix}too many topics in filter: ${topics.length}, max: ${MAX_TOPICS}`)
}

/** Empty lists and nothing let everything pass. */
function toLogFilter({ address, topics }: Pick<LotusFilterSpec, "address" | "topics">): LogFilter {
  return {
    fromBlock: undefined,
    toBlock: undefined,
    blockHash: undefined,
    addresses: address === undefined || address.length === 0 ? undefined : address,
    topics: (topics ?? []).map((list) => (list === undefined || list.length === 0 ? undefined : list)),
  }
}
