/**
 * Events: up to four topics as entries t1 to t4, 32 bytes each, then the data as entry d, if there is any.
 *
 * Source: FIP-0054; FIP-0049; builtin-actors actors/evm/src/interpreter/instructions/log_event.rs.
 */
import { Codec } from "../../actors/sdk/cid"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { ExitCode } from "../../actors/sdk/exit-code"
import { alloc, mark, release } from "../../actors/sdk/memory"
import { event_emit_event } from "../../actors/sdk/syscalls"
import { fail } from "../fail"
import { region, regionSize } from "../memory"
import { countEvent } from "../pace"
import { readOnly } from "../state"
import { toBytes } from "../u256"

/** Entries are indexed by key and by value. */
const INDEXED_ALL: u64 = 3
/** {flags u64, codec u64, key length u32, value length u32}: 24 bytes, five at most. */
const ENTRIES: usize = memory.data(120, 8)
/** "t1t2t3t4d", and what it becomes: the keys that there are, end to end. */
const KEYS: usize = memory.data(16, 8)

function entry(at: usize, keyLength: u32, valueLength: u32): void {
  store<u64>(at, INDEXED_ALL)
  store<u64>(at, Codec.RAW, 8)
  store<u32>(at, keyLength, 16)
  store<u32>(at, valueLength, 20)
}

/** Emits data at offset [p + 32 (topics + 1)], of the size below it, and the topics below that. */
function emit(p: usize, topics: u32): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "log called while read-only")
  const top = p + (usize(topics + 1) << 5)
  const data = region(top, top - 32)
  const dataLength = regionSize
  const heap = mark()
  const values = alloc((topics << 5) + dataLength)
  let key = KEYS
  let at = ENTRIES
  for (let i: u32 = 0; i < topics; i++) {
    store<u16>(key, u16(0x3174 + (i << 8)))
    key += 2
    entry(at, 2, 32)
    at += 24
    toBytes(values + (i << 5), top - 64 - (i << 5))
  }
  if (dataLength) {
    store<u8>(key, 0x64)
    key += 1
    entry(at, 1, dataLength)
    at += 24
    memory.copy(values + (topics << 5), data, dataLength)
  }
  const error = event_emit_event(
    ENTRIES, u32(at - ENTRIES) / 24, KEYS, u32(key - KEYS), values, (topics << 5) + dataLength,
  )
  if (error != ErrorNumber.OK) fail(ExitCode.USR_ASSERTION_FAILED, "failed to emit event")
  release(heap)
  countEvent(topics + u32(dataLength != 0))
}

export function log0(p: usize): void {
  emit(p, 0)
}

export function log1(p: usize): void {
  emit(p, 1)
}

export function log2(p: usize): void {
  emit(p, 2)
}

export function log3(p: usize): void {
  emit(p, 3)
}

export function log4(p: usize): void {
  emit(p, 4)
}
