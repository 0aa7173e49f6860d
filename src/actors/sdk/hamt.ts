/**
 * HAMT: a map from byte strings to CBOR values over IPLD blocks, laid out by the sha256 of the keys; here with the settings of
 * actor state: bit width 5 (see `setHamtBitWidth`), buckets of up to three.
 *
 *     node    [bit field (bytes, big-endian, no leading zeros), [pointer, ...]]     one pointer for each bit set, lowest first
 *     pointer [[key, value], ...]      a bucket, sorted by key
 *             CID                      a node below
 *
 * The tree has one form for one content. Nodes are read when they are first needed and kept; `flush` writes those that changed,
 * children first. Every operation hashes its key, and a bucket that is split hashes those in it: gas hangs on that.
 *
 * In memory a node is
 *
 *     0 u32 bit field | 4 u32[32] pointer by index | 132 u32[32] bytes of it, if it is CBOR
 *
 * and a pointer either CBOR as it was read or made, or a record of a link that was followed:
 *
 *     0 u32 LINK or DIRTY | 4 u32 node, 0 if not loaded | 8 u32 CID (LINK)
 *
 * Source: ref-fvm ipld/hamt (version 3); builtin-actors runtime/src/util/map.rs.
 */
import { blockLength, openBlock, putBlock } from "./block"
import { headSize, LINK_SIZE, Major, Reader, stringSize, Writer } from "./cbor"
import { CID_LENGTH, Codec } from "./cid"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { sha256 } from "./hash"
import { alloc, compareBytes, duplicate, equalBytes, mark, release } from "./memory"

const BUCKET_SIZE: u32 = 3
const HASH_BITS: u32 = 256

let bitWidth: u32 = 5

/**
 * Gives all maps of this invocation another bit width, 1 to 5. For actors whose maps have it: called before the first map, if at
 * all. Where it is not called the width is a constant, and costs nothing.
 */
export function setHamtBitWidth(bits: u32): void {
  bitWidth = bits
}

const ENTRIES: usize = 4
const SIZES: usize = 132
const NODE_SIZE: usize = 260

const LINK: u32 = 1
const DIRTY: u32 = 2
const RECORD_SIZE: usize = 12

/** The key of the running operation. */
let keyAt: usize = 0
let keyLength: u32 = 0
/** Its hash, with room to read past its end. */
const HASH: usize = memory.data(40, 8)
/** The value to be set, as CBOR. */
let valueAt: usize = 0
let valueLength: u32 = 0
/** What is done if the key is there: replace the value, or leave it. */
let overwrite: bool = true

/** Length of the value that `get` or `delete` answered. */
export let hamtValueLength: u32 = 0

function corrupt(): u32 {
  return abort(ExitCode.USR_ILLEGAL_STATE, "malformed HAMT node")
}

/** The bits of a hash at `bit`, as many as an index has; one bit at 255. */
function index(hash: usize, bit: u32): u32 {
  if (bit > HASH_BITS - bitWidth) {
    if (bit >= HASH_BITS) abort(ExitCode.USR_ILLEGAL_STATE, "HAMT too deep")
    return load<u8>(hash, 31) & 1
  }
  return (u32(bswap<u16>(load<u16>(hash + (bit >> 3)))) >> (16 - bitWidth - (bit & 7))) & ((1 << bitWidth) - 1)
}

function newNode(): usize {
  const node = alloc(NODE_SIZE)
  store<u32>(node, 0)
  return node
}

function newRecord(kind: u32, node: usize, cid: usize): usize {
  const record = alloc(RECORD_SIZE)
  store<u32>(record, kind)
  store<u32>(record, u32(node), 4)
  store<u32>(record, u32(cid), 8)
  return record
}

// @ts-ignore: decorator
@inline
function entryAt(node: usize, i: u32): usize {
  return load<u32>(node + (i << 2), ENTRIES)
}

function putEntry(node: usize, i: u32, entry: usize, size: u32): void {
  store<u32>(node, load<u32>(node) | (1 << i))
  store<u32>(node + (i << 2), u32(entry), ENTRIES)
  store<u32>(node + (i << 2), size, SIZES)
}

/** Whether a pointer is CBOR. Records start with a small number. */
// @ts-ignore: decorator
@inline
function isRaw(entry: usize): bool {
  return load<u8>(entry) >= 0x80
}

// @ts-ignore: decorator
@inline
function isBucket(entry: usize): bool {
  return load<u8>(entry) >> 5 == Major.ARRAY
}

