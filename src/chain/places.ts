import { ByteReader, copyOf, u32 } from "./bytes.ts"
import type { Table } from "./write-behind.ts"

/** 2^10 packs that follow one another are a volume. */
const VOLUME_BITS = 10
/** Bytes of the volume's number at the beginning of a key. */
const VOLUME_BYTES = 2
/** Of the filter of a volume that is being written. A volume of small blocks has some 100,000. */
const FILTER_BYTES = 2 ** 17
/** A finished filter has at least so many bits for each block: one block in 250 is looked for in vain. */
const LEAST_BITS = 12
/** Words of a name that say which bits of a filter it has. */
const HASHES = 4

/** Where a block is: number of the pack, offset of the entry in it. */
export interface Place {
  readonly pack: number
  readonly offset: number
}

/**
 * The places of all blocks by name.
 *
 * Names are random. In one table of them each new one would go into another page, every page would have to be read and written for it, and a tipset would cost the more
 * the larger the database is. So the table is in volumes, by the packs that the blocks are in: new names go among the fifty to a hundred thousand of the newest volume. Which of
 * the others may have a name is said by filters (Bloom's), which are in memory: 64 or 128 KB for 8 MB of packs.
 *
 * | table | key | value |
 * |---|---|---|
 * | places | number of the volume (2), name | pack (4), offset (4) |
 * | filters | number of the volume (4) | the filter of a volume to which nothing is added any more |
 */
export class Places {
  readonly #table: Table
  readonly #filters: Table
  readonly #packCount: () => number
  /** The volume that is being written; -1 before the first. */
  #newestVolume: number | undefined
  /** Filters of the others, as far as they were wanted. */
  readonly #known = new Map<number, Uint8Array>()
  /** What was put into the newest volume here. */
  #filter = new Uint8Array(0)
  /** Blocks in it, if all that are in the volume are; otherwise it is made of the table in the end. */
  #count: number | undefined

  /** @param packCount - How many packs there are in the database, those of an open transaction not counted. */
  constructor(table: Table, filters: Table, packCount: () => number) {
    this.#table = table
    this.#filters = filters
    this.#packCount = packCount
  }

