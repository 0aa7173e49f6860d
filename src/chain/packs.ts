import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "../ipld/blockstore.ts"
import { BLAKE2B_256 } from "../ipld/cid.ts"
import { type Base, Bases, type Place } from "./bases.ts"
import { ByteReader, ByteWriter, copyOf, u32 } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { applyPatch, Patcher } from "./patch.ts"
import type { Table } from "./write-behind.ts"

/** Most bytes of a pack, which is read as a whole for each of its blocks: two pages of LMDB without their head. */
const PACK_BYTES = 2 * 4096 - 24
/** Most bytes that the length of an entry takes. */
const LENGTH_BYTES = 3
/** Of a digest, as the name of a block: as many as nobody finds two blocks for. */
export const NAME_BYTES = 16
/** Smaller blocks are not worth a patch. */
const LEAST_PATCHED = 640
/** So many patches have to be applied at most to read a block. */
const MOST_PATCHES = 6

/** Kinds of entries of a pack. */
const WHOLE = 0
const PATCH = 1

/** An entry of a pack: a block, or what makes one of another. */
type Entry =
  | { readonly bytes: Uint8Array; readonly base?: undefined }
  | { readonly base: Place; readonly length: number; readonly patch: ByteReader }

/** Where the number of the next pack is kept, in the same transaction as the packs. */
export interface PackCounter {
  get(): number
  set(next: number): void
}

/** The pack that still takes blocks. */
interface OpenPack {
  readonly number: number
  /** Appended to only: what was handed out of it stays as it is. */
  readonly bytes: Uint8Array
  length: number
}

/**
 * Blocks, many of them in one row, as patches of one another where they are alike.
 *
 * Names of blocks are random, so a table of blocks by name is changed in as many places as there are blocks in a tipset, each of them a page of
 * 4 KB, and those above 2 KB waste half a page. Here the table by name has 8 bytes for each block, and the bytes are written in the
 * order in which they come. Most of them are nodes of trees in which one link differs from the node before: those are kept as
 * {@link Patcher patches}, of blocks that were put before them, so a chain of patches never closes.
 *
 * | table | key | value |
 * |---|---|---|
 * | places | first {@link NAME_BYTES} bytes of the digest of a blake2b-256 CID, else the whole CID | pack (4), offset (4) |
 * | packs | number (4) | entries: length * 2 + kind, then the bytes, or, of a patch: packs back to its base, offset of that, length of the block, the patch |
 */
export class PackedBlocks implements Blockstore {
  readonly #places: Table
  readonly #packs: Table
  readonly #refresh: () => void
  #open: OpenPack | undefined
  /** Whether the open pack has entries that its row does not have. */
  #changed = false
  readonly #counter: PackCounter
  /** Transactions that are open, one inside the other. */
  #depth = 0
  /** The number of the next pack, if it was read in this transaction. */
  #next: number | undefined
  /** What it was after the last transaction here: if it is another, other threads have written. */
  #last = -1
  readonly #bases = new Bases()
  readonly #patcher = new Patcher()

  /** @param refresh - Makes what other threads committed visible; called before a block is said to be missing. */
  constructor(places: Table, packs: Table, counter: PackCounter, refresh: () => void) {
    this.#places = places
    this.#packs = packs
    this.#counter = counter
    this.#refresh = refresh
  }

  get(cid: CID): Uint8Array | undefined {
    const name = nameOf(cid)
    const bytes = this.read(name)
    if (bytes !== undefined) return bytes
    this.#refresh()
    return this.read(name)
  }

