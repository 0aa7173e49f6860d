import { Address } from "../address/address.ts"
import type { EventEntry } from "../fvm/receipt.ts"
import { ByteReader, ByteWriter, copyOf } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import type { LogRow, MessageName } from "./rows.ts"

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
const HASH_LENGTH = 32
const SAFE_LEB_BYTES = 7

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

/** Number of a short key whose value is data; 1 to 4 are topics, 0 is an entry of any other kind. */
export const SHORT_DATA = 5

/** What a search may ask for, as 32 bits: an emitter, or a value under a key. Terms that collide cost a look at a log, no more. */
export type Term = number

/** A log as the index keeps it; its epoch is the key. */
export type StoredLog = Pick<LogRow, "messageIndex" | "emitter" | "emitterAddress" | "entries">

/** Names of a tipset and its messages, which its logs are kept with: whoever finds a log wants them too. */
export interface LogNames {
  readonly hash: Uint8Array
  /** All of the tipset, in order. */
  readonly messages: readonly MessageName[]
}

// FNV-1a, with a last stir so that values that differ at the end only spread.

const FNV_START = 0x811c9dc5
const FNV_PRIME = 0x01000193

function stir(state: number): Term {
  let value = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  value ^= value >>> 12
  return value >>> 0
}

function fnv(bytes: Uint8Array): number {
  let state = FNV_START
  for (const byte of bytes) state = Math.imul(state ^ byte, FNV_PRIME)
  return state
}

const EMITTER_START = fnv(Uint8Array.of(0))
const keyStart = (key: string): number => fnv(new ByteWriter().u8(1).bytes(utf8.encode(key)).finish())
const SHORT_STARTS: readonly number[] = [0, ...SHORT_KEYS.map(keyStart)]

/** The term of a value of which the leading zeros are not there. */
function valueTerm(start: number, zeros: number, bytes: Uint8Array, from: number, to: number): Term {
  let state = Math.imul(start ^ zeros, FNV_PRIME)
  for (let i = from; i < to; i++) state = Math.imul(state ^ bytes[i]!, FNV_PRIME)
  return stir(state)
}

function leadingZeros(value: Uint8Array): number {
  let zeros = 0
  while (zeros < value.length && value[zeros] === 0) zeros++
  return zeros
}

/** Term of an emitter. */
export function emitterTerm(emitter: bigint): Term {
  let state = EMITTER_START
  if (emitter <= BigInt(Number.MAX_SAFE_INTEGER))
    for (let rest = Number(emitter); rest > 0; rest = Math.floor(rest / 256))
      state = Math.imul(state ^ (rest & 0xff), FNV_PRIME)
  else for (let rest = emitter; rest > 0n; rest >>= 8n) state = Math.imul(state ^ Number(rest & 0xffn), FNV_PRIME)
  return stir(state)
}

/** Term of a value under a key. */
export function fieldTerm(key: string, value: Uint8Array): Term {
  const zeros = leadingZeros(value)
  return valueTerm(keyStart(key), zeros, value, zeros, value.length)
}

function isSearchable(flags: bigint, key: string, length: number): boolean {
  return key !== DATA_KEY && (flags & FLAG_INDEXED_VALUE) !== 0n && length <= MAX_INDEXED_VALUE
}

/** Conditions on a log, as a chunk can look them up. */
export interface LogConditions {
  /** Undefined for any. */
  readonly emitters: ReadonlySet<bigint> | undefined
  readonly fields: readonly {
    readonly key: string
    /** Number of the key among the short ones; 0 if it is none. */
    readonly short: number
    readonly values: ReadonlyMap<Term, readonly Uint8Array[]>
  }[]
}

/** Conditions of a search, prepared. */
export function conditionsOf(
  emitters: readonly bigint[] | undefined,
  fields: readonly { readonly key: string; readonly values: readonly Uint8Array[] }[],
): LogConditions {
  return {
    emitters: emitters && new Set(emitters),
    fields: fields.map(({ key, values }) => {
      const byTerm = new Map<Term, Uint8Array[]>()
      for (const value of values) {
        const term = fieldTerm(key, value)
        const same = byTerm.get(term)
        if (same === undefined) byTerm.set(term, [value])
        else same.push(value)
      }
      return { key, short: SHORT_KEYS.indexOf(key as "d") + 1, values: byTerm }
    }),
  }
}

/** What the writer of rows writes into; grows, and is used again. */
let scratch = new Uint8Array(4096)

