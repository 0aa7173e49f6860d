import type { Database } from "lmdb"
import { ByteReader, ByteWriter, copyOf, hex } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { emitterTerm, encodeLogs, fieldTerm, LogChunk, type StoredLog, searchTerms, type Term } from "./log-rows.ts"
import type { LogRow, MessageName } from "./rows.ts"

type Table = Database<Uint8Array, Uint8Array>

/** So many logs wait unsorted for their postings. More make a search slower, fewer make postings larger. */
const FOLD_LOGS = 256
/** Stands in the place of a term in the keys that say which epochs are folded. */
const FOLDED = 0
const LAST_EPOCH = 0xffffffff

/** A log with its place, as it comes out of the index. */
export interface IndexedLog {
  readonly epoch: number
  readonly logIndex: number
  readonly tipsetHash: Uint8Array
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

/** Names of a tipset and its messages, for logs that were found. */
export type NamesAt = (epoch: number) => {
  readonly hash: Uint8Array
  /** Undefined if there are not that many. */
  message(index: number): MessageName | undefined
}

/** Epochs whose postings were written together. */
interface Fold {
  readonly from: number
  readonly to: number
}

/**
 * The index of logs: what a tipset emitted as one value under its epoch, so that writing goes on at one end of the table; and
 * postings, that name for a search term the logs that have it.
 *
 * Postings are not written with each tipset, since each would touch another page of the database. The logs of the last tipsets are
 * looked through instead; when there are 256, their postings are written at once, as a list for each term: a _fold_.
 *
 * | table | key | value |
 * |---|---|---|
 * | logs | epoch (4) | see {@link encodeLogs} |
 * | postings | term (4), last epoch of the fold (4) | for each log: epoch less the one before, position (less the one before in the same epoch) |
 * | postings | zeros (4), last epoch of a fold (4) | its first epoch (4) |
 *
 * Writing is to be done in a transaction.
 */
export class LogIndex {
  readonly #logs: Table
  readonly #postings: Table
  /** Logs that wait for a fold; undefined: to be counted. */
  #waiting: number | undefined

  constructor(logs: Table, postings: Table) {
    this.#logs = logs
    this.#postings = postings
  }

