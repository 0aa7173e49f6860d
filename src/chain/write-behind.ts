import type { Database, RootDatabase } from "lmdb"
import { bytesKey } from "../ipld/cid.ts"
import { copyOf } from "./bytes.ts"
import { ChainError } from "./errors.ts"

/** A table of the database, as the chain uses it. Bytes that it hands out are valid until the next look, see {@link copyOf}. */
export interface Table {
  getBinaryFast(key: Uint8Array): Uint8Array | undefined
  putSync(key: Uint8Array, value: Uint8Array): unknown
  removeSync(key: Uint8Array): unknown
  /** Rows in the order of their keys, `end` not among them. */
  getRange(options: TableRange): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>
  getKeys(): Iterable<Uint8Array>
  getKeysCount(options: Record<string, never>): number
  /** Of what is in the database itself. */
  getStats(): object
}

/** Rows that are wanted; downwards from `start` with `reverse`. */
export interface TableRange {
  readonly start?: Uint8Array
  readonly end?: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

type Stored = Database<Uint8Array, Uint8Array>

/** Called without, or with a falsy, error when a row is in the database. */
type Told = (error?: unknown) => void

/** What lmdb's types do not say: with a callback, no promise is made. */
interface WithCallbacks {
  put(key: Uint8Array, value: Uint8Array, told: Told): void
  remove(key: Uint8Array, value: undefined, told: Told): void
}

/** What lmdb says of a transaction that did not happen: the reason comes later. */
interface Failure {
  readonly commitError?: Promise<never>
}

/** What is to be in a row; without a value it is to go. */
interface Change {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

/** Told of each change: bytes more that are to be written, name of the row, what was pending for it before. */
type Changed = (bytes: number, name: string, before: Change | undefined) => void

interface Undo {
  readonly table: BehindTable
  readonly name: string
  readonly before: Change | undefined
}

/** So many bytes are written together: enough that pages are shared, few enough that nobody has to wait for long. */
const BATCH_BYTES = 512 * 1024
/** With so many the next tipset waits. */
const MOST_BYTES = 8 * 2 ** 20
/** After so long without a change what is left is written too: then a worker that is asked something need not wait for it. */
const IDLE_MS = 30
/** What a row takes in memory beside its bytes. */
const ROW_BYTES = 200

const NOTHING: ReadonlyMap<string, Change> = new Map()

/**
 * Writes to a database behind the back of who changes it: changes are in memory at once, and are written by a thread of the database's
 * own, many at a time. Reads through the {@link table}s see them from the first moment.
 *
 * For databases that nobody opens again: what was not written when the process ends is lost. Others who have the same database open
 * see changes after {@link settle}. What cannot be written stays in memory, and {@link room} and {@link settle} say so until it could.
 */
export class WriteBehind {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>
  readonly #tables: BehindTable[] = []
  /** Of changes that are not being written yet. */
  #bytes = 0
  #writing: Promise<void> | undefined
  #failed: ChainError | undefined
  #timer: NodeJS.Timeout | undefined
  #changedAt = 0
  #soon = false
  #closed = false
  /** What the open transaction changed, and what was there before. */
  #undo: Undo[] | undefined

  constructor(root: RootDatabase<Uint8Array, Uint8Array>) {
    this.#root = root
  }

  /** The table with the changes that are not written yet. */
  table(stored: Stored): BehindTable {
    const table: BehindTable = new BehindTable(stored, (bytes, name, before) => {
      this.#bytes += bytes
      if (this.#undo === undefined) this.#plan()
      else this.#undo.push({ table, name, before })
    })
    this.#tables.push(table)
    return table
  }

  /** Runs `write`; if it throws, nothing of it was changed. */
  transaction<T>(write: () => T): T {
    if (this.#undo !== undefined) return write()
    const undo: Undo[] = []
    this.#undo = undo
    try {
      return write()
    } catch (error) {
      for (const { table, name, before } of undo.reverse()) table.undo(name, before)
      throw error
    } finally {
      this.#undo = undefined
      this.#plan()
    }
  }

  #plan(): void {
    if (this.#closed) return
    if (this.#bytes >= BATCH_BYTES) {
      if (this.#soon || this.#writing !== undefined || this.#failed !== undefined) return
      // Whoever waits for the change has its answer first.
      this.#soon = true
      setImmediate(() => {
        this.#soon = false
        this.#begin()
      })
      return
    }
    this.#changedAt = Date.now()
    this.#timer ??= setTimeout(() => this.#idle(), IDLE_MS).unref()
  }

  #idle(): void {
    this.#timer = undefined
    const left = this.#changedAt + IDLE_MS - Date.now()
    if (left > 0) this.#timer = setTimeout(() => this.#idle(), left).unref()
    else this.#begin()
  }

  /** Writes what is pending, if nothing is being written. */
  #begin(): void {
    if (this.#closed || this.#writing !== undefined || this.#bytes === 0 || this.#failed !== undefined) return
    this.#bytes = 0
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined
      if (this.#bytes >= BATCH_BYTES) this.#begin()
    })
  }

  async #write(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        let left = 1
        let failed: { readonly error: unknown } | undefined
        const told: Told = (error) => {
          if (error) {
            failed ??= { error }
            // Where the reason is told too, once for each transaction; unheard it would end the process.
            ;(error as Failure).commitError?.catch(() => {})
          }
          if (--left > 0) return
          if (failed === undefined) resolve()
          else reject(failed.error)
        }
        try {
          for (const table of this.#tables)
            table.write(() => {
              left++
              return told
            })
        } catch (error) {
          // What was handed over before has to be waited for all the same: it may still be written.
          left--
          failed = { error }
        }
        told()
      })
      for (const table of this.#tables) table.written()
      this.#root.resetReadTxn()
    } catch (cause) {
      for (const table of this.#tables) this.#bytes += table.notWritten()
      this.#failed = await failureOf(cause)
    }
  }

