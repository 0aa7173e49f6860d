/**
 * KAMT: a map from 32-byte keys to 32-byte values over IPLD blocks, laid out by the keys themselves, not by their hashes; here
 * with the settings of contract storage: bit width 5, minimum data depth 0, one value in a bucket.
 *
 *     node    [bit field (bytes, big-endian, no leading zeros), [pointer, ...]]     one pointer for each bit set, lowest first
 *     pointer {"v": [[key, value]]}            keys and values big-endian without leading zeros
 *             {"l": [CID, length, path]}       a node below, after `length` more bits of the key, which must be those of `path`
 *
 * The tree has one form for one content, so equal content has equal roots. Nodes are read when they are first needed and kept;
 * `flush` writes those that changed, children first, and keeps them too. Gas hangs on both, so both are as in the reference.
 *
 * A pointer that was not touched stays the CBOR that it was read as. In memory a node is
 *
 *     0 u32 bit field | 4 u32[32] pointer by index | 132 u32[32] bytes of it, if it is CBOR
 *
 * and a pointer either CBOR (first byte a1), or a record of a link that was followed:
 *
 *     0 u32 LINK or DIRTY | 4 u32 node, 0 if not loaded | 8 u32 CID (LINK) | 12 u32 length in bits | 16 u32 path
 *
 * Source: ref-fvm ipld/kamt; builtin-actors actors/evm/src/interpreter/system.rs (settings).
 */
import { blockLength, openBlock, putBlock } from "./block"
import { headSize, LINK_SIZE, stringSize, Writer } from "./cbor"
import { CID_LENGTH, Codec } from "./cid"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { alloc, allocZeroed, duplicate, equalBytes, mark, release } from "./memory"

const BIT_WIDTH: u32 = 5
const KEY_BITS: u32 = 256

const ENTRIES: usize = 4
const SIZES: usize = 132
const NODE_SIZE: usize = 260

const LINK: u32 = 1
const DIRTY: u32 = 2
const RECORD_SIZE: usize = 20

/** `{"v":` and `{"l":`, as the first three bytes of a pointer. */
const VALUE_MARK: u32 = 0x7661a1
const LINK_MARK: u32 = 0x6c61a1

/** The key of the running operation, 32 bytes, with room to read past its end. */
const KEY: usize = memory.data(40, 8)
/** Bytes of the key without leading zeros. */
let keySize: u32 = 0
/** The value of the running operation, big-endian, without leading zeros. */
let valueAt: usize = 0
let valueSize: u32 = 0
/** Another key, that of a value in the way. */
const OTHER: usize = memory.data(40, 8)

/** Pointers of nodes read so far: what an actor may want to charge for. */
export let pointersRead: u32 = 0
/** Bits of paths compared so far. */
export let bitsMatched: u32 = 0

function corrupt(): u32 {
  return abort(ExitCode.USR_ILLEGAL_STATE, "malformed KAMT node")
}

/** Leading zero bytes of 32. */
function leadingZeros(at: usize): u32 {
  let zeros: u32 = 0
  for (let i: usize = 0; i < 32; i += 8) {
    const word = load<u64>(at + i)
    if (word != 0) return zeros + (u32(ctz(word)) >> 3)
    zeros += 8
  }
  return zeros
}

/** The five bits of a key at `bit`; one bit at 255. */
// @ts-ignore: decorator
@inline
function index(key: usize, bit: u32): u32 {
  if (bit > KEY_BITS - BIT_WIDTH) return load<u8>(key, 31) & 1
  return (u32(bswap<u16>(load<u16>(key + (bit >> 3)))) >> (11 - (bit & 7))) & 31
}

/** The five bits of a path at `bit`. */
// @ts-ignore: decorator
@inline
function step(path: usize, bit: u32): u32 {
  return (u32(bswap<u16>(load<u16>(path + (bit >> 3)))) >> (11 - (bit & 7))) & 31
}

