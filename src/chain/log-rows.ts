import { Address } from "../address/address.ts"
import type { EventEntry } from "../fvm/receipt.ts"
import { ByteReader, ByteWriter } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import type { LogRow } from "./rows.ts"

/** Values longer than this are no search keys: event data, not topics. */
const MAX_INDEXED_VALUE = 64
/** Flag of an event entry: its value may be searched for. */
const FLAG_INDEXED_VALUE = 2n
/** The entry that Solidity's compilers put data into; not searched for, and often short enough to look like a topic. */
const DATA_KEY = "d"
/** Keys of the entries that EVM contracts emit, with the flags and the codec they have: one byte says it all. 0 stands for others. */
const SHORT_KEYS = ["t1", "t2", "t3", "t4", DATA_KEY] as const
const SHORT_FLAGS = 3n
const SHORT_CODEC = 0x55n

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

/** What a search may ask for, as 32 bits: an emitter, or a value under a key. Never 0. Terms that collide cost a look at a log, no more. */
export type Term = number

/** A log as the index keeps it; its message's names are in the tipset's row, its epoch is the key. */
export type StoredLog = Pick<LogRow, "messageIndex" | "emitter" | "emitterAddress" | "entries">

/** Term of an emitter. */
export function emitterTerm(emitter: bigint): Term {
  return hash(new ByteWriter().u8(0).varint(emitter).finish())
}

/** Term of a value under a key. */
export function fieldTerm(key: string, value: Uint8Array): Term {
  return hash(new ByteWriter().u8(1).bytes(utf8.encode(key)).raw(value).finish())
}

/** All terms under which a log is to be found. */
export function searchTerms(log: Pick<StoredLog, "emitter" | "entries">): Term[] {
  const terms = [emitterTerm(log.emitter)]
  for (const entry of log.entries) if (isSearchable(entry)) terms.push(fieldTerm(entry.key, entry.value))
  return terms
}

function isSearchable(entry: EventEntry): boolean {
  return entry.key !== DATA_KEY && (entry.flags & FLAG_INDEXED_VALUE) !== 0n && entry.value.length <= MAX_INDEXED_VALUE
}

/** FNV-1a, with a last stir so that values that differ at the end only spread. */
function hash(bytes: Uint8Array): Term {
  let value = 0x811c9dc5
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  value ^= value >>> 12
  return value >>> 0 || 1
}

/**
 * The logs of one tipset as one value, in order.
 *
 * | part | bytes |
 * |---|---|
 * | terms | count, then 4 each, distinct and ascending: whether a search has to look further |
 * | emitters | count, then for each actor ID (LEB128), length and bytes of its f4 address |
 * | logs | count, then for each: length of the rest, index of the message, place in the list of emitters, count of entries, entries |
 * | an entry | 1: t1, t2, t3, t4 or d with flags 3 and codec raw; or 0, flags, key, codec; then length, leading zeros, the other bytes |
 */
export function encodeLogs(logs: readonly StoredLog[]): Uint8Array {
  const writer = new ByteWriter()
  const terms = Uint32Array.from(new Set(logs.flatMap(searchTerms))).sort()
  writer.small(terms.length)
  for (const term of terms) writer.u32(term)
  const slots = new Map<bigint, number>()
  const emitters = new ByteWriter()
  for (const { emitter, emitterAddress } of logs) {
    if (slots.has(emitter)) continue
    slots.set(emitter, slots.size)
    emitters.varint(emitter).bytes(emitterAddress?.bytes ?? new Uint8Array(0))
  }
  writer.small(slots.size).raw(emitters.finish()).small(logs.length)
  for (const log of logs) {
    const one = new ByteWriter()
    one
      .small(log.messageIndex)
      .small(slots.get(log.emitter) ?? 0)
      .small(log.entries.length)
    for (const entry of log.entries) writeEntry(one, entry)
    writer.bytes(one.finish())
  }
  return writer.finish()
}

function writeEntry(writer: ByteWriter, { flags, key, codec, value }: EventEntry): void {
  const short = flags === SHORT_FLAGS && codec === SHORT_CODEC ? SHORT_KEYS.indexOf(key as "d") + 1 : 0
  writer.u8(short)
  if (short === 0) writer.varint(flags).bytes(utf8.encode(key)).varint(codec)
  let zeros = 0
  while (zeros < value.length && value[zeros] === 0) zeros++
  writer.small(value.length).small(zeros).raw(value.subarray(zeros))
}

/** Reads what {@link encodeLogs} wrote, as far as it is asked for. @throws ChainError - `invalid-encoding` */
export class LogChunk {
  readonly terms: readonly Term[]
  readonly count: number
  readonly #reader: ByteReader
  readonly #emitters: { readonly emitter: bigint; readonly address: Uint8Array; parsed?: Address | undefined }[] = []
  #next = 0

  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes)
    const terms: Term[] = []
    for (let count = reader.small(); count > 0; count--) terms.push(reader.u32())
    this.terms = terms
    for (let count = reader.small(); count > 0; count--) {
      const emitter = reader.varint()
      this.#emitters.push({ emitter, address: reader.bytes() })
    }
    this.count = reader.small()
    this.#reader = reader
  }

  /** Whether a log may be here that has one term of each condition. */
  mayMatch(conditions: readonly (readonly Term[])[]): boolean {
    return conditions.every((terms) => terms.some((term) => this.terms.includes(term)))
  }

  /** The log at a position; to be asked for in ascending order. */
  log(index: number): StoredLog {
    for (; this.#next < index; this.#next++) this.#reader.skip(this.#reader.small())
    this.#next++
    this.#reader.small()
    return this.#read()
  }

  #read(): StoredLog {
    const reader = this.#reader
    const messageIndex = reader.small()
    const source = this.#emitters[reader.small()]
    if (source === undefined) throw new ChainError("invalid-encoding", "a log names an emitter that is not listed")
    const { emitter, address } = source
    if (address.length > 0) source.parsed ??= Address.fromBytes(address)
    const entries: EventEntry[] = []
    for (let count = reader.small(); count > 0; count--) entries.push(readEntry(reader))
    return { messageIndex, emitter, emitterAddress: source.parsed, entries }
  }

  /** All of them. */
  *logs(): Generator<StoredLog> {
    for (let index = 0; index < this.count; index++) yield this.log(index)
    if (!this.#reader.done) throw new ChainError("invalid-encoding", "the logs of a tipset have trailing bytes")
  }
}

function readEntry(reader: ByteReader): EventEntry {
  const short = reader.u8()
  const key = short === 0 ? undefined : SHORT_KEYS[short - 1]
  if (short !== 0 && key === undefined) throw new ChainError("invalid-encoding", `an entry of a log has key ${short}`)
  const head =
    key === undefined
      ? { flags: reader.varint(), key: fromUtf8.decode(reader.bytes()), codec: reader.varint() }
      : { flags: SHORT_FLAGS, key, codec: SHORT_CODEC }
  const length = reader.small()
  const zeros = reader.small()
  if (zeros > length) throw new ChainError("invalid-encoding", "an entry of a log has more zeros than bytes")
  const value = new Uint8Array(length)
  reader.fill(value, zeros)
  return { ...head, value }
}
