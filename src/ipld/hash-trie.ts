import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "./blockstore.ts"
import { CborReader, CborWriter, MAJOR } from "./cbor.ts"
import { cidEquals, cidOfBlock, DAG_CBOR, decodeCid, isUsualCid } from "./cid.ts"
import type { Codec } from "./codec.ts"
import { BlockNotFound, type IpldError, MalformedNode, MaxDepth, StartKeyNotFound } from "./errors.ts"
import { NodeCache } from "./node-cache.ts"

/*
 * The tree that HAMT and KAMT have in common: a node has 2^bitWidth slots, chosen by the next bits of the hashed key; a slot is empty, a bucket of
 * entries, or a link to a child. A KAMT link can skip levels that would have one slot only: the skipped bits are its extension.
 *
 * In memory: what came from the store (slots, links, entries) is immutable and shared through a cache. A tree owns only what it has changed.
 * Values stay encoded until somebody asks.
 *
 * Every change walks down first, reading all that it will need, and only then changes anything: an error leaves the tree as it was.
 */

/** How wide and how high a tree is. All of it is agreed from outside: nothing in a node says it. */
export type TrieConfig = {
  /** Bits of the hashed key per level, 1 to 8. */
  readonly bitWidth: number
  /** Entries stand at this depth (root = 0) or deeper; above it are only links. */
  readonly minDataDepth: number
  /** Most entries in a bucket; one more makes a child node. */
  readonly maxArrayWidth: number
}

/** What tells one kind of tree from the other. */
export interface TrieFormat {
  readonly structure: "hamt" | "kamt"
  /** Whether links have extensions, and so pointers are tagged maps. */
  readonly extensions: boolean
  /** Bytes of a hashed key. */
  readonly hashLength: number
  /** Writes a key as its CBOR item. */
  encodeKey(key: Uint8Array): Uint8Array
  /** Reads a key from bytes[start..end], its CBOR item. @throws IpldError - No key of this kind. */
  decodeKey(bytes: Uint8Array, start: number, end: number): Uint8Array
  /** The bits that choose the way through the tree. */
  hash(key: Uint8Array): Uint8Array
  /** Order of keys in a bucket: negative, 0 or positive. */
  compare(a: Uint8Array, b: Uint8Array): number
}

/** The bits of a link that skip levels; `length` counts bits, of which the path may have a few more. */
type Extension = { readonly length: number; readonly path: Uint8Array }

const NO_EXTENSION: Extension = { length: 0, path: new Uint8Array(0) }

/** A key and its value, both still encoded, as parts of a block. */
class Entry {
  readonly block: Uint8Array
  readonly keyAt: number
  readonly valueAt: number
  readonly end: number
  /** What `codec` made of the value. */
  decoded: unknown = undefined
  codec: unknown = undefined

  constructor(block: Uint8Array, keyAt: number, valueAt: number, end: number) {
    this.block = block
    this.keyAt = keyAt
    this.valueAt = valueAt
    this.end = end
  }

  hasKey(item: Uint8Array): boolean {
    const length = this.valueAt - this.keyAt
    if (item.length !== length) return false
    const block = this.block
    const at = this.keyAt
    for (let i = 0; i < length; i++) if (block[at + i] !== item[i]) return false
    return true
  }

  value<V>(codec: Codec<V>): V {
    if (this.codec === codec) return this.decoded as V
    const value = codec.decode(this.block.subarray(this.valueAt, this.end))
    this.decoded = value
    this.codec = codec
    return value
  }
}

function sameValue(a: Entry, b: Entry): boolean {
  const length = a.end - a.valueAt
  if (b.end - b.valueAt !== length) return false
  for (let i = 0; i < length; i++) if (a.block[a.valueAt + i] !== b.block[b.valueAt + i]) return false
  return true
}

/** A link to a child. Without a CID it is dirty: the child is in memory only, and belongs to one tree. */
class Link {
  /** The CID's bytes are block[start..end]. No block: dirty. */
  readonly block: Uint8Array | undefined
  readonly start: number
  readonly end: number
  readonly extension: Extension
  #cid: CID | undefined

  constructor(block: Uint8Array | undefined, start: number, end: number, extension: Extension) {
    this.block = block
    this.start = start
    this.end = end
    this.extension = extension
    this.#cid = undefined
  }

  static dirty(extension: Extension): Link {
    return new Link(undefined, 0, 0, extension)
  }

  static to(cid: CID, extension: Extension): Link {
    const link = new Link(cid.bytes, 0, cid.bytes.length, extension)
    link.#cid = cid
    return link
  }

  get cid(): CID {
    this.#cid ??= decodeCid((this.block as Uint8Array).subarray(this.start, this.end))
    return this.#cid
  }