/** Copies `length` bits from bit `from` of a string into a fresh one that starts with them. */
function slice(source: usize, from: u32, length: u32): usize {
  const bytes = (length + 7) >> 3
  const into = alloc(bytes + 2)
  for (let i: u32 = 0; i < bytes; i++) {
    const bit = from + (i << 3)
    const pair = u32(bswap<u16>(load<u16>(source + (bit >> 3))))
    store<u8>(into + i, pair >> (8 - (bit & 7)))
  }
  const rest = length & 7
  if (rest != 0) {
    const last = into + bytes - 1
    store<u8>(last, u32(load<u8>(last)) & ~(u32(0xff) >> rest))
  }
  return into
}

/** Sets five bits at `bit` in zeroed memory. */
function putStep(path: usize, bit: u32, value: u32): void {
  const at = path + (bit >> 3)
  const pair = u32(bswap<u16>(load<u16>(at))) | (value << (11 - (bit & 7)))
  store<u16>(at, bswap<u16>(u16(pair)))
}

function newNode(): usize {
  const node = alloc(NODE_SIZE)
  store<u32>(node, 0)
  return node
}

function newRecord(kind: u32, node: usize, cid: usize, length: u32, path: usize): usize {
  const record = alloc(RECORD_SIZE)
  store<u32>(record, kind)
  store<u32>(record, u32(node), 4)
  store<u32>(record, u32(cid), 8)
  store<u32>(record, length, 12)
  store<u32>(record, u32(path), 16)
  return record
}

// @ts-ignore: decorator
@inline
function entryAt(node: usize, i: u32): usize {
  return load<u32>(node + (i << 2), ENTRIES)
}

// @ts-ignore: decorator
@inline
function setEntry(node: usize, i: u32, entry: usize): void {
  store<u32>(node + (i << 2), u32(entry), ENTRIES)
}

/** Puts a pointer in CBOR, or a record (size 0), at a free or taken index. */
function putEntry(node: usize, i: u32, entry: usize, size: u32): void {
  store<u32>(node, load<u32>(node) | (1 << i))
  setEntry(node, i, entry)
  store<u32>(node + (i << 2), size, SIZES)
}

/** One past the byte string at `at`, which is at most 32 bytes long. */
// @ts-ignore: decorator
@inline
function skipBytes(at: usize): usize {
  const head = u32(load<u8>(at))
  return head < 0x58 ? at + head - 0x3f : at + 2 + load<u8>(at, 1)
}

/** Makes a node of a block. */
function parse(at: usize, length: u32): usize {
  const end = at + length
  const node = alloc(NODE_SIZE)
  if (length < 3 || load<u8>(at) != 0x82) corrupt()
  const fieldSize = u32(load<u8>(at, 1)) - 0x40
  if (fieldSize > 4) corrupt()
  let p = at + 2
  let field: u32 = 0
  for (let i: u32 = 0; i < fieldSize; i++) field = (field << 8) | load<u8>(p++)
  store<u32>(node, field)
  let count = u32(load<u8>(p++)) - 0x80
  if (count == 24) count = load<u8>(p++)
  if (count != u32(popcnt(field))) corrupt()
  pointersRead += count
  while (field != 0) {
    const i = u32(ctz(field))
    field &= field - 1
    const start = p
    const mark = load<u32>(p) & 0xffffff
    if (mark == VALUE_MARK) p = skipBytes(skipBytes(p + 5))
    else if (mark == LINK_MARK) {
      p += 4 + LINK_SIZE
      p += load<u8>(p) < 24 ? 1 : 2
      p = skipBytes(p)
    } else corrupt()
    if (p > end) corrupt()
    store<u32>(node + (i << 2), u32(start), ENTRIES)
    store<u32>(node + (i << 2), u32(p - start), SIZES)
  }
  if (p != end) corrupt()
  return node
}

function loadNode(cid: usize): usize {
  const at = openBlock(cid)
  return parse(at, blockLength)
}

/** The record behind a link in CBOR. */
function followed(entry: usize): usize {
  const cid = entry + 9
  let p = entry + 4 + LINK_SIZE
  let length = u32(load<u8>(p++))
  if (length == 24) length = load<u8>(p++)
  if (length >= KEY_BITS) corrupt()
  p += load<u8>(p) < 0x58 ? 1 : 2
  return newRecord(LINK, 0, cid, length, p)
}

