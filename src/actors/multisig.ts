/**
 * Multisig: an actor that does what a number of its signers have agreed upon, and can hold back part of its balance for a time.
 *
 * State: `[[signer address, ...], threshold, next transaction ID, locked at first, start epoch, unlock duration, HAMT of
 * transaction ID -> transaction]`; a transaction is `[to, value, method, parameters, [approver, ...]]`, the proposer first.
 *
 * Source: builtin-actors actors/multisig.
 */
import { acceptExported, params, readParams, requireCaller, restrictInternalApi } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { readAddress, readUvarint, uvarint, writeIdAddress, writeUvarint } from "./sdk/address"
import { BigInt } from "./sdk/big-int"
import { blockLength, createBlock, createCbor } from "./sdk/block"
import { headSize, intSize, LINK_SIZE, Reader, stringSize, Writer } from "./sdk/cbor"
import { Codec } from "./sdk/cid"
import { begin, caller, currentBalance, currentEpoch, methodNumber, receiver, valueReceived } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { Hamt, hamtValueLength } from "./sdk/hamt"
import { blake2b256 } from "./sdk/hash"
import { alloc, equalBytes } from "./sdk/memory"
import { Method } from "./sdk/method"
import { ALL_GAS, exitCodeOfRefusal, METHOD_CONSTRUCTOR, passedOnExitCode, requireSent, resolveToId, send, sentData, sentExitCode, sentSize } from "./sdk/send"
import { createState, loadState, saveState } from "./sdk/state"

const METHOD_PROPOSE: u64 = 2
const METHOD_APPROVE: u64 = 3
const METHOD_CANCEL: u64 = 4
const METHOD_ADD_SIGNER: u64 = 5
const METHOD_REMOVE_SIGNER: u64 = 6
const METHOD_SWAP_SIGNER: u64 = 7
const METHOD_CHANGE_THRESHOLD: u64 = 8
const METHOD_LOCK_BALANCE: u64 = 9

const MAX_SIGNERS: u64 = 256

/** A list of addresses: 8 bytes each, where its bytes are and how many. */
@unmanaged
class AddressList {
  length: u32

  /** An empty list with room for `capacity` addresses. */
  static sized(capacity: u32): AddressList {
    const list = changetype<AddressList>(alloc(8 + capacity * 8))
    list.length = 0
    return list
  }

  /** Reads an array of addresses, with room for `more`. */
  static read(reader: Reader, more: u32 = 0): AddressList {
    const count = reader.array()
    // An address takes three bytes at least: more cannot be there.
    if (count > u64(reader.end - reader.at)) reader.fail()
    const list = AddressList.sized(u32(count) + more)
    for (let i: u32 = 0; i < u32(count); i++) {
      const at = readAddress(reader)
      list.push(at, reader.length)
    }
    return list
  }

  // @ts-ignore: decorator
  @inline
  private slot(i: u32): usize {
    return changetype<usize>(this) + 8 + i * 8
  }

  address(i: u32): usize {
    return load<u32>(this.slot(i))
  }

  size(i: u32): u32 {
    return load<u32>(this.slot(i), 4)
  }

  push(at: usize, size: u32): void {
    const slot = this.slot(this.length++)
    store<u32>(slot, u32(at))
    store<u32>(slot, size, 4)
  }

  /** Adds the f0 address of an ID. */
  pushId(id: u64): void {
    const at = alloc(11)
    this.push(at, writeIdAddress(at, id))
  }

  /** Whether the f0 address of an ID is in the list. */
  hasId(id: u64): bool {
    const wanted = alloc(11)
    const size = writeIdAddress(wanted, id)
    for (let i: u32 = 0; i < this.length; i++) {
      if (this.size(i) == size && equalBytes(this.address(i), wanted, size)) return true
    }
    return false
  }

  /** Takes every occurrence of an ID's f0 address out, and keeps the order of the others. */
  removeId(id: u64): void {
    const gone = alloc(11)
    const size = writeIdAddress(gone, id)
    let kept: u32 = 0
    for (let i: u32 = 0; i < this.length; i++) {
      const at = this.address(i)
      const length = this.size(i)
      if (length == size && equalBytes(at, gone, size)) continue
      const slot = this.slot(kept++)
      store<u32>(slot, u32(at))
      store<u32>(slot, length, 4)
    }
    this.length = kept
  }

