import { ByteReader, ByteWriter, copyOf, hex, u32 } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import {
  conditionsOf,
  emitterTerm,
  encodeLogs,
  fieldTerm,
  LogChunk,
  type LogNames,
  type StoredLog,
  type Term,
} from "./log-rows.ts"
import type { Table } from "./write-behind.ts"

/** So many logs wait for their postings. More make a search slower, fewer make more rows. */
const FOLD_LOGS = 256
/** Small folds that have so many logs together become a big one. */
const BIG_FOLD_LOGS = 4096
/** So many logs stay in small folds: who goes back and forth at the head of the chain does not take big ones apart. */
const SMALL_FOLDS_LOGS = 2048
/** Terms in a row of a fold, on average: rows of about a kilobyte, several to a page of the database. */
const TERMS_PER_ROW = 64
const LAST_EPOCH = 0xffffffff
/** A condition whose list is that much longer than the shortest is looked up in the logs themselves. */
const WORTH_READING = 8
const SMALL = 1
const BIG = 2
/** Key of the list of all folds; keys of rows of a fold are longer. */
const DIRECTORY = Uint8Array.of(0)
/** An epoch and a position in it as one number: below 2^32 and 2^21. A tipset has gas for less than a tenth of those events. */
const POSITIONS = 2 ** 21

/** Conditions on logs; see LogQuery. */
export interface LogSearch {
  readonly from: number
  readonly to: number
  readonly emitters?: readonly bigint[] | undefined
  readonly fields?: readonly { readonly key: string; readonly values: readonly Uint8Array[] }[] | undefined
  readonly limit?: number | undefined
}

/** Logs of one tipset that were found. */
export interface FoundLogs {
  readonly epoch: number
  /** All logs of the tipset. */
  readonly chunk: LogChunk
  /** Those that were found, ascending. */
  readonly positions: readonly number[]
}

/** Any of these terms. */
interface Condition {
  readonly terms: readonly Term[]
  /** Length of their lists in the fold that was looked into last. */
  bytes: number
}

function oneOf(terms: readonly Term[]): Condition {
  return { terms: [...new Set(terms)], bytes: 0 }
}

/** Epochs whose postings were written together. */
interface Fold {
  readonly level: typeof SMALL | typeof BIG
  readonly from: number
  readonly to: number
  readonly logs: number
  /** Its rows are 2^bits; a term is in the row of its first bits. */
  readonly bits: number
}

/**
 * The index of logs: what a tipset emitted as one value under its epoch, so that writing goes on at one end of the table; and
 * postings, that name for a search term the logs that have it.
 *
 * Postings are not written with each tipset. The logs of the last tipsets are looked through instead; when there are 256, their postings
 * are written at once: a small _fold_. Later a big one of 4096 logs takes the place of the oldest small ones. Rows of a fold lie side by
 * side in the table, so that each is written to the end of it; a search looks into one row of each fold.
 *
 * | table | key | value |
 * |---|---|---|
 * | logs | epoch (4) | see {@link encodeLogs} |
 * | postings | 0 (1) | all folds in order: level (1), first epoch (4), last epoch (4), logs (4), bits (1) |
 * | postings | level (1), last epoch of the fold (4), first bits of the term (2) | count (4), terms ascending (4 each), ends of their lists (4 each), lists |
 *
 * A list has for each log: epoch less the one before, position (less the one before in the same epoch).
 *
 * Writing is to be done in a transaction.
 */
export class LogIndex {
  readonly #logs: Table
  readonly #postings: Table
  /** Logs that wait for a fold; undefined: to be counted. Only says when to fold: what is folded is read from the tables. */
  #waiting: number | undefined

  constructor(logs: Table, postings: Table) {
    this.#logs = logs
    this.#postings = postings
  }

