/**
 * AMT: an array with gaps over IPLD blocks, bit width 3, which is what small actor state uses.
 *
 *     root    [3, height, count, node]
 *     node    [bit map (one byte, bit 0 first), [CID, ...], [value, ...]]     links above height 0, values at height 0
 *
 * Nodes are read when they are first needed and kept; `flush` writes those on the way to values that were set.
 *
 * In memory a node is 8 slots of 8 bytes: where, and how long. At height 0 the value's CBOR; above, a record of a link:
 *
 *     0 u32 1 if changed | 4 u32 node, 0 if not loaded | 8 u32 CID
 *
 * Source: ref-fvm ipld/amt (version 3).
 */
import { blockLength, openBlock, putBlock } from "./block"
import { headSize, LINK_SIZE, Reader, Writer } from "./cbor"
import { CID_LENGTH, Codec } from "./cid"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { alloc, allocZeroed } from "./memory"

const BIT_WIDTH: u32 = 3
const WIDTH: u32 = 8
/** 8^22 is more than 2^64: no array is higher. */
const MAX_HEIGHT: u32 = 21

/** Length of the value that `get` answered. */
export let amtValueLength: u32 = 0

function corrupt(): u32 {
  return abort(ExitCode.USR_ILLEGAL_STATE, "malformed AMT node")
}

function newNode(): usize {
  return allocZeroed(WIDTH * 8)
}

function newRecord(changed: u32, node: usize, cid: usize): usize {
  const record = alloc(12)
  store<u32>(record, changed)
  store<u32>(record, u32(node), 4)
  store<u32>(record, u32(cid), 8)
  return record
}

// @ts-ignore: decorator
@inline
function slotAt(node: usize, i: u32): usize {
  return load<u32>(node + (i << 3))
}

// @ts-ignore: decorator
@inline
function sizeAt(node: usize, i: u32): u32 {
  return load<u32>(node + (i << 3), 4)
}

function putSlot(node: usize, i: u32, at: usize, size: u32): void {
  store<u32>(node + (i << 3), u32(at))
  store<u32>(node + (i << 3), size, 4)
}

function isEmpty(node: usize): bool {
  for (let i: u32 = 0; i < WIDTH; i++) if (slotAt(node, i) != 0) return false
  return true
}

function readNode(reader: Reader): usize {
  reader.tuple(3)
  const map = load<u8>(reader.fixedBytes(1))
  const links = reader.array()
  const node = newNode()
  let bits = map
  for (let n: u64 = 0; n < links; n++, bits &= bits - 1) {
    if (bits == 0) corrupt()
    putSlot(node, u32(ctz(bits)), newRecord(0, 0, reader.cid()), 0)
  }
  const values = reader.array()
  if (links != 0 && values != 0) corrupt()
  for (let n: u64 = 0; n < values; n++, bits &= bits - 1) {
    if (bits == 0) corrupt()
    const at = reader.skip()
    putSlot(node, u32(ctz(bits)), at, u32(reader.at - at))
  }
  if (bits != 0) corrupt()
  return node
}

function target(record: usize): usize {
  let node = usize(load<u32>(record, 4))
  if (node == 0) {
    const at = openBlock(load<u32>(record, 8))
    const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
    node = readNode(reader)
    reader.finish()
    store<u32>(record, u32(node), 4)
  }
  return node
}

/** Bytes of a node in CBOR. */
function nodeSize(node: usize, height: u32): u32 {
  let size: u32 = 5
  for (let i: u32 = 0; i < WIDTH; i++) if (slotAt(node, i) != 0) size += height == 0 ? sizeAt(node, i) : LINK_SIZE
  return size
}

function writeNode(writer: Writer, node: usize, height: u32): void {
  let map: u32 = 0
  for (let i: u32 = 0; i < WIDTH; i++) if (slotAt(node, i) != 0) map |= 1 << i
  const count = u32(popcnt(map))
  writer.array(3)
  store<u8>(writer.at, 0x41)
  store<u8>(writer.at, map, 1)
  writer.at += 2
  writer.array(height == 0 ? 0 : count)
  if (height == 0) writer.array(count)
  for (let i: u32 = 0; i < WIDTH; i++) {
    const slot = slotAt(node, i)
    if (slot == 0) continue
    if (height == 0) writer.raw(slot, sizeAt(node, i))
    else writer.cid(load<u32>(slot, 8))
  }
  if (height != 0) writer.array(0)
}