function parse(at: usize, length: u32): usize {
  const reader = Reader.over(at, length, ExitCode.USR_ILLEGAL_STATE)
  const node = newNode()
  reader.tuple(2)
  const fieldAt = reader.bytes()
  if (reader.length > 4) corrupt()
  let field: u32 = 0
  for (let i: u32 = 0; i < reader.length; i++) field = (field << 8) | load<u8>(fieldAt + i)
  store<u32>(node, field)
  if (reader.array() != u64(popcnt(field))) corrupt()
  for (; field != 0; field &= field - 1) {
    const i = u32(ctz(field))
    const major = reader.peek() >> 5
    if (major != Major.ARRAY && major != Major.TAG) corrupt()
    const start = reader.skip()
    putEntry(node, i, start, u32(reader.at - start))
  }
  reader.finish()
  return node
}

function loadNode(cid: usize): usize {
  const at = openBlock(cid)
  return parse(at, blockLength)
}

/** The record of a link, made at its first use. */
function recordAt(node: usize, i: u32): usize {
  const entry = entryAt(node, i)
  if (!isRaw(entry)) return entry
  // d8 2a 58 27 00, then the CID.
  const record = newRecord(LINK, 0, entry + 5)
  store<u32>(node + (i << 2), u32(record), ENTRIES)
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

/** A bucket, taken apart: up to three pairs in order. */
let pairs: u32 = 0
const PAIR_KEY: usize = memory.data(16, 8)
const PAIR_KEY_LENGTH: usize = memory.data(16, 8)
const PAIR_VALUE: usize = memory.data(16, 8)
const PAIR_VALUE_LENGTH: usize = memory.data(16, 8)

function openBucket(entry: usize, size: u32): void {
  const reader = Reader.over(entry, size, ExitCode.USR_ILLEGAL_STATE)
  pairs = u32(reader.array())
  if (pairs == 0 || pairs > BUCKET_SIZE) corrupt()
  for (let n: u32 = 0; n < pairs; n++) {
    reader.tuple(2)
    const at = n << 2
    store<u32>(PAIR_KEY + at, u32(reader.bytes()))
    store<u32>(PAIR_KEY_LENGTH + at, reader.length)
    const value = reader.skip()
    store<u32>(PAIR_VALUE + at, u32(value))
    store<u32>(PAIR_VALUE_LENGTH + at, u32(reader.at - value))
  }
}

// @ts-ignore: decorator
@inline
function pairKey(n: u32): usize {
  return load<u32>(PAIR_KEY + (n << 2))
}

// @ts-ignore: decorator
@inline
function pairKeyLength(n: u32): u32 {
  return load<u32>(PAIR_KEY_LENGTH + (n << 2))
}

// @ts-ignore: decorator
@inline
function pairValue(n: u32): usize {
  return load<u32>(PAIR_VALUE + (n << 2))
}

// @ts-ignore: decorator
@inline
function pairValueLength(n: u32): u32 {
  return load<u32>(PAIR_VALUE_LENGTH + (n << 2))
}

function setPair(n: u32, key: usize, length: u32, value: usize, size: u32): void {
  const at = n << 2
  store<u32>(PAIR_KEY + at, u32(key))
  store<u32>(PAIR_KEY_LENGTH + at, length)
  store<u32>(PAIR_VALUE + at, u32(value))
  store<u32>(PAIR_VALUE_LENGTH + at, size)
}

function movePair(from: u32, to: u32): void {
  setPair(to, pairKey(from), pairKeyLength(from), pairValue(from), pairValueLength(from))
}

/** Which pair of the open bucket has the key of the operation; -1 if none. */
function findPair(): i32 {
  for (let n: u32 = 0; n < pairs; n++) {
    if (pairKeyLength(n) == keyLength && equalBytes(pairKey(n), keyAt, keyLength)) return n
  }
  return -1
}

/** Puts a pair where its key belongs. There must be room. */
function insertPair(key: usize, length: u32, value: usize, size: u32): void {
  let n = pairs
  while (n > 0 && compareBytes(pairKey(n - 1), pairKeyLength(n - 1), key, length) > 0) {
    movePair(n - 1, n)
    n--
  }
  setPair(n, key, length, value, size)
  pairs++
}

/** Writes the open bucket as CBOR and makes it the pointer at `i`. */
function closeBucket(node: usize, i: u32): void {
  let size: u32 = 1
  for (let n: u32 = 0; n < pairs; n++) size += 1 + stringSize(pairKeyLength(n)) + pairValueLength(n)
  const writer = Writer.sized(size)
  writer.array(pairs)
  for (let n: u32 = 0; n < pairs; n++) {
    writer.array(2)
    writer.bytes(pairKey(n), pairKeyLength(n))
    writer.raw(pairValue(n), pairValueLength(n))
  }
  putEntry(node, i, writer.start, size)
}

/** Sets the key with this hash below `node`, from `bit` on. Answers whether anything changed. */
function setBelow(node: usize, hash: usize, bit: u32): bool {
  const i = index(hash, bit)
  bit += bitWidth
  if ((load<u32>(node) & (1 << i)) == 0) {
    pairs = 0
    insertPair(keyAt, keyLength, valueAt, valueLength)
    closeBucket(node, i)
    return true
  }
  const entry = entryAt(node, i)
  if (!isRaw(entry) || !isBucket(entry)) {
    const record = recordAt(node, i)
    const changed = setBelow(target(record), hash, bit)
    if (changed) store<u32>(record, DIRTY)
    return changed
  }
  openBucket(entry, load<u32>(node + (i << 2), SIZES))
  const found = findPair()
  if (found >= 0) {
    if (!overwrite) return false
    if (pairValueLength(found) == valueLength && equalBytes(pairValue(found), valueAt, valueLength)) return false
    setPair(found, keyAt, keyLength, valueAt, valueLength)
    closeBucket(node, i)
    return true
  }
  if (pairs < BUCKET_SIZE) {
    insertPair(keyAt, keyLength, valueAt, valueLength)
    closeBucket(node, i)
    return true
  }
  splitBucket(node, i, hash, bit)
  return true
}

/** A full bucket becomes a node, with the new pair in it first. */
function splitBucket(node: usize, i: u32, hash: usize, bit: u32): void {
  const old = alloc(BUCKET_SIZE * 16)
  for (let n: u32 = 0; n < BUCKET_SIZE; n++) {
    store<u32>(old + n * 16, u32(pairKey(n)))
    store<u32>(old + n * 16, pairKeyLength(n), 4)
    store<u32>(old + n * 16, u32(pairValue(n)), 8)
    store<u32>(old + n * 16, pairValueLength(n), 12)
  }
  const hashes = alloc(BUCKET_SIZE * 40)
  const below = newNode()
  setBelow(below, hash, bit)
  const key = keyAt
  const length = keyLength
  const value = valueAt
  const size = valueLength
  for (let n: u32 = 0; n < BUCKET_SIZE; n++) {
    keyAt = load<u32>(old + n * 16)
    keyLength = load<u32>(old + n * 16, 4)
    valueAt = load<u32>(old + n * 16, 8)
    valueLength = load<u32>(old + n * 16, 12)
    sha256(keyAt, keyLength, hashes + n * 40)
    setBelow(below, hashes + n * 40, bit)
  }
  keyAt = key
  keyLength = length
  valueAt = value
  valueLength = size
  putEntry(node, i, newRecord(DIRTY, below, 0), 0)
}

/** Deletes the key below `node`. Answers the address of its value, 0 if it is not there. */
function deleteBelow(node: usize, bit: u32): usize {
  const i = index(HASH, bit)
  bit += bitWidth
  if ((load<u32>(node) & (1 << i)) == 0) return 0
  const entry = entryAt(node, i)
  if (isRaw(entry) && isBucket(entry)) {
    openBucket(entry, load<u32>(node + (i << 2), SIZES))
    const found = findPair()
    if (found < 0) return 0
    const value = pairValue(found)
    hamtValueLength = pairValueLength(found)
    if (pairs == 1) store<u32>(node, load<u32>(node) & ~(1 << i))
    else {
      pairs--
      for (let n = u32(found); n < pairs; n++) movePair(n + 1, n)
      closeBucket(node, i)
    }
    return value
  }
  const record = recordAt(node, i)
  const below = target(record)
  const value = deleteBelow(below, bit)
  if (value == 0) return 0
  store<u32>(record, DIRTY)
  clean(node, i, below)
  return value
}

/** A node with so few values that they fit a bucket becomes one. */
function clean(node: usize, i: u32, below: usize): void {
  const field = load<u32>(below)
  const count = u32(popcnt(field))
  if (count > BUCKET_SIZE) return
  let total: u64 = 0
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const entry = entryAt(below, u32(ctz(rest)))
    if (!isRaw(entry) || !isBucket(entry)) return
    total += load<u8>(entry) & 31
  }
  if (total > BUCKET_SIZE) return
  // Taking a bucket apart overwrites the pairs of the one before: they are collected first.
  const all = alloc(BUCKET_SIZE * 16)
  let collected: u32 = 0
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const j = u32(ctz(rest))
    openBucket(entryAt(below, j), load<u32>(below + (j << 2), SIZES))
    for (let n: u32 = 0; n < pairs; n++) {
      store<u32>(all + collected * 16, u32(pairKey(n)))
      store<u32>(all + collected * 16, pairKeyLength(n), 4)
      store<u32>(all + collected * 16, u32(pairValue(n)), 8)
      store<u32>(all + collected * 16, pairValueLength(n), 12)
      collected++
    }
  }
  pairs = 0
  for (let n: u32 = 0; n < collected; n++) {
    const at = all + n * 16
    insertPair(load<u32>(at), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12))
  }
  closeBucket(node, i)
}

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