  get encodedSize(): u32 {
    let size = headSize(this.length)
    for (let i: u32 = 0; i < this.length; i++) size += stringSize(this.size(i))
    return size
  }

  write(writer: Writer): void {
    writer.array(this.length)
    for (let i: u32 = 0; i < this.length; i++) writer.bytes(this.address(i), this.size(i))
  }
}

// The state, as `loadMultisig` read it.
let signers: AddressList = changetype<AddressList>(0)
let threshold: u64 = 0
let nextId: i64 = 0
let initialBalance: BigInt = changetype<BigInt>(0)
let startEpoch: i64 = 0
let unlockDuration: i64 = 0
let pendingRoot: usize = 0

function loadMultisig(): void {
  const at = loadState()
  const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_ARGUMENT)
  reader.tuple(7)
  signers = AddressList.read(reader, 1)
  threshold = reader.u64()
  nextId = reader.i64()
  initialBalance = BigInt.read(reader)
  startEpoch = reader.i64()
  unlockDuration = reader.i64()
  pendingRoot = reader.cid()
  reader.finish()
}

function encodeMultisig(): Writer {
  const writer = Writer.sized(
    1 + signers.encodedSize + headSize(threshold) + intSize(nextId) + initialBalance.encodedSize +
    intSize(startEpoch) + intSize(unlockDuration) + LINK_SIZE,
  )
  writer.array(7)
  signers.write(writer)
  writer.u64(threshold)
  writer.i64(nextId)
  initialBalance.write(writer)
  writer.i64(startEpoch)
  writer.i64(unlockDuration)
  writer.cid(pendingRoot)
  return writer
}

function saveMultisig(): void {
  const writer = encodeMultisig()
  saveState(writer.start, writer.length)
}

/** A transaction that waits for approvals. */
@unmanaged
class Transaction {
  to: usize
  toLength: u32
  value: BigInt
  method: u64
  params: usize
  paramsLength: u32
  approved: AddressList

  static create(): Transaction {
    return changetype<Transaction>(alloc(offsetof<Transaction>()))
  }

  static decode(at: usize, length: u32): Transaction {
    const reader = Reader.over(at, length, ExitCode.USR_ILLEGAL_STATE)
    const transaction = Transaction.create()
    reader.tuple(5)
    transaction.readProposal(reader)
    transaction.approved = AddressList.read(reader, 1)
    reader.finish()
    return transaction
  }

  /** Reads what a proposal consists of: to, value, method, parameters. */
  readProposal(reader: Reader): void {
    this.to = readAddress(reader)
    this.toLength = reader.length
    this.value = BigInt.read(reader)
    this.method = reader.u64()
    this.params = reader.bytes()
    this.paramsLength = reader.length
  }

  private get proposalSize(): u32 {
    return stringSize(this.toLength) + this.value.encodedSize + headSize(this.method) + stringSize(this.paramsLength)
  }

  private writeProposal(writer: Writer): void {
    writer.bytes(this.to, this.toLength)
    this.value.write(writer)
    writer.u64(this.method)
    writer.bytes(this.params, this.paramsLength)
  }

  encode(): Writer {
    const writer = Writer.sized(1 + this.proposalSize + this.approved.encodedSize)
    writer.array(5)
    this.writeProposal(writer)
    this.approved.write(writer)
    return writer
  }

  /** Whether 32 bytes are the digest of the proposal with its proposer. */
  hasHash(hash: usize, length: u32): bool {
    const writer = Writer.sized(2 + 66 + this.proposalSize)
    writer.array(5)
    if (this.approved.length == 0) writer.null()
    else writer.bytes(this.approved.address(0), this.approved.size(0))
    this.writeProposal(writer)
    const digest = alloc(32)
    blake2b256(writer.start, writer.length, digest)
    return length == 32 && equalBytes(hash, digest, 32)
  }
}

/** Length of the key that `transactionKey` answered. */
let keyLength: u32 = 0

/** The map key of a transaction: the ID, zigzag, as LEB128. */
function transactionKey(id: i64): usize {
  const at = alloc(10)
  keyLength = writeUvarint(at, u64((id << 1) ^ (id >> 63)))
  return at
}

function putTransaction(pending: Hamt, id: i64, transaction: Transaction): void {
  const encoded = transaction.encode()
  const key = transactionKey(id)
  pending.set(key, keyLength, encoded.start, encoded.length)
}

