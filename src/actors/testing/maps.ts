/**
 * Drives the SDK's maps for maps.test.ts: parameters are the kind of map (0 KAMT, 1 HAMT, 2 AMT), then operations of 65 bytes: what,
 * 32 bytes of key, 32 bytes of value. What they answer comes back end to end.
 *
 * | what | |
 * |---|---|
 * | 0 | sets the key (KAMT: a value of zero deletes); answers one byte, whether anything changed |
 * | 1 | answers the value, 32 bytes, zero if there is none |
 * | 2 | stores the map; answers its root, 38 bytes |
 * | 3 | loads the map again from its last root |
 * | 4 | deletes the key (HAMT); answers one byte, whether it was there |
 * | 5 | sets the key if it is not there (HAMT); answers one byte, whether it was not |
 */
import { paramsAt, paramsLength, readParams } from "../sdk/actor"
import { Amt, amtValueLength } from "../sdk/amt"
import { createBlock } from "../sdk/block"
import { Writer } from "../sdk/cbor"
import { CID_LENGTH, Codec } from "../sdk/cid"
import { begin } from "../sdk/context"
import { Hamt, hamtValueLength } from "../sdk/hamt"
import { Kamt } from "../sdk/kamt"
import { alloc } from "../sdk/memory"

const OPERATION: u32 = 65

let answer: usize = 0
let root: usize = 0

function answerByte(value: bool): void {
  store<u8>(answer++, value)
}

function answerRoot(cid: usize): void {
  root = cid
  memory.copy(answer, cid, CID_LENGTH)
  answer += CID_LENGTH
}

/** A value of the HAMT and the AMT: 32 bytes in CBOR. */
function item(value: usize): usize {
  const writer = Writer.sized(34)
  writer.bytes(value, 32)
  return writer.start
}

/** Writes the 32 bytes of such a value; zeros if there is none. */
function answerItem(at: usize, length: u32): void {
  if (at != 0 && length != 34) unreachable()
  if (at == 0) memory.fill(answer, 0, 32)
  else memory.copy(answer, at + 2, 32)
  answer += 32
}

function runKamt(at: usize, end: usize): void {
  let map = Kamt.create()
  for (; at < end; at += OPERATION) {
    const what = load<u8>(at)
    if (what == 0) answerByte(map.set(at + 1, at + 33))
    else if (what == 1) {
      map.get(at + 1, answer)
      answer += 32
    } else if (what == 2) answerRoot(map.flush())
    else map = Kamt.load(root)
  }
}

function runHamt(at: usize, end: usize): void {
  let map = Hamt.create()
  for (; at < end; at += OPERATION) {
    const what = load<u8>(at)
    if (what == 0) answerByte(map.set(at + 1, 32, item(at + 33), 34))
    else if (what == 1) {
      const value = map.get(at + 1, 32)
      answerItem(value, hamtValueLength)
    } else if (what == 2) answerRoot(map.flush())
    else if (what == 3) map = Hamt.load(root)
    else if (what == 4) answerByte(map.delete(at + 1, 32) != 0)
    else answerByte(map.setIfAbsent(at + 1, 32, item(at + 33), 34))
  }
}

function runAmt(at: usize, end: usize): void {
  let array = Amt.create()
  for (; at < end; at += OPERATION) {
    const what = load<u8>(at)
    const index = load<u64>(at, 1)
    if (what == 0) {
      array.set(index, item(at + 33), 34)
      answerByte(true)
    } else if (what == 1) {
      const value = array.get(index)
      answerItem(value, amtValueLength)
    } else if (what == 2) answerRoot(array.flush())
    else array = Amt.load(root)
  }
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const at = paramsAt + 1
  const end = paramsAt + paramsLength
  const start = alloc(paramsLength)
  answer = start
  const kind = load<u8>(paramsAt)
  if (kind == 0) runKamt(at, end)
  else if (kind == 1) runHamt(at, end)
  else runAmt(at, end)
  return createBlock(Codec.RAW, start, u32(answer - start))
}