/** The record of a link, made at its first use. */
// @ts-ignore: decorator
@inline
function recordAt(node: usize, i: u32, entry: usize): usize {
  if (load<u8>(entry) != 0xa1) return entry
  const record = followed(entry)
  setEntry(node, i, record)
  return record
}

/** The node behind a record, read at its first use. */
function target(record: usize): usize {
  let node = usize(load<u32>(record, 4))
  if (node == 0) {
    node = loadNode(load<u32>(record, 8))
    store<u32>(record, u32(node), 4)
  }
  return node
}

/** How many bits of a record's path the key has from `bit` on, in whole steps. */
function matched(record: usize, bit: u32): u32 {
  const length = load<u32>(record, 12)
  const path = usize(load<u32>(record, 16))
  let n: u32 = 0
  while (n < length && index(KEY, bit + n) == step(path, n)) n += BIT_WIDTH
  bitsMatched += n
  return n
}

// @ts-ignore: decorator
@inline
function isValue(entry: usize): bool {
  return (load<u32>(entry) & 0xffffff) == VALUE_MARK
}

/** Whether a value's key is the key of the operation. */
// @ts-ignore: decorator
@inline
function hasKey(entry: usize): bool {
  const head = u32(load<u8>(entry, 5))
  const size = head < 0x58 ? head - 0x40 : u32(load<u8>(entry, 6))
  if (size != keySize) return false
  return equalBytes(entry + (head < 0x58 ? 6 : 7), KEY + 32 - keySize, keySize)
}

/** The value of the operation as a pointer in CBOR; its length is in `madeSize`. */
function makeValue(): usize {
  const writer = Writer.sized(5 + 34 + 34)
  store<u32>(writer.at, VALUE_MARK | 0x81000000)
  store<u8>(writer.at, 0x82, 4)
  writer.at += 5
  writer.bytes(KEY + 32 - keySize, keySize)
  writer.bytes(valueAt, valueSize)
  madeSize = writer.length
  return writer.start
}
let madeSize: u32 = 0

/** Sets the key below `node`, from `bit` of the key on. Answers whether anything changed. */
function setBelow(node: usize, bit: u32): bool {
  const i = index(KEY, bit)
  bit += BIT_WIDTH
  if ((load<u32>(node) & (1 << i)) == 0) {
    const value = makeValue()
    putEntry(node, i, value, madeSize)
    return true
  }
  const entry = entryAt(node, i)
  if (load<u8>(entry) == 0xa1 && isValue(entry)) return replaceValue(node, i, entry, bit)
  const record = recordAt(node, i, entry)
  const n = matched(record, bit)
  if (n < load<u32>(record, 12)) {
    splitPath(node, i, record, n, bit)
    return true
  }
  const changed = setBelow(target(record), bit + n)
  if (changed) store<u32>(record, DIRTY)
  return changed
}

/** The value at index `i` is either replaced, or goes down one node together with the new one. */
function replaceValue(node: usize, i: u32, entry: usize, bit: u32): bool {
  if (hasKey(entry)) {
    const old = skipBytes(entry + 5)
    const end = entry + load<u32>(node + (i << 2), SIZES)
    if (usize(stringSize(valueSize)) == end - old && equalBytes(end - valueSize, valueAt, valueSize)) return false
    const value = makeValue()
    putEntry(node, i, value, madeSize)
    return true
  }
  const size = load<u32>(node + (i << 2), SIZES)
  const head = u32(load<u8>(entry, 5))
  const otherSize = head < 0x58 ? head - 0x40 : u32(load<u8>(entry, 6))
  memory.fill(OTHER, 0, 32 - otherSize)
  memory.copy(OTHER + 32 - otherSize, entry + (head < 0x58 ? 6 : 7), otherSize)
  let n: u32 = 0
  while (index(KEY, bit + n) == index(OTHER, bit + n)) n += BIT_WIDTH
  const below = newNode()
  const value = makeValue()
  putEntry(below, index(KEY, bit + n), value, madeSize)
  putEntry(below, index(OTHER, bit + n), entry, size)
  setEntry(node, i, newRecord(DIRTY, below, 0, n, slice(KEY, bit, n)))
  return true
}