  /** The same target under another extension. */
  withExtension(extension: Extension): Link {
    const link = new Link(this.block, this.start, this.end, extension)
    link.#cid = this.#cid
    return link
  }

  sameTarget(other: Link): boolean {
    return this.block !== undefined && other.block !== undefined && cidEquals(this.cid, other.cid)
  }
}

type Bucket = readonly Entry[]
type Slot = Bucket | Link | undefined
type Slots = Slot[]

/** What the cache holds: a node as it is stored, never changed again. */
type StoredNode = {
  /** How it was read: the same bytes can be a node of another layout too. */
  readonly layout: number
  readonly slots: Slots
  /** Slots that are not empty. */
  readonly count: number
  /** The encoded node. The pointer in slot i is bytes[ends[i - 1]..ends[i]], nothing if the slot is empty; the first begins at `start`. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly ends: readonly number[]
}

/** A node as one tree sees it: shared slots until the first change, and the children that this tree has loaded. */
class TrieNode {
  slots: Slots
  /** Slots that are not empty. */
  count: number
  children: (TrieNode | undefined)[] | undefined = undefined
  /** Whether `slots` belongs to this node alone. */
  owned: boolean
  /** What it was when it was last stored: pointers that are still the same need not be encoded anew. */
  stored: StoredNode | undefined

  constructor(slots: Slots, count: number, owned: boolean, stored: StoredNode | undefined) {
    this.slots = slots
    this.count = count
    this.owned = owned
    this.stored = stored
  }

  static empty(width: number): TrieNode {
    return new TrieNode(new Array<Slot>(width).fill(undefined), 0, true, undefined)
  }

  child(index: number): TrieNode | undefined {
    return this.children?.[index]
  }

  setChild(index: number, node: TrieNode | undefined): void {
    if (this.children === undefined) {
      if (node === undefined) return
      this.children = new Array<TrieNode | undefined>(this.slots.length).fill(undefined)
    }
    this.children[index] = node
  }

  /** A node to write to: this one, or a copy if its slots are shared. */
  toOwned(): TrieNode {
    if (this.owned) return this
    const copy = new TrieNode(this.slots.slice(), this.count, true, this.stored)
    copy.children = this.children?.slice()
    return copy
  }
}

const storedSize = (node: StoredNode): number => node.bytes.length

/** Bytes of encoded nodes in one of the two generations of the shared cache. Decoded they weigh about five times as much. */
const SHARED_BYTES = 4 * 1024 * 1024

/** Decoded nodes of all trees that bring no cache of their own. */
const sharedCache = new NodeCache<StoredNode>(SHARED_BYTES, storedSize)

/** A cache of decoded nodes of any trees. Make one to keep a tree apart from the shared cache, as tests of failing stores do. */
export class TrieCache {
  readonly nodes: NodeCache<unknown>

  /** @param limit - Bytes of encoded nodes, at most half of what is kept. Default: 32 MiB. */
  constructor(limit: number = 32 * 1024 * 1024) {
    this.nodes = new NodeCache<unknown>(limit, storedSize as (node: unknown) => number)
  }
}

const writer = new CborWriter()

/** `count` bits of a key from bit `at` on; only what is left, if that is less. */
function bitsAt(bytes: Uint8Array, length: number, at: number, count: number): number {
  if (at >= length) throw new MaxDepth()
  const take = Math.min(count, length - at)
  const byte = at >> 3
  const pair = (bytes[byte]! << 8) | (byte + 1 < bytes.length ? bytes[byte + 1]! : 0)
  return (pair >> (16 - (at & 7) - take)) & ((1 << take) - 1)
}

/** Copies bits; the last byte of the result is padded with zeros. */
function sliceBits(bytes: Uint8Array, from: number, length: number): Extension {
  if (length === 0) return NO_EXTENSION
  const path = new Uint8Array((length + 7) >> 3)
  appendBits(path, 0, bytes, from, length)
  return { length, path }
}

function appendBits(target: Uint8Array, at: number, source: Uint8Array, from: number, length: number): void {
  for (let i = 0; i < length; i++) {
    const bit = (source[(from + i) >> 3]! >> (7 - ((from + i) & 7))) & 1
    target[(at + i) >> 3]! |= bit << (7 - ((at + i) & 7))
  }
}

/** parent, then `index` in `width` bits, then child: undoes a split. */
function joinExtensions(parent: Extension, index: number, width: number, child: Extension): Extension {
  const length = parent.length + width + child.length
  const path = new Uint8Array((length + 7) >> 3)
  appendBits(path, 0, parent.path, 0, parent.length)
  appendBits(path, parent.length, Uint8Array.of(index << (8 - width)), 0, width)
  appendBits(path, parent.length + width, child.path, 0, child.length)
  return { length, path }
}

/** Where a key leads: the entry if it is there, and what a deletion has to know of the node that it stands in. */
type Place = { readonly entry: Entry; readonly lonely: boolean; readonly depth: number }

/** A change of one key between two trees; `before` is undefined for a new key, `after` for a key that is gone. */
export type TrieChange<V> = {
  readonly key: Uint8Array
  readonly before: V | undefined
  readonly after: V | undefined
}

/** A node that was encoded, and is to become the stored one when the store has it. */
type Flushed = { readonly node: TrieNode; readonly cid: CID; readonly stored: StoredNode }

/** The machine under {@link Hamt} and {@link Kamt}; see there. */
export class HashTrie<V> {
  readonly store: Blockstore
  readonly config: TrieConfig
  readonly codec: Codec<V>
  readonly #format: TrieFormat
  readonly #cache: NodeCache<StoredNode>
  /** A number for all that decides how a node is read. */
  readonly #layout: number
  readonly #width: number
  readonly #hashBits: number
  #root: TrieNode
  /** CID of the root, unless it has changed. */
  #rootCid: CID | undefined

  /** @param root - CID of the root node; undefined for an empty tree. */
  constructor(
    format: TrieFormat,
    store: Blockstore,
    codec: Codec<V>,
    config: TrieConfig,
    root: CID | undefined,
    cache: TrieCache | undefined,
  ) {
    const { bitWidth, maxArrayWidth } = config
    if (!Number.isInteger(bitWidth) || bitWidth < 1 || bitWidth > 8)
      throw new MalformedNode(format.structure, `bit width ${bitWidth} is not in 1..8`)
    this.#format = format
    this.store = store
    this.codec = codec
    this.config = config
    this.#cache = cache === undefined ? sharedCache : (cache.nodes as NodeCache<StoredNode>)
    this.#layout = (maxArrayWidth * 16 + bitWidth) * 2 + (format.extensions ? 1 : 0)
    this.#width = 1 << bitWidth
    this.#hashBits = format.hashLength * 8
    this.#root = root === undefined ? TrieNode.empty(this.#width) : this.#load(root.bytes, 0, root.bytes.length, 0)
    this.#rootCid = root
  }

  /** Whether there is no entry. */
  isEmpty(): boolean {
    return this.#root.count === 0
  }

  /** Removes every entry. */
  clear(): void {
    if (this.isEmpty()) return
    this.#root = TrieNode.empty(this.#width)
    this.#rootCid = undefined
  }

  /** Drops all changes and goes on from another stored root. */
  setRoot(root: CID): void {
    this.#root = this.#load(root.bytes, 0, root.bytes.length, 0)
    this.#rootCid = root
  }

  /** The value of a key, or undefined. */
  get(key: Uint8Array): V | undefined {
    return this.#find(key, false)?.entry.value(this.codec)
  }

  /** The value of a key, still encoded (a view, not to be written to), or undefined. */
  getRaw(key: Uint8Array): Uint8Array | undefined {
    const entry = this.#find(key, false)?.entry
    return entry?.block.subarray(entry.valueAt, entry.end)
  }

  has(key: Uint8Array): boolean {
    return this.#find(key, false) !== undefined
  }

  set(key: Uint8Array, value: V, overwrite: boolean): boolean {
    const keyItem = this.#format.encodeKey(key)
    const hash = this.#format.hash(key)
    const place = this.#findItem(keyItem, hash, true)
    if (place !== undefined && !overwrite) return false
    const valueItem = this.codec.encode(value)
    const block = new Uint8Array(keyItem.length + valueItem.length)
    block.set(keyItem)
    block.set(valueItem, keyItem.length)
    const entry = new Entry(block, 0, keyItem.length, block.length)
    if (place !== undefined && sameValue(place.entry, entry)) return false
    const root = this.#root.toOwned()
    this.#insert(root, hash, 0, 0, entry, keyItem)
    this.#root = root
    this.#rootCid = undefined
    return true
  }

  delete(key: Uint8Array): boolean {
    const keyItem = this.#format.encodeKey(key)
    const hash = this.#format.hash(key)
    const place = this.#findItem(keyItem, hash, true)
    if (place === undefined) return false
    // A child with nothing but this entry was not canonical before; the reference has no name for the result either.
    if (place.lonely && place.depth > 0 && place.depth - 1 >= this.config.minDataDepth)
      throw this.#malformed("node has no pointers after a deletion")
    const root = this.#root.toOwned()
    this.#remove(root, hash, 0, 0, keyItem)
    this.#root = root
    this.#rootCid = undefined
    return true
  }

  /** Stores all nodes that have changed, in one `putMany`, and returns the CID of the root. After an error it can be tried again. */
  flush(): CID {
    if (this.#rootCid !== undefined) return this.#rootCid
    const blocks: Block[] = []
    const flushed: Flushed[] = []
    const root = this.#flushNode(this.#root, blocks, flushed)
    this.store.putMany(blocks)
    for (const { node, cid, stored } of flushed) {
      node.slots = stored.slots
      node.owned = false
      node.stored = stored
      this.#cache.set(cid.bytes, stored)
    }
    this.#rootCid = root
    return root
  }

  #malformed(message: string, cause?: IpldError): MalformedNode {
    return new MalformedNode(this.#format.structure, message, cause === undefined ? undefined : { cause })
  }

  // Reading

  #loadLink(link: Link, depth: number): TrieNode {
    return this.#load(link.block as Uint8Array, link.start, link.end, depth)
  }

  /** The node whose CID is block[start..end]. */
  #load(block: Uint8Array, start: number, end: number, depth: number): TrieNode {
    let stored = this.#cache.get(block, start, end)
    if (stored === undefined || stored.layout !== this.#layout) {
      const cid = decodeCid(block.slice(start, end))
      const bytes = this.store.get(cid)
      if (bytes === undefined) throw new BlockNotFound(cid)
      try {
        stored = this.#decode(bytes)
      } catch (cause) {
        throw cause instanceof MalformedNode
          ? cause
          : this.#malformed(`${cid}: ${(cause as Error).message}`, cause as IpldError)
      }
      this.#cache.set(cid.bytes, stored)
    }
    this.#checkDepth(stored, depth)
    return new TrieNode(stored.slots, stored.count, false, stored)
  }

  /** The rules that depend on where a node stands. */
  #checkDepth(node: StoredNode, depth: number): void {
    if (depth > 0 && node.count === 0) throw this.#malformed("only the root may have no pointers")
    const shallow = depth < this.config.minDataDepth
    if (!shallow && !this.#format.extensions) return
    const left = this.#hashBits - (depth + 1) * this.config.bitWidth
    for (const slot of node.slots) {
      if (slot === undefined) continue
      if (slot instanceof Link) {
        if (slot.extension.length > 0 && left <= slot.extension.length)
          throw this.#malformed(`extension of ${slot.extension.length} bits where ${left} are left of the key`)
      } else if (shallow) throw this.#malformed(`values at depth ${depth}, above the minimum data depth`)
    }
  }

  #decode(bytes: Uint8Array): StoredNode {
    const { bitWidth, maxArrayWidth } = this.config
    const width = this.#width
    const reader = new CborReader(bytes)
    reader.tuple(2, "node")
    const bitfield = reader.bytesView("bitfield")
    if (bitfield.length > 32) throw this.#malformed(`bitfield has ${bitfield.length} bytes, at most 32 are allowed`)
    const count = reader.arrayHeader("pointers")
    if (count > width) throw this.#malformed(`${count} pointers, at most ${width} fit a bit width of ${bitWidth}`)
    const slots = new Array<Slot>(width).fill(undefined)
    const start = reader.at
    const ends = new Array<number>(width).fill(start)
    let seen = 0
    let filled = 0
    for (let i = bitfield.length - 1, base = 0; i >= 0; i--, base += 8) {
      for (let bits = bitfield[i]!, bit = base; bits !== 0; bits >>= 1, bit++) {
        if ((bits & 1) === 0) continue
        if (bit >= width) throw this.#malformed(`bit ${bit} is set, which a bit width of ${bitWidth} does not have`)
        if (++seen > count) throw this.#malformed(`bitfield has more bits than the ${count} pointers`)
        const before = reader.at
        slots[bit] = this.#decodePointer(reader, maxArrayWidth)
        while (filled < bit) ends[filled++] = before
        ends[filled++] = reader.at
      }
    }
    if (seen !== count) throw this.#malformed(`bitfield has ${seen} bits for ${count} pointers`)
    while (filled < width) ends[filled++] = reader.at
    reader.finish("node")
    return { layout: this.#layout, slots, count, bytes, start, ends }
  }

  #decodePointer(reader: CborReader, maxArrayWidth: number): Bucket | Link {
    if (!this.#format.extensions) {
      return reader.peekMajor() === MAJOR.tag
        ? this.#decodeLink(reader, NO_EXTENSION, reader.linkView("pointer"))
        : this.#decodeBucket(reader, maxArrayWidth)
    }
    if (reader.mapHeader("pointer") !== 1) throw this.#malformed("pointer is not a map of one pair")
    const tag = reader.text("pointer tag")
    if (tag === "v") return this.#decodeBucket(reader, maxArrayWidth)
    if (tag !== "l") throw this.#malformed(`pointer has the tag "${tag}", not "v" or "l"`)
    reader.tuple(3, "link")
    const target = reader.linkView("link")
    const length = reader.uint("extension length")
    const path = reader.bytesView("extension")
    if (length % this.config.bitWidth !== 0)
      throw this.#malformed(`extension of ${length} bits is not a multiple of the bit width ${this.config.bitWidth}`)
    if (path.length * 8 < length) throw this.#malformed(`extension of ${length} bits has ${path.length} bytes only`)
    return this.#decodeLink(reader, length === 0 && path.length === 0 ? NO_EXTENSION : { length, path }, target)
  }

  #decodeLink(reader: CborReader, extension: Extension, target: Uint8Array): Link {
    const start = target.byteOffset - reader.bytes.byteOffset
    const link = new Link(reader.bytes, start, start + target.length, extension)
    const usual = isUsualCid(target, 0, target.length) && target[1] === DAG_CBOR
    if (!usual && link.cid.code !== DAG_CBOR)
      throw this.#malformed(`child ${link.cid} is not DAG-CBOR but 0x${link.cid.code.toString(16)}`)
    return link
  }

  #decodeBucket(reader: CborReader, maxArrayWidth: number): Bucket {
    const length = reader.arrayHeader("bucket")
    if (length === 0) throw this.#malformed("empty bucket")
    if (length > maxArrayWidth)
      throw this.#malformed(`bucket of ${length} entries, at most ${maxArrayWidth} are allowed`)
    const bucket: Entry[] = []
    let before: Uint8Array | undefined
    for (let i = 0; i < length; i++) {
      reader.tuple(2, "entry")
      const keyAt = reader.at
      reader.skip("key")
      const valueAt = reader.at
      reader.skip("value")
      bucket.push(new Entry(reader.bytes, keyAt, valueAt, reader.at))
      const key = this.#format.decodeKey(reader.bytes, keyAt, valueAt)
      if (before !== undefined && this.#format.compare(before, key) >= 0)
        throw this.#malformed("duplicate or unsorted keys in a bucket")
      before = key
    }
    return bucket
  }

  #keyOf(entry: Entry): Uint8Array {
    return this.#format.decodeKey(entry.block, entry.keyAt, entry.valueAt)
  }

  /** The child behind a link, from memory, from the cache or from the store. */
  #child(node: TrieNode, index: number, link: Link, depth: number): TrieNode {
    let child = node.child(index)
    if (child === undefined) {
      child = this.#loadLink(link, depth)
      node.setChild(index, child)
    }
    return child
  }

  #find(key: Uint8Array, deep: boolean): Place | undefined {
    return this.#findItem(this.#format.encodeKey(key), this.#format.hash(key), deep)
  }

  /** @param deep - Whether skipped levels count as depth, as they do for the reference when it writes, not when it reads. */
  #findItem(keyItem: Uint8Array, hash: Uint8Array, deep: boolean): Place | undefined {
    const { bitWidth } = this.config
    const hashBits = this.#hashBits
    let node = this.#root
    let at = 0
    let depth = 0
    for (;;) {
      const index = bitsAt(hash, hashBits, at, bitWidth)
      at += bitWidth
      const slot = node.slots[index]
      if (slot === undefined) return undefined
      if (slot instanceof Link) {
        const { extension } = slot
        if (extension.length > 0) {
          if (this.#matched(hash, at, extension) < extension.length) return undefined
          at += extension.length
        }
        node = this.#child(node, index, slot, depth + 1)
        depth += 1
        if (deep) depth += extension.length / bitWidth
        continue
      }
      for (const entry of slot)
        if (entry.hasKey(keyItem)) return { entry, lonely: node.count === 1 && slot.length === 1, depth }
      return undefined
    }
  }

  /** Bits of the extension, in whole levels, that the hash has too from bit `at` on. */
  #matched(hash: Uint8Array, at: number, extension: Extension): number {
    const { bitWidth } = this.config
    let matched = 0
    while (matched < extension.length) {
      const ours = bitsAt(hash, this.#hashBits, at + matched, bitWidth)
      if (ours !== bitsAt(extension.path, extension.length, matched, bitWidth)) break
      matched += bitWidth
    }
    return matched
  }

  // Writing. `node` is owned; whatever has to be read was read by the walk before.

  /** The child at `index`, owned, behind a dirty link. */
  #ownChild(node: TrieNode, index: number, link: Link, depth: number): TrieNode {
    const child = this.#child(node, index, link, depth).toOwned()
    node.setChild(index, child)
    if (link.block !== undefined) node.slots[index] = Link.dirty(link.extension)
    return child
  }

  #put(node: TrieNode, index: number, slot: Bucket | Link, child: TrieNode | undefined): void {
    if (node.slots[index] === undefined) node.count++
    node.slots[index] = slot
    node.setChild(index, child)
  }

  #insert(node: TrieNode, hash: Uint8Array, at: number, depth: number, entry: Entry, keyItem: Uint8Array): void {
    const { bitWidth, minDataDepth, maxArrayWidth } = this.config
    const index = bitsAt(hash, this.#hashBits, at, bitWidth)
    at += bitWidth
    const slot = node.slots[index]
    if (slot === undefined) {
      if (depth >= minDataDepth) this.#put(node, index, [entry], undefined)
      else {
        const sub = TrieNode.empty(this.#width)
        this.#insert(sub, hash, at, depth + 1, entry, keyItem)
        this.#put(node, index, Link.dirty(NO_EXTENSION), sub)
      }
      return
    }
    if (slot instanceof Link) {
      const { extension } = slot
      const matched = this.#matched(hash, at, extension)
      if (matched === extension.length) {
        const child = this.#ownChild(node, index, slot, depth + 1)
        this.#insert(child, hash, at + matched, depth + 1 + matched / bitWidth, entry, keyItem)
        return
      }
      // The key leaves the extension half-way: a new node stands at the fork.
      const fork = TrieNode.empty(this.#width)
      const onward = bitsAt(extension.path, extension.length, matched, bitWidth)
      const tail = sliceBits(extension.path, matched + bitWidth, extension.length - matched - bitWidth)
      this.#put(fork, onward, slot.withExtension(tail), node.child(index))
      this.#put(fork, bitsAt(hash, this.#hashBits, at + matched, bitWidth), [entry], undefined)
      this.#put(node, index, Link.dirty(sliceBits(extension.path, 0, matched)), fork)
      return
    }
    const known = slot.findIndex((other) => other.hasKey(keyItem))
    if (known >= 0) {
      this.#put(node, index, slot.toSpliced(known, 1, entry), undefined)
      return
    }
    if (slot.length < maxArrayWidth) {
      const key = this.#keyOf(entry)
      const after = slot.findIndex((other) => this.#format.compare(this.#keyOf(other), key) > 0)
      this.#put(node, index, slot.toSpliced(after < 0 ? slot.length : after, 0, entry), undefined)
      return
    }
    // A full bucket becomes a child. It is hung in only when it is complete: two keys with one hash end in MaxDepth on the way.
    const hashes = slot.map((other) => this.#format.hash(this.#keyOf(other)))
    let skipped = 0
    if (this.#format.extensions) {
      while (
        at + skipped < this.#hashBits &&
        hashes.every(
          (other) =>
            bitsAt(other, this.#hashBits, at + skipped, bitWidth) ===
            bitsAt(hash, this.#hashBits, at + skipped, bitWidth),
        )
      )
        skipped += bitWidth
    }
    const extension = sliceBits(hash, at, Math.min(skipped, this.#hashBits - at))
    const sub = TrieNode.empty(this.#width)
    const below = depth + 1 + skipped / bitWidth
    this.#insert(sub, hash, at + skipped, below, entry, keyItem)
    slot.forEach((other, i) => {
      const item = other.block.subarray(other.keyAt, other.valueAt)
      this.#insert(sub, hashes[i]!, at + skipped, below, other, item)
    })
    this.#put(node, index, Link.dirty(extension), sub)
  }

  #remove(node: TrieNode, hash: Uint8Array, at: number, depth: number, keyItem: Uint8Array): void {
    const { bitWidth } = this.config
    const index = bitsAt(hash, this.#hashBits, at, bitWidth)
    at += bitWidth
    const slot = node.slots[index]
    if (slot instanceof Link) {
      const { extension } = slot
      const child = this.#ownChild(node, index, slot, depth + 1)
      this.#remove(child, hash, at + extension.length, depth + 1 + extension.length / bitWidth, keyItem)
      this.#collapse(node, index, extension, child, depth)
    } else if (slot !== undefined) {
      const rest = slot.filter((entry) => !entry.hasKey(keyItem))
      if (rest.length > 0) node.slots[index] = rest
      else this.#clearSlot(node, index)
    }
  }

  #clearSlot(node: TrieNode, index: number): void {
    node.slots[index] = undefined
    node.setChild(index, undefined)
    node.count--
  }

  /** Brings the child back to the one form that a tree with these entries has. */
  #collapse(node: TrieNode, index: number, extension: Extension, child: TrieNode, depth: number): void {
    const { bitWidth, minDataDepth, maxArrayWidth } = this.config
    if (depth < minDataDepth) {
      if (child.count === 0) this.#clearSlot(node, index)
      return
    }
    if (child.count === 1) {
      const only = child.slots.findIndex((slot) => slot !== undefined)
      const slot = child.slots[only] as Bucket | Link
      if (!(slot instanceof Link)) this.#put(node, index, slot, undefined)
      else if (this.#format.extensions) {
        const joined = joinExtensions(extension, only, bitWidth, slot.extension)
        this.#put(node, index, slot.withExtension(joined), child.child(only))
      }
      return
    }
    if (child.count > maxArrayWidth) return
    const entries: Entry[] = []
    for (const slot of child.slots) {
      if (slot === undefined) continue
      if (slot instanceof Link || entries.length + slot.length > maxArrayWidth) return
      entries.push(...slot)
    }
    entries.sort((a, b) => this.#format.compare(this.#keyOf(a), this.#keyOf(b)))
    this.#put(node, index, entries, undefined)
  }

  // Storing

  /** Encodes what has changed from `node` down. The nodes stay as they are: the store may still refuse. */
  #flushNode(node: TrieNode, blocks: Block[], flushed: Flushed[]): CID {
    const { children } = node
    const slots = node.slots.slice()
    if (children !== undefined) {
      for (let i = 0; i < children.length; i++) {
        const slot = slots[i]
        const child = children[i]
        if (child === undefined || !(slot instanceof Link) || slot.block !== undefined) continue
        slots[i] = Link.to(this.#flushNode(child, blocks, flushed), slot.extension)
      }
    }
    const stored = this.#encode(slots, node.count, node.stored)
    const cid = cidOfBlock(DAG_CBOR, stored.bytes)
    blocks.push({ cid, bytes: stored.bytes })
    flushed.push({ node, cid, stored })
    return cid
  }

  /** @param before - The node before it was changed: pointers that are the same there are copied, neighbours in one piece. */
  #encode(slots: Slots, count: number, before: StoredNode | undefined): StoredNode {
    const width = slots.length
    writer.reset()
    writer.arrayHeader(2)
    const bitfield = new Uint8Array(width <= 8 ? 1 : width / 8)
    const last = bitfield.length - 1
    for (let i = 0; i < width; i++) if (slots[i] !== undefined) bitfield[last - (i >> 3)]! |= 1 << (i & 7)
    const first = bitfield.findIndex((byte) => byte !== 0)
    writer.bytes(first < 0 ? bitfield.subarray(0, 0) : bitfield.subarray(first))
    writer.arrayHeader(count)
    const start = writer.length
    const ends = new Array<number>(width)
    let at = start
    // before.bytes[from..to] are pointers that are the same, and not written yet.
    let from = 0
    let to = 0
    for (let i = 0; i < width; i++) {
      const slot = slots[i]
      if (before !== undefined && slot === before.slots[i]) {
        const begin = i === 0 ? before.start : before.ends[i - 1]!
        if (begin !== to) {
          if (to > from) writer.raw(before.bytes, from, to)
          from = begin
        }
        to = before.ends[i]!
        at += to - begin
      } else if (slot !== undefined) {
        if (to > from) writer.raw(before!.bytes, from, to)
        from = to
        this.#encodePointer(slot)
        at = writer.length
      }
      ends[i] = at
    }
    if (to > from) writer.raw(before!.bytes, from, to)
    return { layout: this.#layout, slots, count, bytes: writer.finish(), start, ends }
  }

  #encodePointer(slot: Bucket | Link): void {
    const tagged = this.#format.extensions
    if (slot instanceof Link) {
      if (tagged) writer.mapHeader(1).text("l").arrayHeader(3)
      writer.linkBytes(slot.block as Uint8Array, slot.start, slot.end)
      if (tagged) writer.integer(slot.extension.length).bytes(slot.extension.path)
      return
    }
    if (tagged) writer.mapHeader(1).text("v")
    writer.arrayHeader(slot.length)
    for (const entry of slot) writer.arrayHeader(2).raw(entry.block, entry.keyAt, entry.end)
  }

  // Walking

  /**
   * All entries, in the order of their hashed keys (within a bucket: of their keys). Nodes read on the way are not kept in this tree.
   * The tree must not be changed meanwhile.
   *
   * @param from - Key to begin with. Default: the first.
   * @throws StartKeyNotFound - `from` is not in the tree.
   */
  *entries(from?: Uint8Array): Generator<[key: Uint8Array, value: V]> {
    for (const entry of this.#walk(from)) yield [this.#keyOf(entry), entry.value(this.codec)]
  }

  /** The keys, in the order of {@link entries}, without decoding a value. */
  *keys(): Generator<Uint8Array> {
    for (const entry of this.#walk(undefined)) yield this.#keyOf(entry)
  }

  *#walk(from: Uint8Array | undefined): Generator<Entry> {
    const stack: { node: TrieNode; next: number }[] = []
    let bucket: Bucket = []
    if (from === undefined) stack.push({ node: this.#root, next: 0 })
    else {
      const { bitWidth } = this.config
      const keyItem = this.#format.encodeKey(from)
      const hash = this.#format.hash(from)
      let node = this.#root
      let at = 0
      for (;;) {
        const index = bitsAt(hash, this.#hashBits, at, bitWidth)
        at += bitWidth
        stack.push({ node, next: index + 1 })
        const slot = node.slots[index]
        if (slot instanceof Link) {
          if (this.#matched(hash, at, slot.extension) < slot.extension.length) throw new StartKeyNotFound()
          at += slot.extension.length
          node = node.child(index) ?? this.#loadLink(slot, stack.length)
          continue
        }
        const start = slot?.findIndex((entry) => entry.hasKey(keyItem)) ?? -1
        if (slot === undefined || start < 0) throw new StartKeyNotFound()
        bucket = slot.slice(start)
        break
      }
    }
    yield* bucket
    for (;;) {
      const top = stack[stack.length - 1]
      if (top === undefined) return
      if (top.next >= top.node.slots.length) {
        stack.pop()
        continue
      }
      const index = top.next++
      const slot = top.node.slots[index]
      if (slot === undefined) continue
      if (slot instanceof Link) {
        // The bits of a key are finite, and so is the depth of an honest tree; a forged one could be a very long chain.
        if (stack.length * this.config.bitWidth >= this.#hashBits) throw new MaxDepth()
        stack.push({ node: top.node.child(index) ?? this.#loadLink(slot, stack.length), next: 0 })
      } else yield* slot
    }
  }

  /** What has changed from this tree to `other`. Subtrees with the same CID are not read. Both must have the same configuration. */
  *diff(other: HashTrie<V>): Generator<TrieChange<V>> {
    yield* this.#diffNodes(this.#root, other, other.#root, 1)
  }

  *#diffNodes(before: TrieNode, other: HashTrie<V>, after: TrieNode, depth: number): Generator<TrieChange<V>> {
    if (before.slots === after.slots && before.children === undefined && after.children === undefined) return
    for (let i = 0; i < this.#width; i++) {
      const a = before.slots[i]
      const b = after.slots[i]
      if (a === b && !(a instanceof Link && a.block === undefined)) continue
      yield* this.#diffSlots(a, before.child(i), other, b, after.child(i), depth)
    }
  }

  *#diffSlots(
    a: Slot,
    aChild: TrieNode | undefined,
    other: HashTrie<V>,
    b: Slot,
    bChild: TrieNode | undefined,
    depth: number,
  ): Generator<TrieChange<V>> {
    if (depth * this.config.bitWidth > this.#hashBits + 8) throw new MaxDepth()
    if (a instanceof Link && b instanceof Link) {
      if (a.extension.length === b.extension.length && a.sameTarget(b)) {
        if (this.#matched(a.extension.path, 0, b.extension) === b.extension.length) return
      }
      const left = this.#expand(a, aChild, depth)
      const right = other.#expand(b, bChild, depth)
      yield* this.#diffNodes(left, other, right, depth + 1)
      return
    }
    // At least one side is a bucket or nothing. Few entries on that side; all of the other side is new or gone but for these.
    const left = this.#entriesIn(a, aChild, depth)
    const right = new Map<string, Entry>()
    for (const entry of other.#entriesIn(b, bChild, depth)) right.set(keyName(entry), entry)
    for (const entry of left) {
      const name = keyName(entry)
      const twin = right.get(name)
      right.delete(name)
      if (twin !== undefined && sameValue(entry, twin)) continue
      yield { key: this.#keyOf(entry), before: entry.value(this.codec), after: twin?.value(other.codec) }
    }
    for (const entry of right.values())
      yield { key: this.#keyOf(entry), before: undefined, after: entry.value(other.codec) }
  }

  /** The node one level below a link; for a level that the extension skips, a node with one slot. */
  #expand(link: Link, child: TrieNode | undefined, depth: number): TrieNode {
    const { length, path } = link.extension
    if (length === 0) return child ?? this.#loadLink(link, depth)
    const { bitWidth } = this.config
    const node = TrieNode.empty(this.#width)
    const rest = sliceBits(path, bitWidth, length - bitWidth)
    this.#put(node, bitsAt(path, length, 0, bitWidth), link.withExtension(rest), child)
    return node
  }

  *#entriesIn(slot: Slot, child: TrieNode | undefined, depth: number): Generator<Entry> {
    if (slot === undefined) return
    if (!(slot instanceof Link)) {
      yield* slot
      return
    }
    if (depth * this.config.bitWidth > this.#hashBits) throw new MaxDepth()
    const node = child ?? this.#loadLink(slot, depth)
    for (let i = 0; i < node.slots.length; i++) yield* this.#entriesIn(node.slots[i], node.child(i), depth + 1)
  }
}

function keyName(entry: Entry): string {
  let name = ""
  for (let i = entry.keyAt; i < entry.valueAt; i++) name += String.fromCharCode(entry.block[i]!)
  return name
}
