import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "./blockstore.ts"
import { CborReader, CborWriter } from "./cbor.ts"
import { cidEquals, cidOfBlock, DAG_CBOR } from "./cid.ts"
import type { Codec } from "./codec.ts"
import { BlockNotFound, IndexOutOfRange, IpldError, MalformedNode } from "./errors.ts"

/** The largest index. @see fvm_ipld_amt MAX_INDEX */
export const MAX_INDEX: bigint = 0xfffffffffffffffen
/** Bit width of an AMT whose root does not say it. */
export const DEFAULT_AMT_BIT_WIDTH = 3
/** A root may not claim more levels than this. @see fvm_ipld_amt MAX_HEIGHT */
const MAX_HEIGHT = 64
/** Widest node we are ready to hold in memory; the reference's users have 3 to 6. */
const MAX_BIT_WIDTH = 16

/** A value as part of a block, still encoded. */
class Item {
  readonly block: Uint8Array
  readonly start: number
  readonly end: number
  #decoded: unknown = undefined
  #codec: unknown = undefined

  constructor(block: Uint8Array, start: number, end: number) {
    this.block = block
    this.start = start
    this.end = end
  }

  value<V>(codec: Codec<V>): V {
    if (this.#codec === codec) return this.#decoded as V
    const value = codec.decode(this.block.subarray(this.start, this.end))
    this.#decoded = value
    this.#codec = codec
    return value
  }

  equals(other: Item): boolean {
    const length = this.end - this.start
    if (other.end - other.start !== length) return false
    for (let i = 0; i < length; i++) if (this.block[this.start + i] !== other.block[other.start + i]) return false
    return true
  }
}

/** A child: stored (`cid`), loaded (`node`), or both; without a CID it is dirty. */
type Child = { cid: CID | undefined; node: AmtNode | undefined }

/** A node of values (at height 0) or of children (above). Arrays have 2^bitWidth places. */
type AmtNode =
  | { readonly kind: "leaf"; readonly items: (Item | undefined)[] }
  | { readonly kind: "link"; readonly children: (Child | undefined)[] }

/** A change of one index between two AMTs; `before` is undefined for a new index, `after` for one that is gone. */
export type AmtChange<V> = { readonly index: number; readonly before: V | undefined; readonly after: V | undefined }

/** How an AMT is laid out when it is made; a stored one says it itself, but for the version. */
export type AmtOptions = {
  /** Bits of the index per level. Default: 3. */
  readonly bitWidth?: number
  /** 3: the root begins with its bit width. 0: it does not, and the width is 3 (messages and receipts of a tipset). Default: 3. */
  readonly version?: 0 | 3
}

const writer = new CborWriter()

function isEmptyNode(node: AmtNode): boolean {
  return node.kind === "leaf"
    ? node.items.every((item) => item === undefined)
    : node.children.every((child) => child === undefined)
}

function malformed(message: string, cause?: unknown): MalformedNode {
  return new MalformedNode("amt", message, cause === undefined ? undefined : { cause })
}

/**
 * A sparse array of values, kept as an array mapped trie in a blockstore. The same values give the same root CID as in the reference.
 *
 * The root is `[bitWidth, height, count, node]`, or `[height, count, node]` in version 0. A node is `[bitmap, links, values]`, one of the
 * two lists empty; bit i of the bitmap (lowest bit of the first byte first) says that place i is taken. Height 0 holds values; each level above multiplies
 * the range of an index by 2^bitWidth.
 *
 * Indices are 0 to 2^64-2 and may be given as `number` (exact ones only) or `bigint`.
 * Methods that read or write throw {@link IndexOutOfRange}, {@link BlockNotFound}, {@link MalformedNode}, and whatever the codec and the store throw; the AMT is
 * then as it was before the call.
 *
 * @see fvm_ipld_amt 0.7; ref-fvm ipld/amt
 */
export class Amt<V> {
  readonly store: Blockstore
  readonly codec: Codec<V>
  readonly bitWidth: number
  readonly version: 0 | 3
  #height: number
  #count: number
  #root: AmtNode
  #rootCid: CID | undefined