  /** Adds the logs of a new tipset after all others. @throws ChainError - `invalid-encoding`: see {@link encodeLogs}. */
  add(epoch: number, logs: readonly StoredLog[], names: LogNames): void {
    if (logs.length === 0) return
    this.#waiting ??= this.#count((this.#folds().at(-1)?.to ?? -1) + 1)
    this.#logs.putSync(u32(epoch), encodeLogs(logs, names))
    this.#waiting += logs.length
    if (this.#waiting >= FOLD_LOGS) this.#fold(epoch)
  }

  /** Takes off the logs of a tipset, which has to be the last. */
  remove(epoch: number): void {
    const folds = this.#folds()
    const kept = folds.filter(({ to }) => to < epoch)
    if (kept.length < folds.length) {
      for (const fold of folds.slice(kept.length)) this.#removeRows(fold)
      this.#putFolds(kept)
      this.#waiting = undefined
    } else if (this.#waiting !== undefined) this.#waiting -= this.at(epoch)?.count ?? 0
    this.#logs.removeSync(u32(epoch))
  }

  /** After a transaction that did not happen. */
  forget(): void {
    this.#waiting = undefined
  }

  /** The logs of a tipset; undefined if there are none. */
  at(epoch: number): LogChunk | undefined {
    const bytes = this.#logs.getBinaryFast(u32(epoch))
    return bytes && new LogChunk(copyOf(bytes))
  }

  /** The tables by name. */
  get tables(): { readonly logs: Table; readonly postings: Table } {
    return { logs: this.#logs, postings: this.#postings }
  }

  /** Number of tipsets that have logs. */
  get tipsets(): number {
    return this.#logs.getKeysCount({})
  }

  #count(from: number): number {
    let logs = 0
    for (const { chunk } of this.#chunks(from, LAST_EPOCH)) logs += chunk.count
    return logs
  }

  *#chunks(from: number, to: number): Generator<{ readonly epoch: number; readonly chunk: LogChunk }> {
    for (const { key, value } of this.#logs.getRange({
      start: u32(from),
      ...(to < LAST_EPOCH && { end: u32(to + 1) }),
    }))
      yield { epoch: new ByteReader(key).u32(), chunk: new LogChunk(copyOf(value)) }
  }