/** The key leaves the path of a link after `n` bits: a node goes in between. */
function splitPath(node: usize, i: u32, record: usize, n: u32, bit: u32): void {
  const path = usize(load<u32>(record, 16))
  const length = load<u32>(record, 12)
  const between = newNode()
  const rest = n + BIT_WIDTH
  const old = newRecord(load<u32>(record), load<u32>(record, 4), load<u32>(record, 8), length - rest, slice(path, rest, length - rest))
  putEntry(between, step(path, n), old, 0)
  const value = makeValue()
  putEntry(between, index(KEY, bit + n), value, madeSize)
  setEntry(node, i, newRecord(DIRTY, between, 0, n, slice(path, 0, n)))
}

/** Deletes the key below `node`. Answers whether it was there. */
function deleteBelow(node: usize, bit: u32): bool {
  const i = index(KEY, bit)
  bit += BIT_WIDTH
  if ((load<u32>(node) & (1 << i)) == 0) return false
  const entry = entryAt(node, i)
  if (load<u8>(entry) == 0xa1 && isValue(entry)) {
    if (!hasKey(entry)) return false
    store<u32>(node, load<u32>(node) & ~(1 << i))
    return true
  }
  const record = recordAt(node, i, entry)
  const n = matched(record, bit)
  if (n < load<u32>(record, 12)) return false
  const below = target(record)
  if (!deleteBelow(below, bit + n)) return false
  store<u32>(record, DIRTY)
  // A node with a single pointer does not exist below the root: the pointer moves up.
  const field = load<u32>(below)
  if (popcnt(field) == 1) collapse(node, i, record, below, u32(ctz(field)))
  return true
}

/** Replaces the link at index `i` by the only pointer of the node it leads to. */
function collapse(node: usize, i: u32, record: usize, below: usize, only: u32): void {
  const entry = entryAt(below, only)
  if (load<u8>(entry) == 0xa1 && isValue(entry)) {
    putEntry(node, i, entry, load<u32>(below + (only << 2), SIZES))
    return
  }
  const kept = recordAt(below, only, entry)
  const above = load<u32>(record, 12)
  const keptLength = load<u32>(kept, 12)
  const length = above + BIT_WIDTH + keptLength
  const path = allocZeroed(((length + 7) >> 3) + 2)
  const abovePath = usize(load<u32>(record, 16))
  const keptPath = usize(load<u32>(kept, 16))
  let bit: u32 = 0
  for (let n: u32 = 0; n < above; n += BIT_WIDTH, bit += BIT_WIDTH) putStep(path, bit, step(abovePath, n))
  putStep(path, bit, only)
  bit += BIT_WIDTH
  for (let n: u32 = 0; n < keptLength; n += BIT_WIDTH, bit += BIT_WIDTH) putStep(path, bit, step(keptPath, n))
  store<u32>(kept, length, 12)
  store<u32>(kept, u32(path), 16)
  setEntry(node, i, kept)
}

/** Stores the changed nodes below `node`, children first. */
function flushBelow(node: usize): void {
  for (let field = load<u32>(node); field != 0; field &= field - 1) {
    const entry = entryAt(node, u32(ctz(field)))
    if (load<u32>(entry) != DIRTY) continue
    const below = usize(load<u32>(entry, 4))
    flushBelow(below)
    const cid = alloc(CID_LENGTH)
    putNode(below, cid)
    store<u32>(entry, u32(cid), 8)
    store<u32>(entry, LINK)
  }
}

