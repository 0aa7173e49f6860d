import { ABORT, type Database, open, type RootDatabase } from "lmdb"
import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { EventEntry } from "../fvm/receipt.ts"
import type { Block, Blockstore } from "../ipld/blockstore.ts"
import { BLAKE2B_256, cidOfDigest, DAG_CBOR, IDENTITY } from "../ipld/cid.ts"
import { ByteReader, ByteWriter, hex } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { decodeLogRow, decodeTipsetRow, encodeLogRow, encodeTipsetRow, type LogRow, type TipsetRow } from "./rows.ts"

/** Written into each database; a database with another number is refused. */
export const STORE_FORMAT = 1

/** A million transactions want room: address space, not memory or disk. */
const MAP_BYTES = 64 * 2 ** 30
/** A posting's key: 8 bytes of hash of what was searched for, epoch, position of the log in the tipset. */
const POSTING_PREFIX = 8
const POSTING_VALUE = new Uint8Array([1])
/** Values longer than this are no search keys: event data, not topics. */
const MAX_INDEXED_VALUE = 64
/** Flag of an event entry: its value may be searched for. */
const FLAG_INDEXED_VALUE = 2n
/** The entry that Solidity's compilers put data into; not searched for, and often short enough to look like a topic. */
const DATA_KEY = "d"

type Table = Database<Uint8Array, Uint8Array>

/** Where a message is. */
export interface MessagePlace {
  readonly epoch: number
  readonly index: number
}

/** A log with its place, as it comes out of the index. */
export interface IndexedLog {
  readonly epoch: number
  readonly logIndex: number
  readonly row: LogRow
}

/** Conditions on logs; see LogQuery. */
export interface LogSearch {
  readonly from: number
  readonly to: number
  readonly emitters?: readonly bigint[] | undefined
  readonly fields?: readonly { readonly key: string; readonly values: readonly Uint8Array[] }[] | undefined
  readonly limit?: number | undefined
}

/** How to open a store. */
export interface StoreOptions {
  readonly path: string
  /** Each commit waits until it is on the disk, so that it survives a power cut too, not just a dead process. */
  readonly durable: boolean
}

/**
 * All that is kept of a chain: blocks by CID, and the index over them. One writer, any number of readers in other threads; one
 * transaction makes a tipset whole or not at all.
 *
 * | table | key | value |
 * |---|---|---|
 * | blocks | digest (32) of a blake2b-256 CID, else the whole CID | bytes |
 * | tipsets | hash (32) | {@link TipsetRow} |
 * | epochs | epoch (4) | hash: the current chain only |
 * | messages | digest of the CID (32) | epoch (4), index (4) |
 * | aliases | second name (32) | digest of the message CID (32) |
 * | logs | epoch (4), position (4) | {@link LogRow} |
 * | postings | search hash (8), epoch (4), position (4) | nothing |
 * | meta | text | as named |
 */
export class ChainStore {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>
  readonly #blocks: Table
  readonly #tipsets: Table
  readonly #epochs: Table
  readonly #messages: Table
  readonly #aliases: Table
  readonly #logs: Table
  readonly #postings: Table
  readonly #meta: Table
  /** The blocks, read from and written to the database itself; writing needs an open {@link transaction}. */
  readonly blocks: Blockstore