function putNode(node: usize, cid: usize): void {
  const keep = mark()
  const field = load<u32>(node)
  const count = u32(popcnt(field))
  const fieldSize = (39 - u32(clz(field))) >> 3
  let size = 2 + fieldSize + headSize(count)
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const i = u32(ctz(rest))
    size += isRaw(entryAt(node, i)) ? load<u32>(node + (i << 2), SIZES) : LINK_SIZE
  }
  const writer = Writer.sized(size)
  writer.array(2)
  writer.head(Major.BYTES, fieldSize)
  for (let i = i32(fieldSize) - 1; i >= 0; i--) store<u8>(writer.at++, field >> (i << 3))
  writer.array(count)
  for (let rest = field; rest != 0; rest &= rest - 1) {
    const i = u32(ctz(rest))
    const entry = entryAt(node, i)
    if (isRaw(entry)) writer.raw(entry, load<u32>(node + (i << 2), SIZES))
    else writer.cid(load<u32>(entry, 8))
  }
  putBlock(Codec.DAG_CBOR, writer.start, writer.length, cid)
  release(keep)
}

/** A map from byte strings to CBOR items. Keys and values handed in must stay where they are until `flush`. */
@unmanaged
export class Hamt {
  private root: usize
  /** CID of the root as it was last read or written; 0 if the content has changed since. */
  private flushed: usize