function requireSigner(): void {
  if (!signers.hasId(caller())) abort(ExitCode.USR_FORBIDDEN, "caller is not a signer")
}

function construct(): u32 {
  const reader = params()
  reader.tuple(4)
  const given = AddressList.read(reader)
  const approvals = reader.u64()
  const duration = reader.i64()
  const start = reader.i64()
  reader.finish()
  requireCaller(ActorId.INIT)
  if (given.length == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "must have at least one signer")
  if (given.length > MAX_SIGNERS) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "too many signers")
  signers = AddressList.sized(given.length)
  for (let i: u32 = 0; i < given.length; i++) {
    const id = resolveToId(given.address(i), given.size(i), true)
    if (signers.hasId(id)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "duplicate signer")
    signers.pushId(id)
  }
  if (approvals > given.length) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "must not require more approvals than signers")
  if (approvals < 1) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "must require at least one approval")
  if (duration < 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "negative unlock duration")
  threshold = approvals
  pendingRoot = Hamt.create().flush()
  initialBalance = BigInt.zero()
  if (duration != 0) {
    startEpoch = start
    unlockDuration = duration
    initialBalance = BigInt.fromAmount(valueReceived())
  }
  const state = encodeMultisig()
  createState(state.start, state.length)
  return 0
}

// How an approved transaction went.
let applied: bool = false
let appliedCode: u32 = 0
let returned: usize = 0
let returnedLength: u32 = 0

function outcomeSize(): u32 {
  return 1 + headSize(appliedCode) + stringSize(returnedLength)
}

function writeOutcome(writer: Writer): void {
  writer.bool(applied)
  writer.u64(appliedCode)
  writer.bytes(returned, returnedLength)
}

function propose(): u32 {
  const reader = params()
  reader.tuple(4)
  const transaction = Transaction.create()
  transaction.readProposal(reader)
  transaction.approved = AddressList.sized(1)
  reader.finish()
  if (transaction.value.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "proposed value must be non-negative")
  loadMultisig()
  requireSigner()
  const pending = Hamt.load(pendingRoot)
  if (nextId == i64.MAX_VALUE) abort(ExitCode.USR_ASSERTION_FAILED, "out of transaction IDs")
  const id = nextId++
  putTransaction(pending, id, transaction)
  pendingRoot = pending.flush()
  saveMultisig()
  approveTransaction(id, transaction)
  const answer = Writer.sized(1 + intSize(id) + outcomeSize())
  answer.array(4)
  answer.i64(id)
  writeOutcome(answer)
  return createCbor(answer.start, answer.length)
}

/** Transaction ID of the parameters of `approve` and `cancel`. */
let givenId: i64 = 0
/** The digest there, may be empty. */
let givenHash: usize = 0
let givenHashLength: u32 = 0

function readTransactionId(): void {
  const reader = params()
  reader.tuple(2)
  givenId = reader.i64()
  givenHash = reader.bytes()
  givenHashLength = reader.length
  reader.finish()
}

function approve(): u32 {
  readTransactionId()
  loadMultisig()
  requireSigner()
  const pending = Hamt.load(pendingRoot)
  const key = transactionKey(givenId)
  const found = pending.get(key, keyLength)
  if (found == 0) abort(ExitCode.USR_NOT_FOUND, "no such transaction")
  const transaction = Transaction.decode(found, hamtValueLength)
  if (givenHashLength != 0 && !transaction.hasHash(givenHash, givenHashLength)) {
    abort(ExitCode.USR_ILLEGAL_ARGUMENT, "hash does not match proposal")
  }
  // The state is written even though it is the same: what it costs is what it costs.
  saveMultisig()
  executeIfApproved(givenId, transaction)
  if (!applied) approveTransaction(givenId, transaction)
  const answer = Writer.sized(1 + outcomeSize())
  answer.array(3)
  writeOutcome(answer)
  return createCbor(answer.start, answer.length)
}