  /**
   * Waits while more is pending than there should be.
   *
   * @throws ChainError - `database-write`: what was changed before could not be written, and cannot now.
   */
  async room(): Promise<void> {
    if (this.#failed !== undefined) this.#retry()
    while (this.#bytes > MOST_BYTES) await this.settle()
  }

  /** Waits until all changes up to now are in the database, for others to see. @throws As {@link room}. */
  async settle(): Promise<void> {
    if (this.#writing !== undefined) await this.#writing
    if (this.#failed !== undefined) this.#retry()
    // Either the next batch is on its way already, or this is it: all changes up to now are in one of the two.
    this.#begin()
    await this.#writing
    if (this.#failed !== undefined) throw this.#failed
  }

  /** What could not be written may fit by now. */
  #retry(): void {
    try {
      this.#root.transactionSync(() => {
        for (const table of this.#tables) table.writeSync()
      })
    } catch (cause) {
      throw writeError(cause)
    }
    for (const table of this.#tables) table.written(true)
    this.#bytes = 0
    this.#failed = undefined
    this.#root.resetReadTxn()
  }

  /** Nothing more is written; waits for what is being written. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#writing
  }
}

/** A table with changes before it that are not in the database yet. */
export class BehindTable implements Table {
  readonly #stored: Stored
  readonly #changed: Changed
  /** By {@link bytesKey} of the key. */
  #pending = new Map<string, Change>()
  /** What is being written; of an older date than {@link #pending}. */
  #writing: ReadonlyMap<string, Change> = NOTHING
  /** Keys of both in order, if they were asked for since the last one that was new. */
  #sorted: string[] | undefined

  constructor(stored: Stored, changed: Changed) {
    this.#stored = stored
    this.#changed = changed
  }

  /** The same as {@link getBinaryFast}, by {@link bytesKey} of the key. */
  find(name: string): { readonly value: Uint8Array | undefined } | undefined {
    return this.#pending.get(name) ?? this.#writing.get(name)
  }

  getBinaryFast(key: Uint8Array): Uint8Array | undefined {
    const change = this.find(bytesKey(key))
    return change === undefined ? this.#stored.getBinaryFast(key) : change.value
  }

  putSync(key: Uint8Array, value: Uint8Array): void {
    this.change(bytesKey(key), key, value)
  }

  removeSync(key: Uint8Array): void {
    this.change(bytesKey(key), key, undefined)
  }

  /** Puts or removes a row. Key and value must not be changed afterwards. @param name - {@link bytesKey} of the key. */
  change(name: string, key: Uint8Array, value: Uint8Array | undefined): void {
    const before = this.#pending.get(name)
    this.#pending.set(name, { key, value })
    if (before === undefined && this.#sorted !== undefined) this.#note(this.#sorted, name)
    this.#changed(sizeOf({ key, value }) - (before === undefined ? 0 : sizeOf(before)), name, before)
  }

  /** Puts back what was pending for a row before a change. */
  undo(name: string, before: Change | undefined): void {
    if (before !== undefined) this.#pending.set(name, before)
    else this.#pending.delete(name)
    this.#sorted = undefined
  }

  /** Most new rows come after all others. */
  #note(sorted: string[], name: string): void {
    const last = sorted.at(-1)
    if (last === undefined || name > last) sorted.push(name)
    else if (!this.#writing.has(name)) this.#sorted = undefined
  }

  *getRange({
    start,
    end,
    reverse = false,
    limit = Number.POSITIVE_INFINITY,
  }: TableRange): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    const changes = this.#names(start, end, reverse)
    let left = limit
    let i = 0
    const stored = this.#stored.getRange({ ...(start && { start }), ...(end && { end }), reverse })
    for (const row of stored) {
      const name = bytesKey(copyOf(row.key))
      // Whoever is told of a change in between may look into the database.
      const { key, value } = i < changes.length ? { key: keyOf(name), value: copyOf(row.value) } : row
      for (; left > 0 && i < changes.length && (reverse ? changes[i]! > name : changes[i]! < name); i++) {
        const change = this.find(changes[i]!)
        if (change?.value === undefined) continue
        left--
        yield { key: keyOf(changes[i]!), value: change.value }
      }
      if (left <= 0) return
      if (changes[i] === name) continue
      left--
      yield { key, value }
      if (left <= 0) return
    }
    for (; left > 0 && i < changes.length; i++) {
      const change = this.find(changes[i]!)
      if (change?.value === undefined) continue
      left--
      yield { key: keyOf(changes[i]!), value: change.value }
    }
  }

  /** Names of changed rows in a range, in its order. */
  #names(start: Uint8Array | undefined, end: Uint8Array | undefined, reverse: boolean): string[] {
    this.#sorted ??= [...new Set([...this.#writing.keys(), ...this.#pending.keys()])].sort(inOrder)
    const all = this.#sorted
    const first = start && bytesKey(start)
    const last = end && bytesKey(end)
    if (!reverse)
      return all.slice(
        first === undefined ? 0 : countBelow(all, first, false),
        last === undefined ? all.length : countBelow(all, last, false),
      )
    return all
      .slice(
        last === undefined ? 0 : countBelow(all, last, true),
        first === undefined ? all.length : countBelow(all, first, true),
      )
      .reverse()
  }

  *getKeys(): Generator<Uint8Array> {
    for (const { key } of this.getRange({})) yield key
  }

  getKeysCount(): number {
    let count = 0
    for (const _ of this.getRange({})) count++
    return count
  }

  getStats(): object {
    return this.#stored.getStats()
  }

  /** Hands what is pending to the database's thread. @param told - Makes what is called for one row, after its transaction. */
  write(told: () => Told): void {
    if (this.#pending.size === 0) return
    this.#writing = this.#pending
    this.#pending = new Map()
    const stored = this.#stored as unknown as WithCallbacks
    // All values in one buffer: lmdb asks for the address of each buffer, which moves small ones out of V8's heap, one by one.
    let length = 0
    for (const { value } of this.#writing.values()) length += value?.length ?? 0
    const bytes = new Uint8Array(length)
    let at = 0
    for (const { key, value } of this.#writing.values()) {
      if (value === undefined) {
        stored.remove(key, undefined, told())
        continue
      }
      bytes.set(value, at)
      stored.put(key, bytes.subarray(at, at + value.length), told())
      at += value.length
    }
  }

  /** The same on this thread, in the transaction that is open. */
  writeSync(): void {
    for (const { key, value } of this.#pending.values()) {
      if (value === undefined) this.#stored.removeSync(key)
      else this.#stored.putSync(key, value)
    }
  }

  /** What was handed over, or (`all`) everything, is in the database now. */
  written(all: boolean = false): void {
    this.#writing = NOTHING
    if (all) this.#pending = new Map()
    this.#sorted = undefined
  }

  /** What was handed over is not in the database: it is pending again. @returns Its bytes. */
  notWritten(): number {
    let bytes = 0
    for (const change of this.#writing.values()) bytes += sizeOf(change)
    this.#pending = new Map([...this.#writing, ...this.#pending])
    this.#writing = NOTHING
    this.#sorted = undefined
    return bytes
  }
}

/** What it takes in memory. */
function sizeOf({ key, value }: Change): number {
  return ROW_BYTES + key.length + (value?.length ?? 0)
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many of these, which are in order, are below a name, or, with `same`, not above it. */
function countBelow(sorted: readonly string[], name: string, same: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < name || (same && sorted[middle] === name)) low = middle + 1
    else high = middle
  }
  return low
}

function keyOf(name: string): Uint8Array {
  const key = new Uint8Array(name.length)
  for (let i = 0; i < name.length; i++) key[i] = name.charCodeAt(i)
  return key
}

async function failureOf(cause: unknown): Promise<ChainError> {
  const { commitError } = cause as Failure
  if (commitError === undefined) return writeError(cause)
  try {
    return await commitError
  } catch (error) {
    return writeError(error)
  }
}

function writeError(cause: unknown): ChainError {
  return new ChainError(
    "database-write",
    `the database could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
}
