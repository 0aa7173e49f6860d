import { ABORT, open, type RootDatabase } from "lmdb"
import type { CID } from "multiformats/cid"
import type { InstrumentedCodeCache } from "../fvm/engine/index.ts"
import { cidOfDigest, DAG_CBOR, IDENTITY } from "../ipld/cid.ts"
import { ByteReader, copyOf, u32 } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { type FoundLogs, LogIndex, type LogSearch } from "./log-index.ts"
import { LogChunk, type StoredLog } from "./log-rows.ts"
import { PackedBlocks } from "./packs.ts"
import { decodeMessageName, decodeTipsetRow, encodeTipsetRow, type LogRow, type TipsetRow } from "./rows.ts"
import { type Table, WriteBehind } from "./write-behind.ts"

/** Written into each database; a database with another number is refused. */
export const STORE_FORMAT = 5

/** A million transactions want room. This is what a database may grow to, not memory or disk. */
const MAP_BYTES = 64 * 2 ** 30

/**
 * The file is mapped in pieces of 64 KB, of which LMDB lets go when it has 512 MB of them; mapped as a whole, all that was ever looked at counts as
 * memory of the process (bench/PROFILE.md). To find a page takes a little longer.
 */
const MAPPED = { mapSize: MAP_BYTES, remapChunks: true }

/**
 * Nobody opens a temporary database again, so what a dead process leaves need not be whole. (To change pages in the map, LMDB's
 * `useWritemap`, would take a third off a commit, but then all that was ever written counts as memory of the process.)
 */
const TEMPORARY = { noSync: true, noMemInit: true }

/**
 * LMDB's own way to gather what is written in one turn leaves, when a commit fails, a rejected promise that nobody can get hold of.
 * {@link WriteBehind} hands over all at once anyway.
 */
const BEHIND = { eventTurnBatching: false }

/** Where a message is. */
export interface MessagePlace {
  readonly epoch: number
  readonly index: number
}

/** Where a tipset of the current chain is. */
export interface TipsetPlace {
  readonly epoch: number
  readonly hash: Uint8Array
}

/** A log with its place. */
export interface IndexedLog {
  readonly epoch: number
  readonly logIndex: number
  readonly tipsetHash: Uint8Array
  readonly row: LogRow
}

/** How to open a store. */
export interface StoreOptions {
  readonly path: string
  /** Each commit waits until it is on the disk, so that it survives a power cut too, not just a dead process. */
  readonly durable: boolean
  /**
   * Changes are in memory at once and written later, see {@link WriteBehind}; for the one who writes to a database that is not durable.
   * Default: each transaction is written when it returns
   */
  readonly behind?: boolean
}

/**
 * All that is kept of a chain: blocks by CID, and the index over them. One writer, any number of readers in other threads; one
 * transaction makes a tipset whole or not at all.
 *
 * | table | key | value |
 * |---|---|---|
 * | places, filters, packs | see {@link Places} and {@link PackedBlocks} | blocks |
 * | tipsets | hash (32) | {@link TipsetRow} |
 * | epochs | epoch (4) | hash: the current chain only |
 * | messages | digest of the CID (32) | epoch (4), index (4) |
 * | aliases | second name (32) | digest of the message CID (32) |
 * | logs, postings | see {@link LogIndex} | |
 * | code | key of the kernel's engine | an instrumented module; made again if it is not there |
 * | meta | text | as named |
 */
export class ChainStore {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>
  readonly #places: Table
  readonly #filters: Table
  readonly #packs: Table
  readonly #tipsets: Table
  readonly #epochs: Table
  readonly #messages: Table
  readonly #aliases: Table
  readonly #logs: LogIndex
  readonly #meta: Table
  readonly #code: Table
  readonly #behind: WriteBehind | undefined
  /** The blocks, read from and written to the database itself; writing needs an open {@link transaction}. */
  readonly blocks: PackedBlocks
  /** Instrumented code of actors, for all threads and the next start. */
  readonly code: InstrumentedCodeCache