function cancel(): u32 {
  readTransactionId()
  loadMultisig()
  requireSigner()
  const pending = Hamt.load(pendingRoot)
  const key = transactionKey(givenId)
  const found = pending.delete(key, keyLength)
  if (found == 0) abort(ExitCode.USR_NOT_FOUND, "no such transaction")
  const transaction = Transaction.decode(found, hamtValueLength)
  const proposer = AddressList.sized(1)
  if (transaction.approved.length > 0) proposer.push(transaction.approved.address(0), transaction.approved.size(0))
  if (!proposer.hasId(caller())) abort(ExitCode.USR_FORBIDDEN, "cannot cancel another signer's transaction")
  const same = transaction.hasHash(givenHash, givenHashLength)
  if (givenHashLength != 0 && !same) abort(ExitCode.USR_ILLEGAL_STATE, "hash does not match proposal")
  pendingRoot = pending.flush()
  saveMultisig()
  return 0
}

/** Adds the caller's approval and does what was proposed if that suffices. */
function approveTransaction(id: i64, transaction: Transaction): void {
  if (transaction.approved.hasId(caller())) abort(ExitCode.USR_FORBIDDEN, "already approved")
  loadMultisig()
  const pending = Hamt.load(pendingRoot)
  transaction.approved.pushId(caller())
  putTransaction(pending, id, transaction)
  pendingRoot = pending.flush()
  saveMultisig()
  executeIfApproved(id, transaction)
}

function executeIfApproved(id: i64, transaction: Transaction): void {
  applied = false
  if (u64(transaction.approved.length) < threshold) return
  const balance = BigInt.fromAmount(currentBalance())
  requireAvailable(balance, transaction.value, currentEpoch())
  loadMultisig()
  const pending = Hamt.load(pendingRoot)
  const key = transactionKey(id)
  pending.delete(key, keyLength)
  pendingRoot = pending.flush()
  saveMultisig()
  const value = alloc(16)
  if (!transaction.value.toAmount(value)) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "value too large")
  const length = transaction.paramsLength
  const block = length == 0 ? 0 : createBlock(Codec.CBOR, transaction.params, length)
  const error = send(transaction.to, transaction.toLength, transaction.method, block, value, ALL_GAS)
  if (error != ErrorNumber.OK) appliedCode = exitCodeOfRefusal(error)
  else {
    appliedCode = sentExitCode == ExitCode.OK ? 0 : passedOnExitCode(sentExitCode)
    returned = sentData()
    returnedLength = returned == 0 ? 0 : sentSize
  }
  applied = true
}

/** Exit 19 unless the balance covers the amount and what is still locked after it. */
function requireAvailable(balance: BigInt, amount: BigInt, epoch: i64): void {
  if (amount.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "amount to spend less than zero")
  if (balance.compare(amount) < 0) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "balance less than amount to spend")
  if (amount.isZero) return
  const elapsed = epoch - startEpoch
  if (startEpoch < 0 ? elapsed < epoch : elapsed > epoch) abort(ExitCode.USR_ASSERTION_FAILED, "epoch overflow")
  if (balance.minus(amount).compare(lockedAfter(elapsed)) < 0) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "amount is locked")
}

/** What is locked that many epochs after the start: it unlocks evenly, rounded up. */
function lockedAfter(elapsed: i64): BigInt {
  if (elapsed >= unlockDuration) return BigInt.zero()
  if (elapsed <= 0) return initialBalance
  return initialBalance.times(BigInt.fromI64(unlockDuration - elapsed)).divideCeil(BigInt.fromI64(unlockDuration))
}

function addSigner(): u32 {
  const reader = params()
  reader.tuple(2)
  const address = readAddress(reader)
  const length = reader.length
  const increase = reader.bool()
  reader.finish()
  requireCaller(receiver())
  const id = resolveToId(address, length, true)
  loadMultisig()
  if (signers.length >= u32(MAX_SIGNERS)) abort(ExitCode.USR_FORBIDDEN, "too many signers")
  if (signers.hasId(id)) abort(ExitCode.USR_FORBIDDEN, "already a signer")
  signers.pushId(id)
  if (increase) threshold++
  saveMultisig()
  return 0
}

function removeSigner(): u32 {
  const reader = params()
  reader.tuple(2)
  const address = readAddress(reader)
  const length = reader.length
  const decrease = reader.bool()
  reader.finish()
  requireCaller(receiver())
  const id = resolveToId(address, length, false)
  loadMultisig()
  if (!signers.hasId(id)) abort(ExitCode.USR_FORBIDDEN, "not a signer")
  if (signers.length == 1) abort(ExitCode.USR_FORBIDDEN, "cannot remove only signer")
  if (!decrease && u64(signers.length - 1) < threshold) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "threshold above signers left")
  if (decrease) {
    if (threshold < 2) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "cannot decrease approvals")
    threshold--
  }
  purgeApprovals(id)
  signers.removeId(id)
  saveMultisig()
  return 0
}