  /** Adds the logs of a new tipset after all others. */
  add(epoch: number, logs: readonly StoredLog[]): void {
    if (logs.length === 0) return
    this.#waiting ??= this.#count((this.#lastFold()?.to ?? -1) + 1)
    this.#logs.putSync(u32(epoch), encodeLogs(logs))
    this.#waiting += logs.length
    if (this.#waiting >= FOLD_LOGS) this.#fold(epoch)
  }

  /** Takes off the logs of a tipset, which has to be the last. */
  remove(epoch: number): void {
    for (let fold = this.#lastFold(); fold !== undefined && fold.to >= epoch; fold = this.#lastFold())
      this.#unfold(fold)
    this.#logs.removeSync(u32(epoch))
    this.#waiting = undefined
  }

  /** After a transaction that did not happen. */
  forget(): void {
    this.#waiting = undefined
  }

  /** The logs of a tipset; none if there are none. */
  at(epoch: number): StoredLog[] {
    const bytes = this.#logs.getBinaryFast(u32(epoch))
    return bytes === undefined ? [] : [...new LogChunk(copyOf(bytes)).logs()]
  }

  /** Bytes of the table's value for the logs of a tipset, as they are. */
  bytesAt(epoch: number): Uint8Array | undefined {
    const bytes = this.#logs.getBinaryFast(u32(epoch))
    return bytes && copyOf(bytes)
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

  #lastFold(): Fold | undefined {
    for (const fold of this.#folds({ start: u32(FOLDED, LAST_EPOCH), end: u32(FOLDED, 0), reverse: true, limit: 1 }))
      return fold
    return undefined
  }

  *#folds(range: { start: Uint8Array; end?: Uint8Array; reverse?: boolean; limit?: number }): Generator<Fold> {
    for (const { key, value } of this.#postings.getRange(range)) {
      const reader = new ByteReader(key)
      if (reader.u32() !== FOLDED) return
      yield { from: new ByteReader(value).u32(), to: reader.u32() }
    }
  }

  /** Writes the postings of all that waits. */
  #fold(to: number): void {
    const from = (this.#lastFold()?.to ?? -1) + 1
    for (const [term, list] of this.#postingsOf({ from, to })) this.#postings.putSync(u32(term, to), list)
    this.#postings.putSync(u32(FOLDED, to), u32(from))
    this.#waiting = 0
  }

  #unfold(fold: Fold): void {
    const terms = new Set<Term>()
    for (const { chunk } of this.#chunks(fold.from, fold.to)) for (const term of chunk.terms) terms.add(term)
    for (const term of terms) this.#postings.removeSync(u32(term, fold.to))
    this.#postings.removeSync(u32(FOLDED, fold.to))
  }

  /** Postings of a fold by term, terms ascending, as they are to be in the table. */
  #postingsOf({ from, to }: Fold): [Term, Uint8Array][] {
    const lists = new Map<Term, { writer: ByteWriter; epoch: number; index: number }>()
    for (const { epoch, chunk } of this.#chunks(from, to)) {
      let index = 0
      for (const log of chunk.logs()) {
        for (const term of new Set(searchTerms(log))) {
          let list = lists.get(term)
          if (list === undefined) {
            list = { writer: new ByteWriter(), epoch: 0, index: 0 }
            lists.set(term, list)
          }
          list.writer.small(epoch - list.epoch).small(epoch === list.epoch ? index - list.index : index)
          list.epoch = epoch
          list.index = index
        }
        index++
      }
    }
    return [...lists].sort(([a], [b]) => a - b).map(([term, { writer }]): [Term, Uint8Array] => [term, writer.finish()])
  }

  /**
   * Logs in the range that meet all conditions, in order.
   *
   * Of the conditions the one with the fewest postings leads; the others are checked on the logs themselves.
   *
   * @throws ChainError - `too-many-results`: more than `limit`.
   */
  search(search: LogSearch, namesAt: NamesAt): IndexedLog[] {
    const conditions: Term[][] = []
    if (search.emitters !== undefined) conditions.push(search.emitters.map(emitterTerm))
    for (const field of search.fields ?? []) conditions.push(field.values.map((value) => fieldTerm(field.key, value)))
    const { from, to } = search
    if (from > to || conditions.some((terms) => terms.length === 0)) return []
    const matches = matcher(search)
    const found: IndexedLog[] = []
    const take = (epoch: number, chunk: LogChunk, positions: Iterable<number>): void => {
      const hits: [number, StoredLog][] = []
      for (const index of positions) {
        const log = chunk.log(index)
        if (matches(log)) hits.push([index, log])
      }
      if (hits.length === 0) return
      if (search.limit !== undefined && found.length + hits.length > search.limit)
        throw new ChainError(
          "too-many-results",
          `more than ${search.limit} logs match: ask for fewer blocks, or for certain addresses or topics`,
        )
      const { hash, message } = namesAt(epoch)
      for (const [logIndex, log] of hits) {
        const name = message(log.messageIndex)
        if (name === undefined) throw new ChainError("invalid-encoding", `a log at epoch ${epoch} is of no message`)
        const { messageIndex, emitter, emitterAddress, entries } = log
        const row: LogRow = { messageIndex, messageCid: name.cid, alias: name.alias, emitter, emitterAddress, entries }
        found.push({ epoch, logIndex, tipsetHash: hash, row })
      }
    }
    const folded = this.#lastFold()?.to ?? -1
    let scanFrom = from
    if (conditions.length > 0 && from <= folded) {
      this.#takePostings(this.#leadingPostings(conditions, from, Math.min(to, folded)), take)
      scanFrom = folded + 1
    }
    if (scanFrom > to) return found
    for (const { epoch, chunk } of this.#chunks(scanFrom, to)) {
      if (!chunk.mayMatch(conditions)) continue
      take(epoch, chunk, upTo(chunk.count))
    }
    return found
  }

  #takePostings(
    places: readonly (readonly [number, number])[],
    take: (epoch: number, chunk: LogChunk, positions: readonly number[]) => void,
  ): void {
    for (let at = 0; at < places.length; ) {
      const epoch = places[at]![0]
      const positions: number[] = []
      for (; places[at]?.[0] === epoch; at++) positions.push(places[at]![1])
      const bytes = this.#logs.getBinaryFast(u32(epoch))
      if (bytes === undefined) throw new ChainError("missing-block", `the index lost the logs of epoch ${epoch}`)
      // No copy: the logs are read before anything else is looked up.
      take(epoch, new LogChunk(whole(bytes)), positions)
    }
  }

  /** Places of the condition with the fewest postings, sorted, each once. Lists are read a little further each round. */
  #leadingPostings(conditions: readonly Term[][], from: number, to: number): readonly (readonly [number, number])[] {
    for (let most = 512; ; most *= 8) {
      for (const terms of conditions) {
        const places = this.#places(terms, from, to, most)
        if (places !== undefined) return places
      }
    }
  }