  #folds(): readonly Fold[] {
    const bytes = this.#postings.getBinaryFast(DIRECTORY)
    if (bytes === undefined) return []
    const folds: Fold[] = []
    for (const reader = new ByteReader(whole(bytes)); !reader.done; ) {
      const level = reader.u8() === BIG ? BIG : SMALL
      folds.push({ level, from: reader.u32(), to: reader.u32(), logs: reader.u32(), bits: reader.u8() })
    }
    return folds
  }

  #putFolds(folds: readonly Fold[]): void {
    if (folds.length === 0) {
      this.#postings.removeSync(DIRECTORY)
      return
    }
    const writer = new ByteWriter()
    for (const { level, from, to, logs, bits } of folds) writer.u8(level).u32(from).u32(to).u32(logs).u8(bits)
    this.#postings.putSync(DIRECTORY, writer.finish())
  }

  /** Writes the postings of all that waits. */
  #fold(to: number): void {
    const folds = [...this.#folds()]
    const from = (folds.at(-1)?.to ?? -1) + 1
    const made = this.#postingsOf(from, to)
    this.#waiting = 0
    if (made.logs === 0) return
    folds.push(this.#putFold(SMALL, from, to, made))
    const first = folds.findIndex(({ level }) => level === SMALL)
    if (folds.slice(first).reduce((sum, { logs }) => sum + logs, 0) >= BIG_FOLD_LOGS + SMALL_FOLDS_LOGS) {
      const all = new Postings()
      let end = first
      for (; all.logs < BIG_FOLD_LOGS; end++) {
        const fold = folds[end]!
        all.add(fold.logs)
        this.#readRows(fold, all)
        this.#removeRows(fold)
      }
      folds.splice(first, end - first, this.#putFold(BIG, folds[first]!.from, folds[end - 1]!.to, all))
    }
    this.#putFolds(folds)
  }

  #putFold(level: Fold["level"], from: number, to: number, postings: Postings): Fold {
    const { bits, rows } = postings.rows(level)
    for (const [row, bytes] of rows.entries())
      if (bytes.length > 0) this.#postings.putSync(rowKey(level, to, row), bytes)
    return { level, from, to, logs: postings.logs, bits }
  }

  #readRows({ level, to, bits }: Fold, into: Postings): void {
    for (let row = 0; row < 1 << bits; row++) {
      const bytes = this.#postings.getBinaryFast(rowKey(level, to, row))
      if (bytes === undefined) continue
      const view = new RowView(copyOf(bytes))
      for (let i = 0; i < view.count; i++) {
        const term = view.term(i)
        eachPlace(view.list(i), (epoch, index) => into.place(term, epoch, index))
      }
    }
  }

  #removeRows({ level, to, bits }: Fold): void {
    for (let row = 0; row < 1 << bits; row++) this.#postings.removeSync(rowKey(level, to, row))
  }

  #postingsOf(from: number, to: number): Postings {
    const postings = new Postings()
    for (const { epoch, chunk } of this.#chunks(from, to)) {
      postings.add(chunk.count)
      chunk.terms((term, index) => postings.place(term, epoch, index))
    }
    return postings
  }

  /**
   * Logs in the range that meet all conditions, tipset by tipset, in order. A chunk is there until the next look into the database.
   *
   * @throws ChainError - `too-many-results`: more than `limit`.
   */
  visit(search: LogSearch, tell: (found: FoundLogs) => void): void {
    const { from, to, emitters, fields = [], limit } = search
    const terms: Condition[] = []
    if (emitters !== undefined) terms.push(oneOf(emitters.map(emitterTerm)))
    for (const { key, values } of fields) terms.push(oneOf(values.map((value) => fieldTerm(key, value))))
    if (from > to || terms.some((any) => any.terms.length === 0)) return
    const conditions = conditionsOf(emitters, fields)
    let total = 0
    const take = (epoch: number, chunk: LogChunk, among?: readonly number[]): void => {
      const positions = chunk.select(conditions, among)
      if (positions.length === 0) return
      total += positions.length
      if (limit !== undefined && total > limit)
        throw new ChainError(
          "too-many-results",
          `more than ${limit} logs match: ask for fewer blocks, or for certain addresses or topics`,
        )
      tell({ epoch, chunk, positions })
    }
    let scanFrom = from
    if (terms.length > 0)
      for (const fold of this.#folds()) {
        scanFrom = Math.max(from, fold.to + 1)
        if (fold.to < from || fold.from > to) continue
        this.#takePlaces(this.#placesIn(fold, terms, from, to), take)
      }
    if (scanFrom <= to) for (const { epoch, chunk } of this.#chunks(scanFrom, to)) take(epoch, chunk)
  }

  #takePlaces(
    places: readonly number[],
    take: (epoch: number, chunk: LogChunk, positions: readonly number[]) => void,
  ): void {
    for (let i = 0; i < places.length; ) {
      const epoch = Math.floor(places[i]! / POSITIONS)
      const positions: number[] = []
      for (const first = epoch * POSITIONS; i < places.length && places[i]! < first + POSITIONS; i++)
        positions.push(places[i]! - first)
      const bytes = this.#logs.getBinaryFast(u32(epoch))
      if (bytes === undefined) throw new ChainError("missing-block", `the index lost the logs of epoch ${epoch}`)
      take(epoch, new LogChunk(whole(bytes)), positions)
    }
  }

  /**
   * Where logs of a fold may be that meet all conditions, in the range, ascending.
   *
   * @param conditions - Will be in the order of their lists' lengths: what is rare in one fold is asked first in the next, where it
   *   most likely is not at all.
   */
  #placesIn(fold: Fold, conditions: Condition[], from: number, to: number): readonly number[] {
    for (const condition of conditions) {
      condition.bytes = 0
      for (const term of condition.terms) condition.bytes += this.#list(fold, term)?.length ?? 0
      if (condition.bytes === 0) {
        conditions.sort((a, b) => a.bytes - b.bytes)
        return []
      }
    }
    conditions.sort((a, b) => a.bytes - b.bytes)
    let places: readonly number[] | undefined
    for (const { terms, bytes } of conditions) {
      if (places !== undefined && bytes > WORTH_READING * conditions[0]!.bytes) break
      const own: number[] = []
      for (const term of terms) {
        const list = this.#list(fold, term)
        if (list !== undefined) addPlaces(list, from, to, own)
      }
      const sorted = terms.length > 1 ? inOrder(own) : own
      places = places === undefined ? sorted : both(places, sorted)
    }
    return places ?? []
  }

  /** Valid until the next look into the database. */
  #list({ level, to, bits }: Fold, term: Term): Uint8Array | undefined {
    const bytes = this.#postings.getBinaryFast(rowKey(level, to, rowOf(term, bits)))
    return bytes && new RowView(whole(bytes)).find(term)
  }

  /**
   * Whether the postings are those of the logs, no more and no less; whether logs and chain agree is the caller's to look at.
   *
   * @returns Number of folds and of posting lists.
   * @throws ChainError - `damaged`
   */
  check(): { readonly folds: number; readonly lists: number } {
    const folds = this.#folds()
    let lists = 0
    let expectedRows = folds.length === 0 ? 0 : 1
    let next = 0
    for (const { level, from, to, logs, bits } of folds) {
      const where = `epochs ${from} to ${to}`
      if (from !== next) throw new ChainError("damaged", `postings: a fold begins at epoch ${from}, expected ${next}`)
      const expected = this.#postingsOf(from, to)
      const made = expected.rows(level)
      if (made.bits !== bits || expected.logs !== logs)
        throw new ChainError(
          "damaged",
          `postings: ${where} are said to have ${logs} logs in 2^${bits} rows, expected ${expected.logs} in 2^${made.bits}`,
        )
      for (const [row, wanted] of made.rows.entries()) {
        const bytes = this.#postings.getBinaryFast(rowKey(level, to, row))
        if (hex(bytes === undefined ? new Uint8Array(0) : whole(bytes)) !== hex(wanted))
          throw new ChainError(
            "damaged",
            `postings: row ${row} for ${where} ${bytes === undefined ? "is missing" : "is not that of the logs"}`,
          )
        if (wanted.length > 0) expectedRows++
      }
      lists += expected.terms
      next = to + 1
    }
    const rows = this.#postings.getKeysCount({})
    if (rows !== expectedRows)
      throw new ChainError("damaged", `postings: the table has ${rows} rows, the logs make ${expectedRows}`)
    return { folds: folds.length, lists }
  }
}