  /** @throws ChainError - `database-mismatch`: the folder holds something else, or a newer format. */
  constructor(options: StoreOptions) {
    try {
      this.#root = open<Uint8Array, Uint8Array>({
        path: options.path,
        noSubdir: false,
        maxDbs: 12,
        encoding: "binary",
        keyEncoding: "binary",
        ...MAPPED,
        ...(options.durable ? { overlappingSync: false } : TEMPORARY),
        ...(options.behind === true && BEHIND),
      })
    } catch (cause) {
      throw new ChainError("database-mismatch", `cannot open a database in ${options.path}: ${message(cause)}`, {
        cause,
      })
    }
    this.#behind = options.behind === true ? new WriteBehind(this.#root) : undefined
    const table = (name: string): Table => {
      const stored = this.#root.openDB<Uint8Array, Uint8Array>(name, { encoding: "binary", keyEncoding: "binary" })
      return this.#behind?.table(stored) ?? stored
    }
    this.#places = table("places")
    this.#filters = table("filters")
    this.#packs = table("packs")
    this.#tipsets = table("tipsets")
    this.#epochs = table("epochs")
    this.#messages = table("messages")
    this.#aliases = table("aliases")
    this.#logs = new LogIndex(table("logs"), table("postings"))
    this.#meta = table("meta")
    this.#code = table("code")
    this.code = {
      get: (key) => copy(this.#code.getBinaryFast(utf8.encode(key))),
      put: (key, bytes) => {
        try {
          this.#code.putSync(utf8.encode(key), bytes)
        } catch {
          // A full disk costs the next start some time; a tipset that needs the room will say so.
        }
      },
    }
    const nextPack = {
      get: () => Number(text(this.meta("nextPack") ?? utf8.encode("0"))),
      set: (next: number) => this.setMeta("nextPack", String(next)),
    }
    this.blocks = new PackedBlocks(this.#places, this.#filters, this.#packs, nextPack, () => this.refresh())
    const format = this.meta("format")
    if (format !== undefined && Number(text(format)) !== STORE_FORMAT)
      throw new ChainError(
        "database-mismatch",
        `the database in ${options.path} has format ${text(format)}, this program reads format ${STORE_FORMAT}: take the chain over by \`fevm export\` of the program that wrote it and \`fevm import\` of this one, or choose another folder`,
      )
  }

  /** What was not written of a store that writes behind is lost. */
  async close(): Promise<void> {
    await this.#behind?.close()
    await this.#root.close()
  }

  /** Waits while more waits to be written than there should be. @throws ChainError - `database-write`: what was changed cannot be written. */
  room(): Promise<void> | undefined {
    return this.#behind?.room()
  }

  /** Waits until others who have the database open can see all changes up to now. @throws As {@link room}. */
  settle(): Promise<void> | undefined {
    return this.#behind?.settle()
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
    if (this.#behind !== undefined)
      return this.#behind.transaction(() => {
        try {
          this.blocks.begin()
          const result = write()
          this.blocks.flush()
          return result
        } catch (error) {
          this.#forget()
          throw error
        }
      })
    let failed: { readonly error: unknown } | undefined
    let result: T | undefined
    try {
      this.#root.transactionSync(() => {
        try {
          this.blocks.begin()
          result = write()
          this.blocks.flush()
          return undefined
        } catch (error) {
          failed = { error }
          this.#forget()
          return ABORT
        }
      })
    } catch (cause) {
      this.#forget()
      if (failed === undefined)
        throw new ChainError("database-write", `the database could not be written: ${message(cause)}`, { cause })
    }
    if (failed !== undefined) throw failed.error
    return result as T // set, for write() has returned
  }

  /** What is known in memory of rows that did not come about. */
  #forget(): void {
    this.#logs.forget()
    this.blocks.forget()
  }

  /** Keys of {@link code}. */
  *codeKeys(): Generator<string> {
    for (const key of this.#code.getKeys()) yield text(key)
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
  lastAtOrBefore(epoch: number): TipsetPlace | undefined {
    return this.#nearest({ start: u32(epoch), reverse: true, limit: 1 })
  }

  /** The nearest tipset at or after an epoch. */
  firstAtOrAfter(epoch: number): TipsetPlace | undefined {
    return this.#nearest({ start: u32(epoch), limit: 1 })
  }

  #nearest(range: { start: Uint8Array; reverse?: boolean; limit: number }) {
    for (const { key, value } of this.#epochs.getRange(range))
      return { epoch: new ByteReader(key).u32(), hash: copy(value)! }
    return undefined
  }

  /** All tipsets after an epoch, in order. */
  placesAfter(epoch: number): TipsetPlace[] {
    const places: TipsetPlace[] = []
    for (const { key, value } of this.#epochs.getRange({ start: u32(epoch + 1) }))
      places.push({ epoch: new ByteReader(key).u32(), hash: copyOf(value) })
    return places
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
  addTipset(epoch: number, row: TipsetRow, logs: readonly StoredLog[]): void {
    const { hash } = row.key
    this.#tipsets.putSync(hash, encodeTipsetRow(row))
    this.#epochs.putSync(u32(epoch), hash)
    row.messages.forEach(({ cid, alias }, index) => {
      const { digest } = cid.multihash
      this.#messages.putSync(digest, u32(epoch, index))
      if (alias !== undefined) this.#aliases.putSync(alias, digest)
    })
    this.#logs.add(epoch, logs, { hash, messages: row.messages })
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
    if (row.eventCount > 0) this.#logs.remove(epoch)
  }

  /** Makes a tipset the head, with the row it had at some time. To be called in a {@link transaction}. */
  restoreTipset(hash: Uint8Array, row: Uint8Array): void {
    this.#tipsets.putSync(hash, row)
    this.setMeta("head", hash)
  }

  /** Logs in the range that meet all conditions, in order. @throws ChainError - `too-many-results`: more than `limit`. */
  searchLogs(search: LogSearch): IndexedLog[] {
    const logs: IndexedLog[] = []
    this.visitLogs(search, ({ epoch, chunk: found, positions }) => {
      const chunk = new LogChunk(copyOf(found.bytes))
      const tipsetHash = chunk.hash.slice()
      const row = copy(this.#tipsets.getBinaryFast(tipsetHash))
      if (row === undefined) throw new ChainError("missing-block", `the logs of epoch ${epoch} are in no tipset`)
      for (const logIndex of positions) {
        const log = chunk.log(logIndex)
        const name = decodeMessageName(row, log.messageIndex)
        if (name === undefined) throw new ChainError("invalid-encoding", `a log at epoch ${epoch} is of no message`)
        logs.push({ epoch, logIndex, tipsetHash, row: { ...log, messageCid: name.cid, alias: name.alias } })
      }
    })
    return logs
  }

  /** The same, tipset by tipset, as they lie in the database; see {@link LogIndex.visit}. */
  visitLogs(search: LogSearch, tell: (found: FoundLogs) => void): void {
    this.#logs.visit(search, tell)
  }

  // For those who look after the database

  /** Number of rows of the tables that have one for each tipset or message. */
  counts(): { readonly tipsets: number; readonly epochs: number; readonly messages: number; readonly aliases: number } {
    const count = (table: Table): number => table.getKeysCount({})
    return {
      tipsets: count(this.#tipsets),
      epochs: count(this.#epochs),
      messages: count(this.#messages),
      aliases: count(this.#aliases),
    }
  }

  /** Hashes of all tipsets that have a row, on the chain or not. */
  *tipsetHashes(): Generator<Uint8Array> {
    for (const key of this.#tipsets.getKeys()) yield copyOf(key)
  }

  /** To be called in a {@link transaction}. */
  removeTipsetRow(hash: Uint8Array): void {
    this.#tipsets.removeSync(hash)
  }

  /** To be called in a {@link transaction}. */
  removeMeta(name: string): void {
    this.#meta.removeSync(utf8.encode(name))
  }

  /** Entries and bytes of each table, in pages, for the reckoning of what a message costs. */
  usage(): Readonly<Record<string, { readonly entries: number; readonly bytes: number }>> {
    const tables = {
      places: this.#places,
      filters: this.#filters,
      packs: this.#packs,
      tipsets: this.#tipsets,
      epochs: this.#epochs,
      messages: this.#messages,
      aliases: this.#aliases,
      ...this.#logs.tables,
      code: this.#code,
      meta: this.#meta,
    }
    return Object.fromEntries(
      Object.entries(tables).map(([name, table]) => {
        const stats = table.getStats() as Record<string, number>
        const pages = (stats.treeBranchPageCount ?? 0) + (stats.treeLeafPageCount ?? 0) + (stats.overflowPages ?? 0)
        return [name, { entries: stats.entryCount ?? 0, bytes: pages * (stats.pageSize ?? 4096) }]
      }),
    )
  }

  /** Writes a copy of the database without free pages into a folder. @throws ChainError - `database-write` */
  async copyTo(path: string): Promise<void> {
    await this.settle()
    try {
      await this.#root.backup(path, true)
    } catch (cause) {
      throw new ChainError("database-write", `the database could not be copied: ${message(cause)}`, { cause })
    }
  }

  /** The index of logs itself. */
  get logIndex(): LogIndex {
    return this.#logs
  }
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

function copy(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && copyOf(bytes)
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