function room(at: number, length: number): void {
  if (at + length <= scratch.length) return
  const grown = new Uint8Array(Math.max(scratch.length * 2, at + length))
  grown.set(scratch)
  scratch = grown
}

function putSmall(value: number, at: number): number {
  let rest = value
  while (rest >= 0x80) {
    scratch[at++] = (rest & 0x7f) | 0x80
    rest = Math.floor(rest / 128)
  }
  scratch[at] = rest
  return at + 1
}

function putBytes(bytes: Uint8Array, at: number): number {
  room(at, bytes.length + 16)
  scratch.set(bytes, at)
  return at + bytes.length
}

/**
 * The logs of one tipset as one value, in order.
 *
 * | part | bytes |
 * |---|---|
 * | tipset | its hash (32) |
 * | messages | count of those that have logs, then for each: index, second name or digest of its CID (32) |
 * | emitters | count, then for each: actor ID, length and bytes of its f4 address |
 * | logs | count, then for each: length of the rest (at least two bytes), place in the list of messages, place in the list of emitters, count of entries, entries |
 * | an entry | 1: t1, t2, t3, t4 or d with flags 3 and codec raw; or 0, flags, key, codec; then length, leading zeros, the other bytes |
 *
 * Integers are LEB128.
 *
 * @throws ChainError - `invalid-encoding`: a log is of a message that is not there.
 */
export function encodeLogs(logs: readonly StoredLog[], { hash, messages }: LogNames): Uint8Array {
  let at = putBytes(hash, 0)
  const messageSlots = new Map<number, number>()
  const emitterSlots = new Map<bigint, number>()
  const emitters: StoredLog[] = []
  for (const log of logs) {
    if (!messageSlots.has(log.messageIndex)) messageSlots.set(log.messageIndex, messageSlots.size)
    if (emitterSlots.has(log.emitter)) continue
    emitterSlots.set(log.emitter, emitters.length)
    emitters.push(log)
  }
  at = putSmall(messageSlots.size, at)
  for (const index of messageSlots.keys()) {
    const name = messages[index]
    if (name === undefined) throw new ChainError("invalid-encoding", `a log is of message ${index}, which is not there`)
    room(at, 16)
    at = putBytes(name.alias ?? name.cid.multihash.digest, putSmall(index, at))
  }
  at = putSmall(emitters.length, at)
  for (const { emitter, emitterAddress } of emitters) {
    const head = new ByteWriter().varint(emitter).small(emitterAddress?.bytes.length ?? 0)
    at = putBytes(head.finish(), at)
    if (emitterAddress !== undefined) at = putBytes(emitterAddress.bytes, at)
  }
  at = putSmall(logs.length, at)
  for (const { messageIndex, emitter, entries } of logs) {
    const start = at
    room(at, 32)
    at = putSmall(messageSlots.get(messageIndex)!, at + 2)
    at = putSmall(emitterSlots.get(emitter)!, at)
    at = putSmall(entries.length, at)
    for (const entry of entries) at = putEntry(entry, at)
    const length = at - start - 2
    if (length < 1 << 14) {
      scratch[start] = (length & 0x7f) | 0x80
      scratch[start + 1] = length >> 7
    } else {
      const body = scratch.slice(start + 2, at)
      at = putBytes(body, putSmall(length, start))
    }
  }
  return scratch.slice(0, at)
}

function putEntry({ flags, key, codec, value }: EventEntry, from: number): number {
  let at = from
  const short = flags === SHORT_FLAGS && codec === SHORT_CODEC ? SHORT_KEYS.indexOf(key as "d") + 1 : 0
  room(at, 32)
  scratch[at++] = short
  if (short === 0) at = putBytes(new ByteWriter().varint(flags).bytes(utf8.encode(key)).varint(codec).finish(), at)
  const zeros = leadingZeros(value)
  at = putSmall(zeros, putSmall(value.length, at))
  room(at, value.length + 16)
  for (let i = zeros; i < value.length; i++) scratch[at++] = value[i]!
  return at
}

/**
 * Reads what {@link encodeLogs} wrote, as far as it is asked for.
 *
 * Beside whole logs it shows one log at a time as it lies in the bytes, for those who go through many: {@link open} goes to a log,
 * {@link nextEntry} to each of its entries.
 *
 * Methods throw ChainError `invalid-encoding`.
 */