/** The lists of a fold in the making. */
class Postings {
  logs = 0
  readonly #lists = new Map<Term, number[]>()

  get terms(): number {
    return this.#lists.size
  }

  add(logs: number): void {
    this.logs += logs
  }

  /** In ascending order for each term; the same again is passed over. */
  place(term: Term, epoch: number, index: number): void {
    const place = epoch * POSITIONS + index
    const list = this.#lists.get(term)
    if (list === undefined) this.#lists.set(term, [place])
    else if (list[list.length - 1] !== place) list.push(place)
  }

  /** As they are to be in the table; a row without terms is empty. */
  rows(level: Fold["level"]): { readonly bits: number; readonly rows: readonly Uint8Array[] } {
    const terms = Uint32Array.from(this.#lists.keys()).sort()
    let bits = 0
    // One row for a small fold: it does not stay.
    if (level === BIG) while (bits < 16 && terms.length >> bits > TERMS_PER_ROW) bits++
    const rows: Uint8Array[] = []
    for (let row = 0, at = 0; row < 1 << bits; row++) {
      const first = at
      while (at < terms.length && rowOf(terms[at]!, bits) === row) at++
      rows.push(first === at ? new Uint8Array(0) : this.#row(terms.subarray(first, at)))
    }
    return { bits, rows }
  }

  #row(terms: Uint32Array): Uint8Array {
    const head = new ByteWriter().u32(terms.length)
    const ends = new ByteWriter()
    const lists = new ByteWriter()
    for (const term of terms) {
      let lastEpoch = 0
      let lastIndex = 0
      for (const place of this.#lists.get(term)!) {
        const epoch = Math.floor(place / POSITIONS)
        const index = place - epoch * POSITIONS
        lists.small(epoch - lastEpoch).small(epoch === lastEpoch ? index - lastIndex : index)
        lastEpoch = epoch
        lastIndex = index
      }
      head.u32(term)
      ends.u32(lists.length)
    }
    return head.raw(ends.finish()).raw(lists.finish()).finish()
  }
}

/** A row of a fold as it lies in the table. */
class RowView {
  readonly count: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.count = bytes.length < 4 ? 0 : this.#u32(0)
    if (4 + 8 * this.count > bytes.length) throw new ChainError("invalid-encoding", "a row of postings ends too early")
  }

  #u32(at: number): number {
    const bytes = this.#bytes
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  }

  term(i: number): Term {
    return this.#u32(4 + 4 * i)
  }

  list(i: number): Uint8Array {
    const ends = 4 + 4 * this.count
    const lists = ends + 4 * this.count
    return this.#bytes.subarray(lists + (i === 0 ? 0 : this.#u32(ends + 4 * (i - 1))), lists + this.#u32(ends + 4 * i))
  }

  find(term: Term): Uint8Array | undefined {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.term(middle) < term) low = middle + 1
      else high = middle
    }
    return low < this.count && this.term(low) === term ? this.list(low) : undefined
  }
}

function eachPlace(list: Uint8Array, tell: (epoch: number, index: number) => void): void {
  let epoch = 0
  let index = 0
  for (const reader = new ByteReader(list); !reader.done; ) {
    const step = reader.small()
    const position = reader.small()
    index = step === 0 ? index + position : position
    epoch += step
    tell(epoch, index)
  }
}

function addPlaces(list: Uint8Array, from: number, to: number, places: number[]): void {
  eachPlace(list, (epoch, index) => {
    if (epoch >= from && epoch <= to) places.push(epoch * POSITIONS + index)
  })
}

/** Ascending, each once. */
function inOrder(places: number[]): readonly number[] {
  places.sort((a, b) => a - b)
  return places.filter((place, i) => place !== places[i - 1])
}

function both(a: readonly number[], b: readonly number[]): readonly number[] {
  const common: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) common.push(a[i]!)
    if (a[i]! <= b[j]!) i++
    else j++
  }
  return common
}

/** The row of a term: its first bits. */
function rowOf(term: Term, bits: number): number {
  return bits === 0 ? 0 : term >>> (32 - bits)
}

function rowKey(level: Fold["level"], to: number, row: number): Uint8Array {
  const key = new Uint8Array(7)
  key[0] = level
  key[1] = to >>> 24
  key[2] = to >>> 16
  key[3] = to >>> 8
  key[4] = to
  key[5] = row >>> 8
  key[6] = row
  return key
}

/** What the database hands out is the beginning of a larger buffer whose `length` says how much of it counts. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length)
}