  /** @throws ChainError - `database-mismatch`: the folder holds something else, or a newer format. */
  constructor(options: StoreOptions) {
    try {
      this.#root = open<Uint8Array, Uint8Array>({
        path: options.path,
        noSubdir: false,
        maxDbs: 8,
        encoding: "binary",
        keyEncoding: "binary",
        mapSize: MAP_BYTES,
        ...(options.durable ? { overlappingSync: false } : { noSync: true }),
      })
    } catch (cause) {
      throw new ChainError("database-mismatch", `cannot open a database in ${options.path}: ${message(cause)}`, {
        cause,
      })
    }
    const table = (name: string): Table =>
      this.#root.openDB<Uint8Array, Uint8Array>(name, { encoding: "binary", keyEncoding: "binary" })
    this.#blocks = table("blocks")
    this.#tipsets = table("tipsets")
    this.#epochs = table("epochs")
    this.#messages = table("messages")
    this.#aliases = table("aliases")
    this.#logs = table("logs")
    this.#postings = table("postings")
    this.#meta = table("meta")
    this.blocks = new TableBlockstore(this.#blocks, () => this.refresh())
    const format = this.meta("format")
    if (format !== undefined && Number(text(format)) !== STORE_FORMAT)
      throw new ChainError(
        "database-mismatch",
        `the database in ${options.path} has format ${text(format)}, this program reads format ${STORE_FORMAT}`,
      )
  }

  close(): Promise<void> {
    return this.#root.close()
  }

  /** From now on reads see what other threads have committed so far. */
  refresh(): void {
    this.#root.resetReadTxn()
  }

  /**
   * Runs `write` as one transaction: after it all of its writes are there, or, if it throws or the process dies, none.
   *
   * @throws ChainError - `database-write`: the disk is full, or does not answer. What `write` throws comes through.
   */
  transaction<T>(write: () => T): T {
    let failed: { readonly error: unknown } | undefined
    let result: T | undefined
    try {
      this.#root.transactionSync(() => {
        try {
          result = write()
          return undefined
        } catch (error) {
          failed = { error }
          return ABORT
        }
      })
    } catch (cause) {
      if (failed === undefined)
        throw new ChainError("database-write", `the database could not be written: ${message(cause)}`, { cause })
    }
    if (failed !== undefined) throw failed.error
    return result as T // set, for write() has returned
  }

  meta(name: string): Uint8Array | undefined {
    return copy(this.#meta.getBinaryFast(utf8.encode(name)))
  }

  setMeta(name: string, value: Uint8Array | string): void {
    this.#meta.putSync(utf8.encode(name), typeof value === "string" ? utf8.encode(value) : value)
  }

  /** The row of a tipset, on the current chain or not. */
  tipset(hash: Uint8Array): TipsetRow | undefined {
    const bytes = this.#tipsets.getBinaryFast(hash)
    return bytes === undefined ? undefined : decodeTipsetRow(bytes)
  }

  /** Hash of the tipset at an epoch of the current chain; undefined for null rounds and beyond the head. */
  hashAt(epoch: number): Uint8Array | undefined {
    return copy(this.#epochs.getBinaryFast(u32(epoch)))
  }

  /** The nearest tipset at or before an epoch. */
  lastAtOrBefore(epoch: number): { readonly epoch: number; readonly hash: Uint8Array } | undefined {
    return this.#nearest({ start: u32(epoch), reverse: true, limit: 1 })
  }

  /** The nearest tipset at or after an epoch. */
  firstAtOrAfter(epoch: number): { readonly epoch: number; readonly hash: Uint8Array } | undefined {
    return this.#nearest({ start: u32(epoch), limit: 1 })
  }

  #nearest(range: { start: Uint8Array; reverse?: boolean; limit: number }) {
    for (const { key, value } of this.#epochs.getRange(range))
      return { epoch: new ByteReader(key).u32(), hash: copy(value)! }
    return undefined
  }

  /** Where a message is on the current chain. */
  messagePlace(cid: CID): MessagePlace | undefined {
    const bytes = this.#messages.getBinaryFast(cid.multihash.digest)
    if (bytes === undefined) return undefined
    const reader = new ByteReader(bytes)
    return { epoch: reader.u32(), index: reader.u32() }
  }

  /** CID of the message with this second name. */
  cidByAlias(alias: Uint8Array): CID | undefined {
    const digest = copy(this.#aliases.getBinaryFast(alias))
    return digest === undefined ? undefined : cidOfDigest(DAG_CBOR, digest)
  }

  /** Adds a tipset to the current chain. To be called in a {@link transaction}. */
  addTipset(epoch: number, row: TipsetRow, logs: readonly LogRow[]): void {
    const { hash } = row.key
    this.#tipsets.putSync(hash, encodeTipsetRow(row))
    this.#epochs.putSync(u32(epoch), hash)
    row.messages.forEach(({ cid, alias }, index) => {
      const { digest } = cid.multihash
      this.#messages.putSync(digest, u32(epoch, index))
      if (alias !== undefined) this.#aliases.putSync(alias, digest)
    })
    logs.forEach((log, index) => {
      this.#logs.putSync(u32(epoch, index), encodeLogRow(log))
      for (const term of searchTerms(log)) this.#postings.putSync(posting(term, epoch, index), POSTING_VALUE)
    })
    this.setMeta("head", hash)
  }

  /** Replaces the row of a tipset, after an edit of its state. To be called in a {@link transaction}. */
  replaceTipset(row: TipsetRow): void {
    this.#tipsets.putSync(row.key.hash, encodeTipsetRow(row))
  }

  /** Takes a tipset off the current chain; its row and blocks stay. To be called in a {@link transaction}. */
  removeTipset(epoch: number, row: TipsetRow): void {
    this.#epochs.removeSync(u32(epoch))
    for (const { cid, alias } of row.messages) {
      this.#messages.removeSync(cid.multihash.digest)
      if (alias !== undefined) this.#aliases.removeSync(alias)
    }
    for (let index = 0; index < row.eventCount; index++) {
      const log = this.#log(epoch, index)
      if (log === undefined) continue
      for (const term of searchTerms(log)) this.#postings.removeSync(posting(term, epoch, index))
      this.#logs.removeSync(u32(epoch, index))
    }
  }

  /** Makes a tipset the head, with the row it had at some time. To be called in a {@link transaction}. */
  restoreTipset(hash: Uint8Array, row: Uint8Array): void {
    this.#tipsets.putSync(hash, row)
    this.setMeta("head", hash)
  }

  #log(epoch: number, index: number): LogRow | undefined {
    const bytes = this.#logs.getBinaryFast(u32(epoch, index))
    return bytes === undefined ? undefined : decodeLogRow(bytes)
  }

  /**
   * Logs in the range that meet all conditions, in order.
   *
   * Of the conditions the one with the fewest postings leads; the others are checked on the logs themselves.
   *
   * @throws ChainError - `too-many-results`: more than `limit`.
   */
  searchLogs(search: LogSearch): IndexedLog[] {
    const conditions: Uint8Array[][] = []
    if (search.emitters !== undefined) conditions.push(search.emitters.map(emitterTerm))
    for (const field of search.fields ?? []) conditions.push(field.values.map((value) => fieldTerm(field.key, value)))
    if (search.from > search.to || conditions.some((terms) => terms.length === 0)) return []
    const emitters = search.emitters && new Set(search.emitters)
    const fields = (search.fields ?? []).map(({ key, values }) => ({ key, values: new Set(values.map(hex)) }))
    const found: IndexedLog[] = []
    const take = (epoch: number, logIndex: number, row: LogRow): void => {
      if (emitters !== undefined && !emitters.has(row.emitter)) return
      for (const { key, values } of fields)
        if (!row.entries.some((entry) => entry.key === key && values.has(hex(entry.value)))) return
      found.push({ epoch, logIndex, row })
      if (search.limit !== undefined && found.length > search.limit)
        throw new ChainError(
          "too-many-results",
          `more than ${search.limit} logs match: ask for fewer blocks, or for certain addresses or topics`,
        )
    }
    if (conditions.length === 0) {
      for (const { key, value } of this.#logs.getRange({ start: u32(search.from), end: u32(search.to + 1) })) {
        const place = new ByteReader(key)
        take(place.u32(), place.u32(), decodeLogRow(value))
      }
      return found
    }
    for (const [epoch, index] of this.#leadingPostings(conditions, search.from, search.to)) {
      const row = this.#log(epoch, index)
      if (row !== undefined) take(epoch, index, row)
    }
    return found
  }

  /** Places of the condition with the fewest postings, sorted, each once. Lists are read a little further each round. */
  #leadingPostings(
    conditions: readonly Uint8Array[][],
    from: number,
    to: number,
  ): readonly (readonly [number, number])[] {
    for (let most = 512; ; most *= 8) {
      for (const terms of conditions) {
        const places = this.#postingsOf(terms, from, to, most)
        if (places !== undefined) return places
      }
    }
  }

  #postingsOf(terms: Uint8Array[], from: number, to: number, most: number): (readonly [number, number])[] | undefined {
    const places: (readonly [number, number])[] = []
    for (const term of terms) {
      for (const key of this.#postings.getKeys({ start: posting(term, from, 0), end: posting(term, to + 1, 0) })) {
        const reader = new ByteReader(key.subarray(POSTING_PREFIX))
        places.push([reader.u32(), reader.u32()])
        if (places.length > most) return undefined
      }
    }
    if (terms.length > 1) places.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    return places.filter(([epoch, index], i) => {
      const before = places[i - 1]
      return before === undefined || before[0] !== epoch || before[1] !== index
    })
  }
}

