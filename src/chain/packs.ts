import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "../ipld/blockstore.ts"
import { BLAKE2B_256 } from "../ipld/cid.ts"
import { type Base, Bases } from "./bases.ts"
import { ByteReader, ByteWriter, u32 } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { applyPatch, Patcher } from "./patch.ts"
import { nameOfKey, type Place, Places, volumeOf, volumeOfKey } from "./places.ts"
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

/** Where the number of the next pack is kept, which is that of all packs so far, in the same transaction as the packs. */
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
 * Names of blocks are random: in a table of blocks by name each of them would be in another page of 4 KB, and those above 2 KB would waste half a page. Here
 * the bytes are written in the order in which they come, and {@link Places} knows where each block is. Most of them are nodes of trees in which one link
 * differs from the node before: those are kept as {@link Patcher patches}, of blocks that were put before them, so a chain of patches never closes.
 *
 * | table | key | value |
 * |---|---|---|
 * | packs | number (4) | entries: length * 2 + kind, then the bytes, or, of a patch: packs back to its base, offset of that, length of the block, the patch |
 */
export class PackedBlocks implements Blockstore {
  readonly #places: Places
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
  constructor(places: Table, filters: Table, packs: Table, counter: PackCounter, refresh: () => void) {
    this.#places = new Places(places, filters, () => counter.get())
    this.#packs = packs
    this.#counter = counter
    this.#refresh = refresh
  }

  get(cid: CID): Uint8Array | undefined {
    const place = this.#find(cid)
    return place && this.#read(place)
  }

  has(cid: CID): boolean {
    return this.#find(cid) !== undefined
  }

  #find(cid: CID): Place | undefined {
    const name = nameOf(cid)
    const place = this.#places.find(name)
    if (place !== undefined) return place
    this.#refresh()
    this.#places.refresh()
    return this.#places.find(name)
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
    this.#places.forget()
  }

  /** The block of a row of the table of places. @param key - As from {@link keys}. @throws ChainError - `damaged`: it is not where its place says. */
  read(key: Uint8Array): Uint8Array | undefined {
    const place = this.#places.at(key)
    return place && this.#read(place)
  }

  /** See {@link Places.keys}; {@link nameOfKey} has what they say of a block. One that was put twice may have two. */
  keys(most: number): Generator<readonly Uint8Array[]> {
    return this.#places.keys(most)
  }

  /** The packs that have to be there for a block to be read: its own first, then those of what it is a patch of. @param key - As from {@link keys}. */
  packsOf(key: Uint8Array): number[] {
    const packs: number[] = []
    for (let place = this.#places.at(key); place !== undefined; ) {
      packs.push(place.pack)
      place = this.#entry(place).base
    }
    return packs
  }

  /** Numbers of all packs, in order. */
  *packs(): Generator<number> {
    for (const key of this.#packs.getKeys()) yield new ByteReader(key).u32()
  }

  /** Writes a block that is there once more, in a new pack. To be called as {@link put}. @param key - As from {@link keys}; it may be gone then. */
  move(key: Uint8Array): void {
    const bytes = this.read(key)
    if (bytes === undefined) return
    const { pack } = this.#put(nameOfKey(key), bytes)
    if (volumeOf(pack) !== volumeOfKey(key)) this.#places.remove(key)
  }

  /** Takes a block away; its bytes go with the pack. To be called as {@link put}. @param key - As from {@link keys}. */
  remove(key: Uint8Array): void {
    this.#places.remove(key)
  }

  /** Makes up for what was moved and removed. To be called as {@link put}. */
  tidy(): void {
    this.#places.refilter()
  }

  /** Removes a pack that no block needs. To be called as {@link put}. */
  removePack(number: number): void {
    this.#packs.removeSync(u32(number))
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

  #put(name: Uint8Array, bytes: Uint8Array): Place {
    if (this.#depth === 0) throw new ChainError("database-write", "a block was to be written outside of a transaction")
    const place = this.#write(bytes)
    this.#places.put(name, place)
    return place
  }

  #write(bytes: Uint8Array): Place {
    if (bytes.length + LENGTH_BYTES > PACK_BYTES) {
      const pack = this.#nextNumber()
      const writer = new ByteWriter()
      this.#packs.putSync(
        u32(pack),
        writer
          .small(bytes.length * 2 + WHOLE)
          .raw(bytes)
          .finish(),
      )
      return { pack, offset: 0 }
    }
    if (bytes.length < LEAST_PATCHED) return this.#append(bytes, undefined).place
    const marks = this.#patcher.marks(bytes)
    const found = this.#bases.find(marks)
    const { place, patches } = this.#append(bytes, this.#bases.get(found))
    if (marks.length > 0) this.#bases.learn({ place, bytes, marks, patches }, found)
    return place
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
    const next = this.#seeNext()
    this.#next = next + 1
    return next
  }

  /** The number of the next pack; with the first look in a transaction it shows whether other threads have written. */
  #seeNext(): number {
    if (this.#next === undefined) {
      this.#next = this.#counter.get()
      if (this.#next !== this.#last) {
        this.#open = undefined
        this.#places.othersPut()
      }
    }
    return this.#next
  }

  /** Of the volume that the last pack is in, for a volume that is finished takes no more blocks. */
  #openPack(): OpenPack {
    const last = this.#seeNext() - 1
    if (this.#open !== undefined && volumeOf(this.#open.number) === volumeOf(last)) return this.#open
    return this.#newPack()
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

/** The name of a block for {@link Places}: the first {@link NAME_BYTES} bytes of the digest of a blake2b-256 CID, else the whole CID. */
export function nameOf({ multihash, bytes }: CID): Uint8Array {
  return multihash.code === BLAKE2B_256 ? multihash.digest.subarray(0, NAME_BYTES) : bytes
}