/** Stores the changed nodes below a node, children first. */
function flushBelow(node: usize, height: u32): void {
  if (height == 0) return
  for (let i: u32 = 0; i < WIDTH; i++) {
    const record = slotAt(node, i)
    if (record == 0 || load<u32>(record) == 0) continue
    const below = usize(load<u32>(record, 4))
    flushBelow(below, height - 1)
    const writer = Writer.sized(nodeSize(below, height - 1))
    writeNode(writer, below, height - 1)
    const cid = alloc(CID_LENGTH)
    putBlock(Codec.DAG_CBOR, writer.start, writer.length, cid)
    store<u32>(record, u32(cid), 8)
    store<u32>(record, 0)
  }
}

/** An array of CBOR items. Values handed in must stay where they are until `flush`. */
@unmanaged
export class Amt {
  private root: usize
  private height: u32
  private count: u64
  /** CID of the root as it was last read or written; 0 if the content has changed since. */
  private flushed: usize

  /** An empty array that is not stored yet. */
  static create(): Amt {
    const array = changetype<Amt>(alloc(offsetof<Amt>()))
    array.root = newNode()
    array.height = 0
    array.count = 0
    array.flushed = 0
    return array
  }

  /** The array with this root. Exit 20 if it is not there. */
  static load(cid: usize): Amt {
    const array = changetype<Amt>(alloc(offsetof<Amt>()))
    const at = openBlock(cid)
    const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
    reader.tuple(4)
    if (reader.u64() != BIT_WIDTH) corrupt()
    const height = reader.u64()
    if (height > MAX_HEIGHT) corrupt()
    array.height = u32(height)
    array.count = reader.u64()
    array.root = readNode(reader)
    reader.finish()
    array.flushed = cid
    return array
  }

  private fits(index: u64): bool {
    return this.height >= MAX_HEIGHT || index >> (BIT_WIDTH * (this.height + 1)) == 0
  }

  /** The CBOR of an element, `amtValueLength` bytes; 0 if there is none. */
  get(index: u64): usize {
    if (!this.fits(index)) return 0
    let node = this.root
    for (let height = this.height; ; height--) {
      const i = u32(index >> (BIT_WIDTH * height)) & (WIDTH - 1)
      const slot = slotAt(node, i)
      if (slot == 0) return 0
      if (height == 0) {
        amtValueLength = sizeAt(node, i)
        return slot
      }
      node = target(slot)
    }
    return 0
  }

  /** Sets an element. */
  set(index: u64, value: usize, length: u32): void {
    while (!this.fits(index)) {
      const above = newNode()
      if (!isEmpty(this.root)) putSlot(above, 0, newRecord(1, this.root, 0), 0)
      this.root = above
      this.height++
    }
    let node = this.root
    for (let height = this.height; height > 0; height--) {
      const i = u32(index >> (BIT_WIDTH * height)) & (WIDTH - 1)
      let record = slotAt(node, i)
      if (record == 0) {
        record = newRecord(1, newNode(), 0)
        putSlot(node, i, record, 0)
      }
      node = target(record)
      store<u32>(record, 1)
    }
    const i = u32(index) & (WIDTH - 1)
    if (slotAt(node, i) == 0) this.count++
    putSlot(node, i, value, length)
    this.flushed = 0
  }

  /** Stores what has changed and answers the address of the root's CID. */
  flush(): usize {
    if (this.flushed == 0) {
      flushBelow(this.root, this.height)
      const writer = Writer.sized(3 + headSize(this.count) + nodeSize(this.root, this.height))
      writer.array(4)
      writer.u64(BIT_WIDTH)
      writer.u64(this.height)
      writer.u64(this.count)
      writeNode(writer, this.root, this.height)
      const cid = alloc(CID_LENGTH)
      putBlock(Codec.DAG_CBOR, writer.start, writer.length, cid)
      this.flushed = cid
    }
    return this.flushed
  }
}