  /** An empty map that is not stored yet. */
  static create(): Hamt {
    const map = changetype<Hamt>(alloc(offsetof<Hamt>()))
    map.root = newNode()
    map.flushed = 0
    return map
  }

  /** The map with this root. Reads its first node. Exit 20 if it is not there. */
  static load(cid: usize): Hamt {
    const map = changetype<Hamt>(alloc(offsetof<Hamt>()))
    map.root = loadNode(cid)
    map.flushed = duplicate(cid, CID_LENGTH)
    return map
  }

  /** The CBOR of a key's value, `hamtValueLength` bytes; 0 if the key is not there. */
  get(key: usize, length: u32): usize {
    setKey(key, length)
    let node = this.root
    let bit: u32 = 0
    while (true) {
      const i = index(HASH, bit)
      bit += bitWidth
      if ((load<u32>(node) & (1 << i)) == 0) return 0
      const entry = entryAt(node, i)
      if (isRaw(entry) && isBucket(entry)) {
        openBucket(entry, load<u32>(node + (i << 2), SIZES))
        const found = findPair()
        if (found < 0) return 0
        hamtValueLength = pairValueLength(found)
        return pairValue(found)
      }
      node = target(recordAt(node, i))
    }
  }

  /** Sets a key. Answers whether anything changed. */
  set(key: usize, length: u32, value: usize, valueSize: u32): bool {
    overwrite = true
    return this.write(key, length, value, valueSize)
  }

  /** Sets a key that is not there yet. Answers whether it was not. */
  setIfAbsent(key: usize, length: u32, value: usize, valueSize: u32): bool {
    overwrite = false
    return this.write(key, length, value, valueSize)
  }

  private write(key: usize, length: u32, value: usize, valueSize: u32): bool {
    setKey(key, length)
    valueAt = value
    valueLength = valueSize
    const changed = setBelow(this.root, HASH, 0)
    if (changed) this.flushed = 0
    return changed
  }

  /** Deletes a key. Answers the CBOR of the value it had, `hamtValueLength` bytes; 0 if it was not there. */
  delete(key: usize, length: u32): usize {
    setKey(key, length)
    const value = deleteBelow(this.root, 0)
    if (value != 0) this.flushed = 0
    return value
  }

  /** Calls `visit` with key, its length, value and its length, in the order of the tree. Reads every node. */
  forEach(visit: (key: usize, keyLength: u32, value: usize, valueLength: u32) => void): void {
    visitBelow(this.root, visit)
  }

  /** Whether there is no key in it. */
  get isEmpty(): bool {
    return load<u32>(this.root) == 0
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

function setKey(key: usize, length: u32): void {
  keyAt = key
  keyLength = length
  sha256(key, length, HASH)
}

function visitBelow(node: usize, visit: (key: usize, keyLength: u32, value: usize, valueLength: u32) => void): void {
  for (let field = load<u32>(node); field != 0; field &= field - 1) {
    const i = u32(ctz(field))
    const entry = entryAt(node, i)
    if (isRaw(entry) && isBucket(entry)) {
      const reader = Reader.over(entry, load<u32>(node + (i << 2), SIZES), ExitCode.USR_ILLEGAL_STATE)
      for (let count = reader.array(); count > 0; count--) {
        reader.tuple(2)
        const key = reader.bytes()
        const length = reader.length
        const value = reader.skip()
        visit(key, length, value, u32(reader.at - value))
      }
    } else visitBelow(target(recordAt(node, i)), visit)
  }
}