/** Stores one node. */
function putNode(node: usize, cid: usize): void {
  const keep = mark()
  const field = load<u32>(node)
  const count = u32(popcnt(field))
  const fieldSize = (39 - u32(clz(field))) >> 3
  let size = 2 + fieldSize + headSize(count)
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const i = u32(ctz(rest))
    const entry = entryAt(node, i)
    if (load<u8>(entry) == 0xa1) size += load<u32>(node + (i << 2), SIZES)
    else {
      const length = load<u32>(entry, 12)
      size += 4 + LINK_SIZE + headSize(length) + stringSize((length + 7) >> 3)
    }
  }
  const writer = Writer.sized(size)
  store<u8>(writer.at, 0x82)
  store<u8>(writer.at, 0x40 + fieldSize, 1)
  writer.at += 2
  for (let i = i32(fieldSize) - 1; i >= 0; i--) store<u8>(writer.at++, field >> (i << 3))
  writer.array(count)
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const i = u32(ctz(rest))
    const entry = entryAt(node, i)
    if (load<u8>(entry) == 0xa1) writer.raw(entry, load<u32>(node + (i << 2), SIZES))
    else {
      const length = load<u32>(entry, 12)
      store<u32>(writer.at, LINK_MARK | 0x83000000)
      writer.at += 4
      writer.cid(load<u32>(entry, 8))
      writer.u64(length)
      writer.bytes(load<u32>(entry, 16), (length + 7) >> 3)
    }
  }
  putBlock(Codec.DAG_CBOR, writer.start, writer.length, cid)
  release(keep)
}

/** A map of words. Keys and values are 32 bytes, big-endian; a value of zero is absent. */
@unmanaged
export class Kamt {
  private root: usize
  /** CID of the root as it was last read or written; 0 if the content has changed since. */
  private flushed: usize

  /** An empty map that is not stored yet. */
  static create(): Kamt {
    const map = changetype<Kamt>(alloc(offsetof<Kamt>()))
    map.root = newNode()
    map.flushed = 0
    return map
  }

  /** The map with this root. Reads its first node. Exit 20 if it is not there. */
  static load(cid: usize): Kamt {
    const map = changetype<Kamt>(alloc(offsetof<Kamt>()))
    map.setRoot(cid)
    return map
  }

  /** Makes this the map with another root, and forgets every node. */
  setRoot(cid: usize): void {
    this.root = loadNode(cid)
    this.flushed = duplicate(cid, CID_LENGTH)
  }

  get isEmpty(): bool {
    return load<u32>(this.root) == 0
  }

  /** Deletes everything. */
  clear(): void {
    if (this.isEmpty) return
    this.root = newNode()
    this.flushed = 0
  }

  /** Writes the value of a key at `into`; zero if there is none. */
  get(key: usize, into: usize): void {
    setKey(key)
    store<u64>(into, 0)
    store<u64>(into, 0, 8)
    store<u64>(into, 0, 16)
    store<u64>(into, 0, 24)
    let node = this.root
    let bit: u32 = 0
    while (true) {
      const i = index(KEY, bit)
      bit += BIT_WIDTH
      if ((load<u32>(node) & (1 << i)) == 0) return
      const entry = entryAt(node, i)
      if (load<u8>(entry) == 0xa1 && isValue(entry)) {
        if (!hasKey(entry)) return
        const at = skipBytes(entry + 5)
        const head = u32(load<u8>(at))
        const size = head < 0x58 ? head - 0x40 : u32(load<u8>(at, 1))
        memory.copy(into + 32 - size, at + (head < 0x58 ? 1 : 2), size)
        return
      }
      const record = recordAt(node, i, entry)
      // The reference reads the node before it looks at the path.
      node = target(record)
      const length = load<u32>(record, 12)
      if (length != 0 && matched(record, bit) < length) return
      bit += length
    }
  }

  /** Sets a key, or deletes it if the value is zero. Answers whether anything changed. */
  set(key: usize, value: usize): bool {
    setKey(key)
    const zeros = leadingZeros(value)
    let changed: bool
    if (zeros == 32) changed = deleteBelow(this.root, 0)
    else {
      valueAt = value + zeros
      valueSize = 32 - zeros
      changed = setBelow(this.root, 0)
    }
    if (changed) this.flushed = 0
    return changed
  }

  /** Stores what has changed and answers the address of the root's CID. */
  flush(): usize {
    if (this.flushed == 0) {
      flushBelow(this.root)
      const cid = alloc(CID_LENGTH)
      putNode(this.root, cid)
      this.flushed = cid
    }
    return this.flushed
  }
}

function setKey(key: usize): void {
  store<u64>(KEY, load<u64>(key))
  store<u64>(KEY, load<u64>(key, 8), 8)
  store<u64>(KEY, load<u64>(key, 16), 16)
  store<u64>(KEY, load<u64>(key, 24), 24)
  keySize = 32 - leadingZeros(KEY)
}