/** Blocks straight from the table. A block that is missing may have been committed by another thread since the last look. */
class TableBlockstore implements Blockstore {
  readonly #table: Table
  readonly #refresh: () => void

  constructor(table: Table, refresh: () => void) {
    this.#table = table
    this.#refresh = refresh
  }

  get(cid: CID): Uint8Array | undefined {
    const key = blockKey(cid)
    const bytes = this.#table.getBinaryFast(key)
    if (bytes !== undefined) return copy(bytes)
    this.#refresh()
    return copy(this.#table.getBinaryFast(key))
  }

  has(cid: CID): boolean {
    return this.get(cid) !== undefined
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#table.putSync(blockKey(cid), bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    for (const { cid, bytes } of blocks) this.put(cid, bytes)
  }
}

function blockKey(cid: CID): Uint8Array {
  return cid.multihash.code === BLAKE2B_256 ? cid.multihash.digest : cid.bytes
}

/** Whether a CID carries its data in itself, so that no store has a block for it. */
export function isInline(cid: CID): boolean {
  return cid.multihash.code === IDENTITY
}

const utf8 = new TextEncoder()
const decoder = new TextDecoder()

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/**
 * What the database hands out is valid until the next look only, and is the beginning of a large buffer whose `length` says how much
 * of it counts.
 */
function copy(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined) return undefined
  const { length } = bytes
  const copied = new Uint8Array(length)
  copied.set(bytes.subarray(0, length))
  return copied
}