  private constructor(
    store: Blockstore,
    codec: Codec<V>,
    version: 0 | 3,
    root: { bitWidth: number; height: number; count: number; node: AmtNode | undefined },
    cid: CID | undefined,
  ) {
    this.store = store
    this.codec = codec
    this.version = version
    this.bitWidth = root.bitWidth
    this.#height = root.height
    this.#count = root.count
    this.#root = root.node ?? this.#emptyNode(0)
    this.#rootCid = cid
  }

  /** An empty array. Nothing is stored before {@link flush}. @throws MalformedNode - No such bit width. */
  static create<V>(store: Blockstore, codec: Codec<V>, options: AmtOptions = {}): Amt<V> {
    const { bitWidth, version } = checkedOptions(options)
    return new Amt(store, codec, version, { bitWidth, height: 0, count: 0, node: undefined }, undefined)
  }

  /**
   * The array with the given root. Its root node is read now, the others when they are needed.
   *
   * @param version - Layout of the root, see {@link AmtOptions}. Default: 3.
   * @throws BlockNotFound, MalformedNode
   */
  static load<V>(store: Blockstore, root: CID, codec: Codec<V>, version: 0 | 3 = 3): Amt<V> {
    const bytes = store.get(root)
    if (bytes === undefined) throw new BlockNotFound(root)
    return new Amt(store, codec, version, decodeRoot(root, bytes, version), root)
  }

  /** Stores an array of values with indices 0, 1, 2 ... and returns its root. */
  static fromValues<V>(store: Blockstore, codec: Codec<V>, values: Iterable<V>, options: AmtOptions = {}): CID {
    const { bitWidth, version } = checkedOptions(options)
    const width = 2 ** bitWidth
    // Without gaps the tree is known beforehand: level after level of full nodes, and one that is not full at the end of each.
    let items: Uint8Array[] = []
    for (const value of values) items.push(codec.encode(value))
    const count = items.length
    const blocks: Block[] = []
    let height = 0
    for (; items.length > width; height++) {
      const above: Uint8Array[] = []
      for (let at = 0; at < items.length; at += width) {
        writer.reset()
        writeFullNode(items, at, bitWidth, height)
        const bytes = writer.finish()
        const cid = cidOfBlock(DAG_CBOR, bytes)
        blocks.push({ cid, bytes })
        above.push(writer.link(cid).finish())
      }
      items = above
    }
    writer.reset()
    writeRootHead(version, bitWidth, height, count)
    writeFullNode(items, 0, bitWidth, height)
    const bytes = writer.finish()
    const cid = cidOfBlock(DAG_CBOR, bytes)
    blocks.push({ cid, bytes })
    store.putMany(blocks)
    return cid
  }

  /** Number of values, as the root says. */
  get count(): number {
    return this.#count
  }

  /** Levels above the values. */
  get height(): number {
    return this.#height
  }

