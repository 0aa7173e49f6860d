/**
 * A contract's own state, and the calls it makes: what changed is written before anyone else may look at it, and what
 * others changed is read afterwards.
 *
 *     state        [code CID (raw, blake2b-256), keccak-256 of the code, KAMT CID, transient | null, nonce, tombstone | null]
 *     transient    [KAMT CID, [origin ID, nonce]]     valid in the message that has this origin and nonce
 *     tombstone    [origin ID, nonce]                 dead in every other message
 *
 * Source: FIP-0054; FIP-0097; builtin-actors actors/evm/src/state.rs, src/interpreter/system.rs.
 */
import { openBlock, blockLength, putBlock } from "../actors/sdk/block"
import { Reader, Writer } from "../actors/sdk/cbor"
import { CID_LENGTH, Codec } from "../actors/sdk/cid"
import { isReadOnly, nonce as messageNonce, origin } from "../actors/sdk/context"
import { ErrorNumber } from "../actors/sdk/error-number"
import { abort } from "../actors/sdk/exit"
import { ExitCode } from "../actors/sdk/exit-code"
import { keccak256 } from "../actors/sdk/hash"
import { Kamt } from "../actors/sdk/kamt"
import { equalBytes, mark, release } from "../actors/sdk/memory"
import { send, sentExitCode } from "../actors/sdk/send"
import { EMPTY_ARRAY_CID, getRoot, setRoot } from "../actors/sdk/state"
import { fromBytes, toBytes } from "./u256"

/** The largest code that a contract may have. */
const MAX_CODE_SIZE: u32 = 24576
/** First byte that code may not have (EIP-3541). */
const RESERVED_FIRST_BYTE: u8 = 0xef

/** CID of the code. Valid if `hasCode`. */
export const CODE_CID: usize = memory.data(40, 8)
/** keccak-256 of the code. */
export const CODE_HASH: usize = memory.data(32, 8)
/** False until a constructor has returned. */
export let hasCode: bool = false

/** How often this contract made others. Starts at 1. */
export let contractNonce: u64 = 1
/** Whether nothing may be written. */
export let readOnly: bool = false

let slots: Kamt = changetype<Kamt>(0)
/** Null until it is used, or stored. */
let transientSlots: Kamt = changetype<Kamt>(0)

let hasTombstone: bool = false
let tombstoneOrigin: u64 = 0
let tombstoneNonce: u64 = 0

/** The root as it was last read or written; meaningless while `dirty`. */
const SAVED_ROOT: usize = memory.data(40, 8)
let dirty: bool = false

/** The state as `read` found it, apart from what goes straight to its place. */
let storageRoot: usize = 0
/** 0 unless there are transient slots that belong to this message. */
let transientRoot: usize = 0

/** Reads the state block `root`. */
function read(root: usize): void {
  const at = openBlock(root, ExitCode.USR_SERIALIZATION)
  const reader = Reader.over(at, blockLength)
  reader.tuple(6)
  memory.copy(CODE_CID, stateCid(reader), CID_LENGTH)
  memory.copy(CODE_HASH, reader.fixedBytes(32), 32)
  storageRoot = stateCid(reader)
  transientRoot = 0
  if (!reader.isNull()) {
    reader.tuple(2)
    const cid = stateCid(reader)
    reader.tuple(2)
    const from = reader.u64()
    const number = reader.u64()
    if (from == origin() && number == messageNonce()) transientRoot = cid
  }
  contractNonce = reader.u64()
  hasTombstone = !reader.isNull()
  if (hasTombstone) {
    reader.tuple(2)
    tombstoneOrigin = reader.u64()
    tombstoneNonce = reader.u64()
  }
  reader.finish()
}

function stateCid(reader: Reader): usize {
  const at = reader.cid()
  if (reader.length != CID_LENGTH) reader.fail()
  return at
}

/** Whether it died in an earlier message. */
function isDead(): bool {
  return hasTombstone && (tombstoneOrigin != origin() || tombstoneNonce != messageNonce())
}

/** Reads what GetBytecode and GetBytecodeHash tell. Answers false for a dead contract, which has no code. */
export function readCode(): bool {
  read(getRoot())
  return !isDead()
}

/** Begins with nothing: a contract that is being made, or a dead one. */
function reset(): void {
  slots = Kamt.create()
  contractNonce = 1
  hasCode = false
  hasTombstone = false
  dirty = true
}

/** Begins a new contract. Exit 20 if there is one already. */
export function createContract(): void {
  readOnly = isReadOnly()
  if (!equalBytes(getRoot(), EMPTY_ARRAY_CID, CID_LENGTH)) {
    abort(ExitCode.USR_ILLEGAL_STATE, "can't create over an existing actor")
  }
  reset()
}

/** Begins a new contract in the place of a dead one. Exit 18 if it is not dead. */
export function resurrectContract(): void {
  readOnly = isReadOnly()
  read(getRoot())
  if (!isDead()) abort(ExitCode.USR_FORBIDDEN, "can only resurrect a dead contract")
  reset()
}