  #places(terms: Term[], from: number, to: number, most: number): (readonly [number, number])[] | undefined {
    const places: (readonly [number, number])[] = []
    for (const term of new Set(terms)) {
      for (const { value } of this.#postings.getRange({ start: u32(term, from), end: afterTerm(term) })) {
        const reader = new ByteReader(whole(value))
        let epoch = 0
        let index = 0
        while (!reader.done && epoch <= to) {
          const step = reader.small()
          const position = reader.small()
          index = step === 0 ? index + position : position
          epoch += step
          if (epoch >= from && epoch <= to) places.push([epoch, index])
        }
        if (places.length > most) return undefined
        if (epoch > to) break
      }
    }
    if (terms.length > 1) places.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    return places.filter(([epoch, index], i) => {
      const before = places[i - 1]
      return before === undefined || before[0] !== epoch || before[1] !== index
    })
  }

  /**
   * Whether the postings are those of the logs, no more and no less; whether logs and chain agree is the caller's to look at.
   *
   * @returns Number of folds and of posting lists.
   * @throws ChainError - `damaged`
   */
  check(): { readonly folds: number; readonly lists: number } {
    let folds = 0
    let lists = 0
    let next = 0
    for (const fold of this.#folds({ start: u32(FOLDED, 0) })) {
      if (fold.from !== next)
        throw new ChainError("damaged", `postings: a fold begins at epoch ${fold.from}, expected ${next}`)
      for (const [term, expected] of this.#postingsOf(fold)) {
        const bytes = this.#postings.getBinaryFast(u32(term, fold.to))
        if (bytes === undefined || hex(whole(bytes)) !== hex(expected))
          throw new ChainError(
            "damaged",
            `postings: the list of term ${term.toString(16)} for epochs ${fold.from} to ${fold.to} ${bytes === undefined ? "is missing" : "is not that of the logs"}`,
          )
        lists++
      }
      folds++
      next = fold.to + 1
    }
    const rows = this.#postings.getKeysCount({})
    if (rows !== folds + lists)
      throw new ChainError("damaged", `postings: the table has ${rows} rows, the logs make ${folds + lists}`)
    return { folds, lists }
  }
}

function* upTo(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

function matcher({ emitters: ids, fields = [] }: LogSearch): (log: StoredLog) => boolean {
  const emitters = ids && new Set(ids)
  const wanted = fields.map(({ key, values }) => ({ key, values: new Set(values.map(hex)) }))
  return ({ emitter, entries }) =>
    (emitters === undefined || emitters.has(emitter)) &&
    wanted.every(({ key, values }) => entries.some((entry) => entry.key === key && values.has(hex(entry.value))))
}

/** What the database hands out is the beginning of a larger buffer whose `length` says how much of it counts. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length)
}

function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value)
  return bytes
}

/** The first key after all of a term's: one byte longer than the last of them. */
function afterTerm(term: Term): Uint8Array {
  const key = new Uint8Array(9)
  key.set(u32(term, LAST_EPOCH))
  return key
}