function swapSigner(): u32 {
  const reader = params()
  reader.tuple(2)
  const from = readAddress(reader)
  const fromLength = reader.length
  const to = readAddress(reader)
  const toLength = reader.length
  reader.finish()
  requireCaller(receiver())
  const old = resolveToId(from, fromLength, false)
  const fresh = resolveToId(to, toLength, true)
  loadMultisig()
  if (!signers.hasId(old)) abort(ExitCode.USR_FORBIDDEN, "not a signer")
  if (signers.hasId(fresh)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "already a signer")
  signers.removeId(old)
  signers.pushId(fresh)
  purgeApprovals(old)
  saveMultisig()
  return 0
}

/** The signer whose approvals go, and the transactions that have one: key, its length, transaction; 12 bytes each. */
let purgedId: u64 = 0
let purged: usize = 0
let purgedCount: u32 = 0
let purgedRoom: u32 = 0

function collectApproved(key: usize, length: u32, value: usize, valueLength: u32): void {
  if (readUvarint(key, length) != length) abort(ExitCode.USR_ILLEGAL_STATE, "invalid key of a transaction")
  const transaction = Transaction.decode(value, valueLength)
  if (!transaction.approved.hasId(purgedId)) return
  if (purgedCount == purgedRoom) {
    const room = purgedRoom == 0 ? 16 : purgedRoom * 2
    const moved = alloc(room * 12)
    memory.copy(moved, purged, purgedCount * 12)
    purged = moved
    purgedRoom = room
  }
  const slot = purged + purgedCount++ * 12
  store<u32>(slot, u32(key))
  store<u32>(slot, length, 4)
  store<u32>(slot, u32(changetype<usize>(transaction)), 8)
}

/** Takes a signer's approvals back; a transaction without any is gone. */
function purgeApprovals(id: u64): void {
  const pending = Hamt.load(pendingRoot)
  purgedId = id
  pending.forEach(collectApproved)
  for (let i: u32 = 0; i < purgedCount; i++) {
    const slot = purged + i * 12
    const key = usize(load<u32>(slot))
    const length = load<u32>(slot, 4)
    const transaction = changetype<Transaction>(usize(load<u32>(slot, 8)))
    transaction.approved.removeId(id)
    if (transaction.approved.length == 0) pending.delete(key, length)
    else {
      const encoded = transaction.encode()
      pending.set(key, length, encoded.start, encoded.length)
    }
  }
  pendingRoot = pending.flush()
}

function changeThreshold(): u32 {
  const reader = params()
  reader.tuple(1)
  const wanted = reader.u64()
  reader.finish()
  requireCaller(receiver())
  loadMultisig()
  if (wanted == 0 || wanted > u64(signers.length)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "threshold not supported")
  threshold = wanted
  saveMultisig()
  return 0
}

function lockBalance(): u32 {
  const reader = params()
  reader.tuple(3)
  const start = reader.i64()
  const duration = reader.i64()
  const amount = BigInt.read(reader)
  reader.finish()
  requireCaller(receiver())
  if (duration <= 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "unlock duration must be positive")
  if (amount.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "amount to lock must be positive")
  loadMultisig()
  if (unlockDuration != 0) abort(ExitCode.USR_FORBIDDEN, "modification of unlock disallowed")
  startEpoch = start
  unlockDuration = duration
  initialBalance = amount
  saveMultisig()
  return 0
}

/** Takes any transfer whose parameters are `[type u32, payload bytes]`. */
function receive(): u32 {
  const reader = params()
  reader.tuple(2)
  reader.u32()
  reader.bytes()
  reader.finish()
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_PROPOSE) return propose()
  if (method == METHOD_APPROVE) return approve()
  if (method == METHOD_CANCEL) return cancel()
  if (method == METHOD_ADD_SIGNER) return addSigner()
  if (method == METHOD_REMOVE_SIGNER) return removeSigner()
  if (method == METHOD_SWAP_SIGNER) return swapSigner()
  if (method == METHOD_CHANGE_THRESHOLD) return changeThreshold()
  if (method == METHOD_LOCK_BALANCE) return lockBalance()
  if (method == Method.RECEIVE) return receive()
  return acceptExported(method)
}