/** Loads the contract. A dead one is empty, without code, and cannot be written. */
export function loadContract(): void {
  const root = getRoot()
  read(root)
  if (isDead()) {
    reset()
    readOnly = true
    return
  }
  readOnly = isReadOnly()
  memory.copy(SAVED_ROOT, root, CID_LENGTH)
  hasCode = true
  if (transientRoot != 0) transientSlots = Kamt.load(transientRoot)
  slots = Kamt.load(storageRoot)
}

/** Reads the state again after a call, if the call changed it. */
function reload(): void {
  if (readOnly) return
  const heap = mark()
  const root = getRoot()
  if (!dirty && equalBytes(root, SAVED_ROOT, CID_LENGTH)) return release(heap)
  memory.copy(SAVED_ROOT, root, CID_LENGTH)
  dirty = false
  read(root)
  if (transientRoot != 0) {
    if (changetype<usize>(transientSlots) == 0) transientSlots = Kamt.load(transientRoot)
    else transientSlots.setRoot(transientRoot)
  } else if (changetype<usize>(transientSlots) != 0) transientSlots.clear()
  slots.setRoot(storageRoot)
  hasCode = true
}

/** Writes the state if it has changed. Exit 18 if it may not. */
export function flush(): void {
  if (!dirty) return
  if (readOnly) abort(ExitCode.USR_FORBIDDEN, "contract invocation is read only")
  if (!hasCode) setContractCode(0, 0)
  const hasTransient = changetype<usize>(transientSlots) != 0 && !transientSlots.isEmpty
  const transientCid = hasTransient ? transientSlots.flush() : 0
  const storageCid = slots.flush()
  const heap = mark()
  const writer = Writer.sized(256)
  writer.array(6)
  writer.cid(CODE_CID)
  writer.bytes(CODE_HASH, 32)
  writer.cid(storageCid)
  if (hasTransient) {
    writer.array(2)
    writer.cid(transientCid)
    writer.array(2)
    writer.u64(origin())
    writer.u64(messageNonce())
  } else writer.null()
  writer.u64(contractNonce)
  if (hasTombstone) {
    writer.array(2)
    writer.u64(tombstoneOrigin)
    writer.u64(tombstoneNonce)
  } else writer.null()
  putBlock(Codec.DAG_CBOR, writer.start, writer.length, SAVED_ROOT)
  release(heap)
  setRoot(SAVED_ROOT)
  dirty = false
}

/** Takes what a constructor returned as the code. Exit 16 if it is too long or starts with 0xEF. */
export function setContractCode(at: usize, length: u32): void {
  dirty = true
  if (length > MAX_CODE_SIZE) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "EVM byte code exceeds the maximum allowed of 24576")
  if (length != 0 && load<u8>(at) == RESERVED_FIRST_BYTE) {
    abort(ExitCode.USR_ILLEGAL_ARGUMENT, "EIP-3541: Contract code starting with the 0xEF byte is disallowed.")
  }
  keccak256(at, length, CODE_HASH)
  putBlock(Codec.RAW, at, length, CODE_CID)
  hasCode = true
}

/** One contract more was made, or tried. */
export function incrementNonce(): void {
  dirty = true
  contractNonce++
}

/** Marks the contract as dead from the next message on. */
export function markSelfdestructed(): void {
  dirty = true
  hasTombstone = true
  tombstoneOrigin = origin()
  tombstoneNonce = messageNonce()
}

const KEY: usize = memory.data(32, 8)
const VALUE: usize = memory.data(32, 8)

/** [p] = the slot with the key [p]. */
export function loadSlot(p: usize): void {
  toBytes(KEY, p)
  slots.get(KEY, VALUE)
  fromBytes(p, VALUE)
}

/** Writes [p] to the slot with the key [p + 32]. */
export function storeSlot(p: usize): void {
  toBytes(KEY, p + 32)
  toBytes(VALUE, p)
  if (slots.set(KEY, VALUE)) dirty = true
}

/** [p] = the transient slot with the key [p]. */
export function loadTransientSlot(p: usize): void {
  if (changetype<usize>(transientSlots) == 0) transientSlots = Kamt.create()
  toBytes(KEY, p)
  transientSlots.get(KEY, VALUE)
  fromBytes(p, VALUE)
}

/** Writes [p] to the transient slot with the key [p + 32]. */
export function storeTransientSlot(p: usize): void {
  if (changetype<usize>(transientSlots) == 0) transientSlots = Kamt.create()
  toBytes(KEY, p + 32)
  toBytes(VALUE, p)
  if (transientSlots.set(KEY, VALUE)) dirty = true
}

/** The slot with a key of 32 bytes, as 32 bytes at `into`. */
export function readSlot(key: usize, into: usize): void {
  slots.get(key, into)
}

/**
 * Calls another actor, with the state written before and, if the call succeeded, read afterwards. As `send` of the SDK.
 */
export function contractSend(to: usize, toLength: u32, method: u64, params: u32, value: usize, gasLimit: u64, flags: u64): u32 {
  flush()
  const error = send(to, toLength, method, params, value, gasLimit, flags)
  if (error == ErrorNumber.OK && sentExitCode == ExitCode.OK) reload()
  return error
}