export class LogChunk {
  readonly bytes: Uint8Array
  /** Number of logs. */
  readonly count: number
  /** Actor IDs; `emitterSlot` is a place in here. */
  readonly emitters: readonly bigint[]
  /** Numbers of messages in the tipset; `messageSlot` is a place in here. */
  readonly messageIndexes: readonly number[]

  /** Of the open log. */
  messageSlot = 0
  emitterSlot = 0
  entryCount = 0
  /** Of the entry that was read: number of its short key, or 0. */
  short = 0
  /** Of its value: length in bytes, how many of them are leading zeros, and where in `bytes` the others begin. */
  length = 0
  zeros = 0
  start = 0

  readonly #firstLog: number
  readonly #addresses: (Address | undefined)[] = []
  readonly #nameAt: readonly number[]
  readonly #addressAt: readonly number[]
  #at = HASH_LENGTH
  /** The log that begins at #nextAt. */
  #next = 0
  #nextAt: number
  #entriesLeft = 0
  /** Where flags, key and codec of the entry are, if it has no short key. */
  #headAt = 0

  /** @param bytes - Not to be changed as long as the chunk is in use. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    const messageIndexes: number[] = []
    const nameAt: number[] = []
    for (let count = this.#small(); count > 0; count--) {
      messageIndexes.push(this.#small())
      nameAt.push(this.#at)
      this.#at += HASH_LENGTH
    }
    const emitters: bigint[] = []
    const addressAt: number[] = []
    for (let count = this.#small(); count > 0; count--) {
      emitters.push(this.#id())
      addressAt.push(this.#at)
      const length = this.#small()
      this.#at += length
    }
    this.messageIndexes = messageIndexes
    this.#nameAt = nameAt
    this.emitters = emitters
    this.#addressAt = addressAt
    this.count = this.#small()
    this.#firstLog = this.#at
    this.#nextAt = this.#at
  }

  #fail(): never {
    throw new ChainError("invalid-encoding", "the logs of a tipset end too early")
  }

  #u8(): number {
    const byte = this.bytes[this.#at++]
    return byte === undefined ? this.#fail() : byte
  }

  #small(): number {
    let value = this.#u8()
    if (value < 0x80) return value
    value &= 0x7f
    for (let scale = 128; ; scale *= 128) {
      const byte = this.#u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  #id(): bigint {
    const from = this.#at
    const value = this.#small()
    if (this.#at - from <= SAFE_LEB_BYTES) return BigInt(value)
    return new ByteReader(this.bytes.subarray(from, this.#at)).varint()
  }

  /** Hash of the tipset. */
  get hash(): Uint8Array {
    return this.bytes.subarray(0, HASH_LENGTH)
  }

  /** Second name of the message at a place in the list, or the digest of its CID. */
  messageName(slot: number): Uint8Array {
    const at = this.#nameAt[slot] ?? this.#fail()
    return this.bytes.subarray(at, at + HASH_LENGTH)
  }

  /** f4 address of the emitter at a place in the list; undefined if it has none. */
  emitterAddress(slot: number): Address | undefined {
    const at = this.#addressAt[slot] ?? this.#fail()
    const length = this.bytes[at]! // an address has at most 65 bytes
    if (length > 0) this.#addresses[slot] ??= Address.fromBytes(copyOf(this.bytes.subarray(at + 1, at + 1 + length)))
    return this.#addresses[slot]
  }