  /** The value at an index, or undefined. Not to be changed. */
  get(index: number | bigint): V | undefined {
    const position = checkIndex(index)
    if (!this.#reaches(position)) return undefined
    return this.#find(position)?.value(this.codec)
  }

  /** Whether there is a value at an index. */
  has(index: number | bigint): boolean {
    const position = checkIndex(index)
    return this.#reaches(position) && this.#find(position) !== undefined
  }

  /** Puts a value at an index. */
  set(index: number | bigint, value: V): void {
    const position = checkIndex(index)
    const old = this.#reaches(position) ? this.#find(position) : undefined
    const bytes = this.codec.encode(value)
    const item = new Item(bytes, 0, bytes.length)
    if (old?.equals(item)) return
    while (!this.#reaches(position)) {
      const above = this.#emptyNode(this.#height + 1)
      if (above.kind === "link" && !isEmptyNode(this.#root)) above.children[0] = { cid: undefined, node: this.#root }
      this.#root = above
      this.#height += 1
    }
    this.#rootCid = undefined
    this.#root = this.#insert(this.#root, this.#height, position, item)
    if (old === undefined) this.#count += 1
  }

  /** Removes the value at an index. Returns whether there was one. */
  delete(index: number | bigint): boolean {
    const position = checkIndex(index)
    if (!this.#reaches(position)) return false
    if (this.#find(position) === undefined) return false
    let root = this.#remove(this.#root, this.#height, position)
    let height = this.#height
    if (root === undefined) {
      height = 0
      root = this.#emptyNode(0)
    }
    // The tree must not be higher than its last value needs.
    while (height > 0 && root.kind === "link") {
      const first: Child | undefined = root.children[0]
      if (first === undefined || root.children.some((child, i) => i > 0 && child !== undefined)) break
      root = this.#childNode(first, height - 1)
      height -= 1
    }
    this.#root = root
    this.#height = height
    this.#count -= 1
    this.#rootCid = undefined
    return true
  }

  /** Stores what has changed, in one `putMany`, and returns the root's CID. After an error nothing is lost: it can be tried again. */
  flush(): CID {
    if (this.#rootCid !== undefined) return this.#rootCid
    const blocks: Block[] = []
    const cids = new Map<Child, CID>()
    this.#flushChildren(this.#root, blocks, cids)
    writer.reset()
    writeRootHead(this.version, this.bitWidth, this.#height, this.#count)
    this.#writeNode(this.#root, cids)
    const bytes = writer.finish()
    const cid = cidOfBlock(DAG_CBOR, bytes)
    blocks.push({ cid, bytes })
    this.store.putMany(blocks)
    for (const [child, childCid] of cids) child.cid = childCid
    this.#rootCid = cid
    return cid
  }

  /**
   * All values with their indices, in order. Nodes read on the way are not kept. The array must not be changed meanwhile.
   *
   * @param from - Index to begin with, whether or not there is a value at it. Default: 0.
   * @throws IndexOutOfRange - A value stands at an index beyond 2^53-1; {@link entries64} has those too.
   */
  *entries(from: number | bigint = 0): Generator<[index: number, value: V]> {
    for (const [index, item] of this.#walk(this.#root, this.#height, 0n, checkIndex(from))) {
      if (index > BigInt(Number.MAX_SAFE_INTEGER)) throw new IndexOutOfRange(index)
      yield [Number(index), item.value(this.codec)]
    }
  }

  /** As {@link entries}, with indices of 64 bits. */
  *entries64(from: number | bigint = 0): Generator<[index: bigint, value: V]> {
    for (const [index, item] of this.#walk(this.#root, this.#height, 0n, checkIndex(from)))
      yield [index, item.value(this.codec)]
  }

  /** The values in the order of their indices. */
  *values(): Generator<V> {
    for (const [, item] of this.#walk(this.#root, this.#height, 0n, 0n)) yield item.value(this.codec)
  }

  /** What changed from this array to `other`, in the order of the indices. Equal subtrees are not read. @throws MalformedNode - The bit widths differ. */
  *diff(other: Amt<V>): Generator<AmtChange<V>> {
    if (this.bitWidth !== other.bitWidth)
      throw malformed(`bit width ${this.bitWidth} cannot be compared with ${other.bitWidth}`)
    const height = Math.max(this.#height, other.#height)
    const before = this.#raised(height)
    const after = other.#raised(height)
    yield* this.#diffNodes(before, other, after, height, 0n)
  }

  #width(): number {
    return 2 ** this.bitWidth
  }

  #emptyNode(height: number): AmtNode {
    return height === 0
      ? { kind: "leaf", items: new Array<Item | undefined>(this.#width()).fill(undefined) }
      : { kind: "link", children: new Array<Child | undefined>(this.#width()).fill(undefined) }
  }

  /** Whether an index is within the range of the tree at its present height. */
  #reaches(index: bigint): boolean {
    const bits = this.bitWidth * (this.#height + 1)
    return bits >= 64 || index >> BigInt(bits) === 0n
  }

  #place(index: bigint, height: number): number {
    return Number((index >> BigInt(this.bitWidth * height)) & BigInt(this.#width() - 1))
  }

  #childNode(child: Child, height: number): AmtNode {
    child.node ??= this.#load(child.cid as CID, height)
    return child.node
  }

  #load(cid: CID, height: number): AmtNode {
    const bytes = this.store.get(cid)
    if (bytes === undefined) throw new BlockNotFound(cid)
    return guard(cid, () => {
      const reader = new CborReader(bytes)
      const node = decodeNode(reader, this.bitWidth, height)
      reader.finish("node")
      return node
    })
  }

  #find(index: bigint): Item | undefined {
    let node = this.#root
    for (let height = this.#height; ; height--) {
      const place = this.#place(index, height)
      if (node.kind === "leaf") return height === 0 ? node.items[place] : undefined
      const child: Child | undefined = node.children[place]
      if (child === undefined) return undefined
      node = this.#childNode(child, height - 1)
    }
  }

  // Changed nodes are copies; what is shared with a stored root stays as it is.

  #insert(node: AmtNode, height: number, index: bigint, item: Item): AmtNode {
    const place = this.#place(index, height)
    if (height === 0) {
      const items = node.kind === "leaf" ? node.items.slice() : []
      items[place] = item
      return { kind: "leaf", items }
    }
    // An empty root of any height reads as a leaf.
    const children =
      node.kind === "link" ? node.children.slice() : new Array<Child | undefined>(this.#width()).fill(undefined)
    const child = children[place]
    const below = child === undefined ? this.#emptyNode(height - 1) : this.#childNode(child, height - 1)
    children[place] = { cid: undefined, node: this.#insert(below, height - 1, index, item) }
    return { kind: "link", children }
  }

  /** The node without the value, or undefined if it is then empty. */
  #remove(node: AmtNode, height: number, index: bigint): AmtNode | undefined {
    const place = this.#place(index, height)
    let result: AmtNode
    if (node.kind === "leaf") {
      const items = node.items.slice()
      items[place] = undefined
      result = { kind: "leaf", items }
    } else {
      const children = node.children.slice()
      const below = this.#remove(this.#childNode(children[place] as Child, height - 1), height - 1, index)
      children[place] = below === undefined ? undefined : { cid: undefined, node: below }
      result = { kind: "link", children }
    }
    return isEmptyNode(result) ? undefined : result
  }

  #flushChildren(node: AmtNode, blocks: Block[], cids: Map<Child, CID>): void {
    if (node.kind === "leaf") return
    for (const child of node.children) {
      if (child === undefined || child.cid !== undefined || child.node === undefined) continue
      this.#flushChildren(child.node, blocks, cids)
      writer.reset()
      this.#writeNode(child.node, cids)
      const bytes = writer.finish()
      const cid = cidOfBlock(DAG_CBOR, bytes)
      blocks.push({ cid, bytes })
      cids.set(child, cid)
    }
  }

  #writeNode(node: AmtNode, cids: ReadonlyMap<Child, CID>): void {
    const bitmap = new Uint8Array(bitmapLength(this.bitWidth))
    const places = node.kind === "leaf" ? node.items : node.children
    let taken = 0
    places.forEach((place, i) => {
      if (place === undefined) return
      bitmap[i >> 3]! |= 1 << (i & 7)
      taken++
    })
    writer.arrayHeader(3).bytes(bitmap)
    if (node.kind === "leaf") {
      writer.arrayHeader(0).arrayHeader(taken)
      for (const item of node.items) if (item !== undefined) writer.raw(item.block, item.start, item.end)
    } else {
      writer.arrayHeader(taken)
      for (const child of node.children) if (child !== undefined) writer.link(child.cid ?? (cids.get(child) as CID))
      writer.arrayHeader(0)
    }
  }

  *#walk(node: AmtNode, height: number, offset: bigint, from: bigint): Generator<[bigint, Item]> {
    if (node.kind === "leaf") {
      for (let i = 0; i < node.items.length; i++) {
        const item = node.items[i]
        const index = offset + BigInt(i)
        if (item !== undefined && index >= from) yield [index, item]
      }
      return
    }
    const shift = BigInt(this.bitWidth * height)
    for (let i = 0; i < node.children.length; i++) {
      const child = node.children[i]
      if (child === undefined) continue
      const start = offset + (BigInt(i) << shift)
      if (start + (1n << shift) <= from) continue
      yield* this.#walk(child.node ?? this.#load(child.cid as CID, height - 1), height - 1, start, from)
    }
  }

  /** The root as it would be in a higher tree. */
  #raised(height: number): AmtNode {
    let node = this.#root
    for (let at = this.#height; at < height; at++) {
      const above = this.#emptyNode(at + 1)
      if (above.kind === "link" && !isEmptyNode(node)) above.children[0] = { cid: undefined, node }
      node = above
    }
    return node
  }

  *#diffNodes(
    before: AmtNode | undefined,
    other: Amt<V>,
    after: AmtNode | undefined,
    height: number,
    offset: bigint,
  ): Generator<AmtChange<V>> {
    if (before === after) return
    const shift = BigInt(this.bitWidth * height)
    for (let i = 0; i < this.#width(); i++) {
      const start = offset + (BigInt(i) << shift)
      if (height === 0) {
        const left = before?.kind === "leaf" ? before.items[i] : undefined
        const right = after?.kind === "leaf" ? after.items[i] : undefined
        if (left === right || (left !== undefined && right !== undefined && left.equals(right))) continue
        if (start > BigInt(Number.MAX_SAFE_INTEGER)) throw new IndexOutOfRange(start)
        yield { index: Number(start), before: left?.value(this.codec), after: right?.value(other.codec) }
        continue
      }
      const left = before?.kind === "link" ? before.children[i] : undefined
      const right = after?.kind === "link" ? after.children[i] : undefined
      if (left === right || (left?.cid !== undefined && right?.cid !== undefined && cidEquals(left.cid, right.cid)))
        continue
      const leftNode = left && (left.node ?? this.#load(left.cid as CID, height - 1))
      const rightNode = right && (right.node ?? other.#load(right.cid as CID, height - 1))
      yield* this.#diffNodes(leftNode, other, rightNode, height - 1, start)
    }
  }
}

function checkIndex(index: number | bigint): bigint {
  if (typeof index === "number" && !Number.isSafeInteger(index)) throw new IndexOutOfRange(index)
  const position = BigInt(index)
  if (position < 0n || position > MAX_INDEX) throw new IndexOutOfRange(index)
  return position
}

function checkBitWidth(bitWidth: number): void {
  if (!Number.isInteger(bitWidth) || bitWidth < 1 || bitWidth > MAX_BIT_WIDTH)
    throw malformed(`bit width ${bitWidth} is not in 1..${MAX_BIT_WIDTH}`)
}

function checkedOptions(options: AmtOptions): { readonly bitWidth: number; readonly version: 0 | 3 } {
  const bitWidth = options.bitWidth ?? DEFAULT_AMT_BIT_WIDTH
  const version = options.version ?? 3
  checkBitWidth(bitWidth)
  if (version === 0 && bitWidth !== DEFAULT_AMT_BIT_WIDTH)
    throw malformed(`version 0 has a bit width of ${DEFAULT_AMT_BIT_WIDTH}, not ${bitWidth}`)
  return { bitWidth, version }
}

function writeRootHead(version: 0 | 3, bitWidth: number, height: number, count: number): void {
  if (version === 0) writer.arrayHeader(3)
  else writer.arrayHeader(4).integer(bitWidth)
  writer.integer(height).integer(count)
}

/** Writes a node whose first places are taken by items from `at` on, as many as there are and fit: links, or values at height 0. */
function writeFullNode(items: readonly Uint8Array[], at: number, bitWidth: number, height: number): void {
  const taken = Math.min(2 ** bitWidth, items.length - at)
  const bitmap = new Uint8Array(bitmapLength(bitWidth))
  for (let i = 0; i < taken; i++) bitmap[i >> 3]! |= 1 << (i & 7)
  writer.arrayHeader(3).bytes(bitmap)
  if (height === 0) writer.arrayHeader(0)
  writer.arrayHeader(taken)
  for (let i = at; i < at + taken; i++) writer.raw(items[i]!)
  if (height > 0) writer.arrayHeader(0)
}

function bitmapLength(bitWidth: number): number {
  return bitWidth <= 3 ? 1 : 2 ** (bitWidth - 3)
}

/** Turns what goes wrong with the bytes of a node into a MalformedNode that names it. */
function guard<T>(cid: CID, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof MalformedNode || !(cause instanceof IpldError)) throw cause
    throw malformed(`${cid}: ${cause.message}`, cause)
  }
}

function decodeRoot(
  cid: CID,
  bytes: Uint8Array,
  version: 0 | 3,
): { bitWidth: number; height: number; count: number; node: AmtNode } {
  return guard(cid, () => {
    const reader = new CborReader(bytes)
    reader.tuple(version === 0 ? 3 : 4, "root")
    const bitWidth = version === 0 ? DEFAULT_AMT_BIT_WIDTH : reader.uint("bit width")
    checkBitWidth(bitWidth)
    const height = reader.uint("height")
    if (height > MAX_HEIGHT) throw malformed(`height ${height} is more than ${MAX_HEIGHT}`)
    const count = reader.uint("count")
    const node = decodeNode(reader, bitWidth, height)
    reader.finish("root")
    return { bitWidth, height, count, node }
  })
}

function decodeNode(reader: CborReader, bitWidth: number, height: number): AmtNode {
  reader.tuple(3, "node")
  const bitmap = reader.bytesView("bitmap")
  if (bitmap.length !== bitmapLength(bitWidth))
    throw malformed(`bitmap has ${bitmap.length} bytes, a bit width of ${bitWidth} needs ${bitmapLength(bitWidth)}`)
  const width = 2 ** bitWidth
  const taken = (i: number): boolean => ((bitmap[i >> 3]! >> (i & 7)) & 1) === 1
  let bits = 0
  for (let i = 0; i < width; i++) if (taken(i)) bits++

  const links = reader.arrayHeader("links")
  if (links > 0 && links !== bits) throw malformed(`bitmap has ${bits} bits for ${links} links`)
  if (links > 0 && height === 0) throw malformed("node at height 0 has links")
  const children: (Child | undefined)[] = []
  if (links > 0)
    for (let i = 0; i < width; i++) children.push(taken(i) ? { cid: reader.link("link"), node: undefined } : undefined)

  const values = reader.arrayHeader("values")
  if (links > 0) {
    if (values > 0) throw malformed("node has both links and values")
    return { kind: "link", children }
  }
  if (values !== bits) throw malformed(`bitmap has ${bits} bits for ${values} values`)
  if (values > 0 && height > 0) throw malformed(`node at height ${height} has values`)
  const items: (Item | undefined)[] = []
  for (let i = 0; i < width; i++) {
    if (!taken(i)) {
      items.push(undefined)
      continue
    }
    const start = reader.at
    reader.skip("value")
    items.push(new Item(reader.bytes, start, reader.at))
  }
  return { kind: "leaf", items }
}