function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setUint32(4 * i, Math.min(value, 0xffffffff))
  return bytes
}

function emitterTerm(emitter: bigint): Uint8Array {
  return new ByteWriter().u8(0).varint(emitter).finish()
}

function fieldTerm(key: string, value: Uint8Array): Uint8Array {
  return new ByteWriter().u8(1).bytes(utf8.encode(key)).raw(value).finish()
}

function isSearchable(entry: EventEntry): boolean {
  return entry.key !== DATA_KEY && (entry.flags & FLAG_INDEXED_VALUE) !== 0n && entry.value.length <= MAX_INDEXED_VALUE
}

function searchTerms(log: { emitter: bigint; entries: readonly EventEntry[] }): Uint8Array[] {
  return [
    emitterTerm(log.emitter),
    ...log.entries.filter(isSearchable).map((entry) => fieldTerm(entry.key, entry.value)),
  ]
}

function posting(term: Uint8Array, epoch: number, index: number): Uint8Array {
  const key = new Uint8Array(POSTING_PREFIX + 8)
  const view = new DataView(key.buffer)
  // Two FNV-1a of different bases. Terms that collide cost a look at a log that does not match, no more.
  let high = 0x811c9dc5
  let low = 0x9e3779b9
  for (const byte of term) {
    high = Math.imul(high ^ byte, 0x01000193)
    low = Math.imul(low ^ byte, 0x01000193)
    low ^= high >>> 15
  }
  view.setUint32(0, high)
  view.setUint32(4, low)
  view.setUint32(POSTING_PREFIX, Math.min(epoch, 0xffffffff))
  view.setUint32(POSTING_PREFIX + 4, index)
  return key
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** The f4 address of an emitter, for the rows that the writer makes. */
export type EmitterAddress = (emitter: bigint) => Address | undefined