  has(cid: CID): boolean {
    const name = nameOf(cid)
    if (this.#place(name) !== undefined) return true
    this.#refresh()
    return this.#place(name) !== undefined
  }

  /** A transaction begins: until {@link flush} or {@link forget} blocks can be put. */
  begin(): void {
    this.#depth++
  }

  /** @throws ChainError - `database-write`: there is no transaction. */
  put(cid: CID, bytes: Uint8Array): void {
    this.#put(nameOf(cid), bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    for (const { cid, bytes } of blocks) this.put(cid, bytes)
  }

  /** Writes what was put, before its transaction ends. */
  flush(): void {
    if (--this.#depth > 0) return
    this.#writeOpen()
    if (this.#next === undefined) return
    this.#counter.set(this.#next)
    this.#last = this.#next
    this.#next = undefined
  }

  /** The transaction did not happen. */
  forget(): void {
    this.#depth = 0
    this.#open = undefined
    this.#changed = false
    this.#next = undefined
    this.#bases.clear()
  }

  /** The block of this name, as in the table of places. @throws ChainError - `damaged`: it is not where its place says. */
  read(name: Uint8Array): Uint8Array | undefined {
    const place = this.#place(name)
    return place && this.#read(place)
  }

  /** Names of all blocks in batches, in order; between two of them the tables may be changed. */
  *names(most: number): Generator<readonly Uint8Array[]> {
    for (let start: Uint8Array | undefined; ; ) {
      const batch: Uint8Array[] = []
      for (const { key } of this.#places.getRange({ ...(start && { start }), limit: most })) batch.push(copyOf(key))
      const last = batch.at(-1)
      if (last === undefined) return
      yield batch
      // The next key that there can be.
      start = new Uint8Array(last.length + 1)
      start.set(last)
    }
  }

  /** The packs that have to be there for a block to be read: its own first, then those of what it is a patch of. */
  packsOf(name: Uint8Array): number[] {
    const packs: number[] = []
    for (let place = this.#place(name); place !== undefined; ) {
      packs.push(place.pack)
      place = this.#entry(place).base
    }
    return packs
  }

  /** Numbers of all packs, in order. */
  *packs(): Generator<number> {
    for (const key of this.#packs.getKeys()) yield new ByteReader(key).u32()
  }

  /** Writes a block that is there once more, in a new pack. To be called as {@link put}. */
  move(name: Uint8Array): void {
    const bytes = this.read(name)
    if (bytes !== undefined) this.#put(name, bytes)
  }

  /** Takes a name away; its bytes go with the pack. To be called as {@link put}. */
  remove(name: Uint8Array): void {
    this.#places.removeSync(name)
  }

  /** Removes a pack that no block needs. To be called as {@link put}. */
  removePack(number: number): void {
    this.#packs.removeSync(u32(number))
  }

  #place(name: Uint8Array): Place | undefined {
    const bytes = this.#places.getBinaryFast(name)
    if (bytes === undefined) return undefined
    const reader = new ByteReader(bytes)
    return { pack: reader.u32(), offset: reader.u32() }
  }

  #read(place: Place): Uint8Array {
    const entry = this.#entry(place)
    return entry.base === undefined ? entry.bytes : applyPatch(entry.patch, this.#read(entry.base), entry.length)
  }

  #entry({ pack, offset }: Place): Entry {
    const bytes = this.#open?.number === pack ? this.#open.bytes : this.#packs.getBinaryFast(u32(pack))
    if (bytes === undefined) throw new ChainError("damaged", `the blocks of pack ${pack} are missing`)
    const reader = new ByteReader(bytes, offset)
    const head = reader.small()
    const entry = reader.raw(head >>> 1)
    if ((head & 1) === WHOLE) return { bytes: entry }
    const patch = new ByteReader(entry)
    const base = { pack: pack - patch.small(), offset: patch.small() }
    if (base.pack === pack && base.offset >= offset)
      throw new ChainError("damaged", `a block of pack ${pack} is stored as a patch of a later one`)
    return { base, length: patch.small(), patch }
  }

  #put(name: Uint8Array, bytes: Uint8Array): void {
    if (this.#depth === 0) throw new ChainError("database-write", "a block was to be written outside of a transaction")
    if (bytes.length + LENGTH_BYTES > PACK_BYTES) {
      const place = { pack: this.#nextNumber(), offset: 0 }
      this.#packs.putSync(
        u32(place.pack),
        new ByteWriter()
          .small(bytes.length * 2 + WHOLE)
          .raw(bytes)
          .finish(),
      )
      this.#keep(name, place)
    } else if (bytes.length < LEAST_PATCHED) this.#keep(name, this.#append(bytes, undefined).place)
    else {
      const marks = this.#patcher.marks(bytes)
      const found = this.#bases.find(marks)
      const { place, patches } = this.#append(bytes, this.#bases.get(found))
      this.#keep(name, place)
      if (marks.length > 0) this.#bases.learn({ place, bytes, marks, patches }, found)
    }
  }

  /** Appends a block to the open pack, if it can be as a patch of another. @returns Where it is, and how many patches it takes to read it. */
  #append(bytes: Uint8Array, base: Base | undefined): { readonly place: Place; readonly patches: number } {
    let pack = this.#openPack()
    let patch = base && this.#patch(pack.number, bytes, base)
    if (pack.length + LENGTH_BYTES + (patch ?? bytes).length > PACK_BYTES) {
      pack = this.#newPack()
      patch = base && this.#patch(pack.number, bytes, base)
    }
    const place = { pack: pack.number, offset: pack.length }
    if (patch === undefined) append(pack, WHOLE, bytes)
    else append(pack, PATCH, patch)
    this.#changed = true
    return { place, patches: patch === undefined ? 0 : base!.patches + 1 }
  }

  #keep(name: Uint8Array, { pack, offset }: Place): void {
    this.#places.putSync(name, u32(pack, offset))
  }

  /** The block as an entry of a pack that says how it is made of the base; undefined if that is not worth it. */
  #patch(pack: number, bytes: Uint8Array, base: Base): Uint8Array | undefined {
    if (base.patches >= MOST_PATCHES) return undefined
    const { place } = base
    const writer = new ByteWriter()
    writer
      .small(pack - place.pack)
      .small(place.offset)
      .small(bytes.length)
    return this.#patcher.write(writer, bytes, base.bytes, bytes.length >>> 1) ? writer.finish() : undefined
  }

  #nextNumber(): number {
    this.#next ??= this.#counter.get()
    return this.#next++
  }

  #openPack(): OpenPack {
    if (this.#next === undefined) {
      this.#next = this.#counter.get()
      if (this.#next !== this.#last) this.#open = undefined
    }
    return this.#open ?? this.#newPack()
  }

  #newPack(): OpenPack {
    this.#writeOpen()
    this.#open = { number: this.#nextNumber(), bytes: new Uint8Array(PACK_BYTES), length: 0 }
    return this.#open
  }

  #writeOpen(): void {
    if (!this.#changed || this.#open === undefined) return
    this.#packs.putSync(u32(this.#open.number), this.#open.bytes.subarray(0, this.#open.length))
    this.#changed = false
  }
}

function append(pack: OpenPack, kind: typeof WHOLE | typeof PATCH, bytes: Uint8Array): void {
  const target = pack.bytes
  let at = pack.length
  let rest = bytes.length * 2 + kind
  for (; rest >= 0x80; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80
  target[at++] = rest
  target.set(bytes, at)
  pack.length = at + bytes.length
}

/** The name of a block in the table of places. */
export function nameOf({ multihash, bytes }: CID): Uint8Array {
  return multihash.code === BLAKE2B_256 ? multihash.digest.subarray(0, NAME_BYTES) : bytes
}