  /** Where the block of a name is. */
  find(name: Uint8Array): Place | undefined {
    const newest = this.#newest
    for (let volume = newest; volume >= 0; volume--) {
      if (volume < newest && !this.#mayHave(volume, name)) continue
      const place = this.at(keyOf(volume, name))
      if (place !== undefined) return place
    }
    return undefined
  }

  /** What a row says. @param key - As from {@link keys}. */
  at(key: Uint8Array): Place | undefined {
    const bytes = this.#table.getBinaryFast(key)
    if (bytes === undefined) return undefined
    const reader = new ByteReader(bytes)
    return { pack: reader.u32(), offset: reader.u32() }
  }

  /** In an open transaction. Volumes follow one another: none gets a block once a later one has. */
  put(name: Uint8Array, { pack, offset }: Place): void {
    const volume = volumeOf(pack)
    if (volume !== this.#newest) this.#begin(volume)
    if (this.#count !== undefined) {
      this.#count++
      add(this.#filter, name)
    }
    this.#table.putSync(keyOf(volume, name), u32(pack, offset))
  }

  /** In an open transaction. @param key - As from {@link keys}. */
  remove(key: Uint8Array): void {
    this.#table.removeSync(key)
  }

  /** Keys of all rows in batches, in order; between two of them the table may be changed. */
  *keys(most: number): Generator<readonly Uint8Array[]> {
    for (let start: Uint8Array | undefined; ; ) {
      const batch: Uint8Array[] = []
      for (const { key } of this.#table.getRange({ ...(start && { start }), limit: most })) batch.push(copyOf(key))
      const last = batch.at(-1)
      if (last === undefined) return
      yield batch
      // The next key that there can be.
      start = new Uint8Array(last.length + 1)
      start.set(last)
    }
  }

  /** Makes filters anew that are too large for what was left in their volumes. In an open transaction. */
  refilter(): void {
    for (let volume = 0; volume < this.#newest; volume++) {
      this.#known.delete(volume)
      this.#filters.putSync(u32(volume), this.#filterOfRows(volume))
    }
  }

  /** Other threads may have put blocks since. */
  refresh(): void {
    if (volumeOf(this.#packCount() - 1) > this.#newest) this.othersPut()
  }

  /** Other threads have put blocks: this one does not know all of the newest volume. */
  othersPut(): void {
    this.#newestVolume = undefined
    this.#count = undefined
  }

  /** What was put in a transaction is not in the database after all, nor are the filters of volumes that it finished. */
  forget(): void {
    this.othersPut()
    this.#known.clear()
  }

  get #newest(): number {
    this.#newestVolume ??= volumeOf(this.#packCount() - 1)
    return this.#newestVolume
  }

  /** The volume before is finished. Numbers of packs follow one another, so there is none between. */
  #begin(volume: number): void {
    if (volume > 0) {
      const filter = this.#count === undefined ? this.#filterOfRows(volume - 1) : folded(this.#filter, this.#count)
      this.#filters.putSync(u32(volume - 1), filter)
      this.#known.set(volume - 1, filter)
    }
    this.#newestVolume = volume
    this.#filter = new Uint8Array(FILTER_BYTES)
    this.#count = 0
  }

  #filterOfRows(volume: number): Uint8Array {
    const filter = new Uint8Array(FILTER_BYTES)
    let count = 0
    for (const { key } of this.#table.getRange({ start: volumeKey(volume), end: volumeKey(volume + 1) })) {
      add(filter, nameOfKey(key))
      count++
    }
    return folded(filter, count)
  }

  #mayHave(volume: number, name: Uint8Array): boolean {
    let filter = this.#known.get(volume)
    if (filter === undefined) {
      const row = this.#filters.getBinaryFast(u32(volume))
      if (row === undefined) return true
      filter = copyOf(row)
      this.#known.set(volume, filter)
    }
    const bits = filter.length * 8 - 1
    for (let i = 0; i < HASHES; i++) {
      const bit = word(name, i) & bits
      if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false
    }
    return true
  }
}

/** The volume of a pack. */
export function volumeOf(pack: number): number {
  return pack >> VOLUME_BITS
}

/** The name of a block in a key of the table. */
export function nameOfKey(key: Uint8Array): Uint8Array {
  return key.subarray(VOLUME_BYTES)
}

/** The volume of a key of the table. */
export function volumeOfKey(key: Uint8Array): number {
  return (key[0]! << 8) | key[1]!
}

function keyOf(volume: number, name: Uint8Array): Uint8Array {
  const key = new Uint8Array(VOLUME_BYTES + name.length)
  key[0] = volume >>> 8
  key[1] = volume
  key.set(name, VOLUME_BYTES)
  return key
}

/** Where the rows of a volume begin. */
function volumeKey(volume: number): Uint8Array {
  return keyOf(volume, new Uint8Array(0))
}

/** Names are digests: any of their words is as good as a hash. */
function word(name: Uint8Array, i: number): number {
  const at = 4 * i
  return at + 4 > name.length ? 0 : name[at]! | (name[at + 1]! << 8) | (name[at + 2]! << 16) | (name[at + 3]! << 24)
}

function add(filter: Uint8Array, name: Uint8Array): void {
  const bits = filter.length * 8 - 1
  for (let i = 0; i < HASHES; i++) {
    const bit = word(name, i) & bits
    filter[bit >>> 3]! |= 1 << (bit & 7)
  }
}

/** The filter in as few bytes as `count` blocks need: a bit of each half is one bit of the folded. */
function folded(filter: Uint8Array, count: number): Uint8Array {
  let bytes = filter
  while (bytes.length > 1 && bytes.length * 4 >= count * LEAST_BITS) {
    const half = bytes.length / 2
    const next = bytes.slice(0, half)
    for (let i = 0; i < half; i++) next[i]! |= bytes[half + i]!
    bytes = next
  }
  return bytes
}