  /** Goes to the log at a position; cheapest in ascending order. */
  open(index: number): void {
    if (index < this.#next) {
      this.#next = 0
      this.#nextAt = this.#firstLog
    }
    this.#at = this.#nextAt
    for (; this.#next < index; this.#next++) {
      const length = this.#small()
      this.#at += length
    }
    const length = this.#small()
    this.#next++
    this.#nextAt = this.#at + length
    if (this.#nextAt > this.bytes.length) this.#fail()
    this.messageSlot = this.#small()
    this.emitterSlot = this.#small()
    this.entryCount = this.#small()
    this.#entriesLeft = this.entryCount
  }

  /** Goes to the next entry of the open log; false if there is none. */
  nextEntry(): boolean {
    if (this.#entriesLeft === 0) return false
    this.#entriesLeft--
    this.short = this.#u8()
    if (this.short > SHORT_KEYS.length)
      throw new ChainError("invalid-encoding", `an entry of a log has key ${this.short}`)
    if (this.short === 0) {
      this.#headAt = this.#at
      this.#small()
      const keyLength = this.#small()
      this.#at += keyLength
      this.#small()
    }
    this.length = this.#small()
    this.zeros = this.#small()
    if (this.zeros > this.length)
      throw new ChainError("invalid-encoding", "an entry of a log has more zeros than bytes")
    this.start = this.#at
    this.#at += this.length - this.zeros
    return true
  }

  /** Flags, key and codec of the entry. */
  entryHead(): Omit<EventEntry, "value"> {
    const { short } = this
    if (short !== 0) return { flags: SHORT_FLAGS, key: SHORT_KEYS[short - 1]!, codec: SHORT_CODEC }
    const reader = new ByteReader(this.bytes.subarray(this.#headAt))
    return { flags: reader.varint(), key: fromUtf8.decode(reader.bytes()), codec: reader.varint() }
  }

  /** A copy of the entry's value. */
  entryValue(): Uint8Array {
    const value = new Uint8Array(this.length)
    value.set(this.bytes.subarray(this.start, this.start + this.length - this.zeros), this.zeros)
    return value
  }

  #entryTerm(): Term | undefined {
    const { short, length, zeros, start, bytes } = this
    if (short !== 0) {
      if (short === SHORT_DATA || length > MAX_INDEXED_VALUE) return undefined
      return valueTerm(SHORT_STARTS[short]!, zeros, bytes, start, start + length - zeros)
    }
    const { flags, key } = this.entryHead()
    if (!isSearchable(flags, key, length)) return undefined
    return valueTerm(keyStart(key), zeros, bytes, start, start + length - zeros)
  }

  /** Tells of each term and the position of a log that has it. */
  terms(tell: (term: Term, index: number) => void): void {
    const emitters = this.emitters.map(emitterTerm)
    for (let index = 0; index < this.count; index++) {
      this.open(index)
      tell(emitters[this.emitterSlot] ?? this.#fail(), index)
      while (this.nextEntry()) {
        const term = this.#entryTerm()
        if (term !== undefined) tell(term, index)
      }
    }
  }

  /** Positions of the logs that meet all conditions, among those given. Default: all */
  select({ emitters, fields }: LogConditions, among?: readonly number[]): number[] {
    const found: number[] = []
    const isMeant = emitters && this.emitters.map((id) => emitters.has(id))
    if (isMeant !== undefined && !isMeant.includes(true)) return found
    const total = among === undefined ? this.count : among.length
    for (let i = 0; i < total; i++) {
      const index = among === undefined ? i : among[i]!
      if (isMeant !== undefined || fields.length > 0) {
        this.open(index)
        if (isMeant !== undefined && !isMeant[this.emitterSlot]) continue
        if (fields.length > 0 && !this.#hasFields(fields)) continue
      }
      found.push(index)
    }
    return found
  }

  #hasFields(fields: LogConditions["fields"]): boolean {
    let missing = fields.length
    const met: boolean[] = []
    while (missing > 0 && this.nextEntry()) {
      const key = this.short === 0 ? this.entryHead().key : undefined
      for (const [i, field] of fields.entries()) {
        if (met[i] || (key === undefined ? field.short !== this.short : field.key !== key)) continue
        const term = this.#entryTerm()
        if (term === undefined || !field.values.get(term)?.some((value) => this.#isValue(value))) continue
        met[i] = true
        missing--
      }
    }
    return missing === 0
  }

  #isValue(value: Uint8Array): boolean {
    const { length, zeros, start, bytes } = this
    if (value.length !== length) return false
    for (let i = 0; i < zeros; i++) if (value[i] !== 0) return false
    for (let i = zeros, at = start; i < length; i++, at++) if (value[i] !== bytes[at]) return false
    return true
  }

  /** The log at a position, whole. */
  log(index: number): StoredLog {
    this.open(index)
    const emitter = this.emitters[this.emitterSlot]
    const messageIndex = this.messageIndexes[this.messageSlot]
    if (emitter === undefined || messageIndex === undefined)
      throw new ChainError("invalid-encoding", "a log names an emitter or a message that is not listed")
    const emitterAddress = this.emitterAddress(this.emitterSlot)
    const entries: EventEntry[] = []
    while (this.nextEntry()) entries.push({ ...this.entryHead(), value: this.entryValue() })
    if (this.#at !== this.#nextAt) this.#fail()
    return { messageIndex, emitter, emitterAddress, entries }
  }

  /** All of them. */
  *logs(): Generator<StoredLog> {
    for (let index = 0; index < this.count; index++) yield this.log(index)
    if (this.#nextAt !== this.bytes.length)
      throw new ChainError("invalid-encoding", "the logs of a tipset have trailing bytes")
  }
}
