/**
 * Payment channel: one party pays another by vouchers that are signed off chain and redeemed here, lane by lane.
 *
 * State: `[from, to, to send, settling at, least settling epoch, AMT of lane -> [redeemed, nonce]]`.
 *
 * Source: builtin-actors actors/paych.
 */
import { actorType, codeOf, params, readParams, requireNoParams, resolve, resolvedId, restrictInternalApi, unhandled } from "./sdk/actor"
import { ActorType } from "./sdk/actor-type"
import { readAddress, readUvarint, uvarint, writeIdAddress } from "./sdk/address"
import { ZERO } from "./sdk/amount"
import { Amt, amtValueLength } from "./sdk/amt"
import { BigInt } from "./sdk/big-int"
import { blockLength, createCbor } from "./sdk/block"
import { headSize, intSize, LINK_SIZE, Reader, stringSize, Writer } from "./sdk/cbor"
import { Codec } from "./sdk/cid"
import { begin, caller, currentBalance, currentEpoch, methodNumber, receiver } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { blake2b256 } from "./sdk/hash"
import { alloc, equalBytes } from "./sdk/memory"
import { Method } from "./sdk/method"
import { METHOD_CONSTRUCTOR, METHOD_SEND, requireSent, send, SEND_READ_ONLY, sendToId, sentBlock, sentCodec, sentData, sentSize } from "./sdk/send"
import { createState, loadState, saveState } from "./sdk/state"
import { self_self_destruct } from "./sdk/syscalls"

const METHOD_UPDATE_CHANNEL_STATE: u64 = 2
const METHOD_SETTLE: u64 = 3
const METHOD_COLLECT: u64 = 4

/** Exit code of a voucher that comes after the end of settling. */
const EXIT_AFTER_SETTLED: u32 = ExitCode.FIRST_ACTOR_SPECIFIC_EXIT_CODE

const MAX_LANE: u64 = i64.MAX_VALUE
/** Twelve hours. */
const SETTLE_DELAY: i64 = 12 * 120
const MAX_SECRET_LENGTH: u32 = 256

// The state, as `loadChannel` read it.
let fromId: u64 = 0
let toId: u64 = 0
let toSend: BigInt = changetype<BigInt>(0)
let settlingAt: i64 = 0
let minSettleHeight: i64 = 0
let laneStates: usize = 0

/** Reads an f0 address. */
function readId(reader: Reader): u64 {
  const at = readAddress(reader)
  if (load<u8>(at) != 0) reader.fail()
  readUvarint(at + 1, reader.length - 1)
  return uvarint
}

function loadChannel(): void {
  const at = loadState()
  const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
  reader.tuple(6)
  fromId = readId(reader)
  toId = readId(reader)
  toSend = BigInt.read(reader)
  settlingAt = reader.i64()
  minSettleHeight = reader.i64()
  laneStates = reader.cid()
  reader.finish()
}

function writeId(writer: Writer, id: u64): void {
  const at = alloc(11)
  writer.bytes(at, writeIdAddress(at, id))
}

function encodeChannel(): Writer {
  const writer = Writer.sized(1 + 24 + toSend.encodedSize + intSize(settlingAt) + intSize(minSettleHeight) + LINK_SIZE)
  writer.array(6)
  writeId(writer, fromId)
  writeId(writer, toId)
  toSend.write(writer)
  writer.i64(settlingAt)
  writer.i64(minSettleHeight)
  writer.cid(laneStates)
  return writer
}

function saveChannel(): void {
  const writer = encodeChannel()
  saveState(writer.start, writer.length)
}

function requireParty(): void {
  if (caller() != fromId && caller() != toId) abort(ExitCode.USR_FORBIDDEN, "caller is no party of the channel")
}

/** The ID of a party; a new account is made for a key that has none, by paying it nothing. */
function partyId(address: usize, length: u32): u64 {
  if (!resolve(address, length)) {
    requireSent(send(address, length, METHOD_SEND, 0, ZERO))
    if (!resolve(address, length)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "failed to resolve or initialize address")
  }
  const id = resolvedId
  if (codeOf(id) == 0) abort(ExitCode.USR_NOT_FOUND, "no code for address")
  return id
}

function construct(): u32 {
  const reader = params()
  reader.tuple(2)
  const from = readAddress(reader)
  const fromLength = reader.length
  const to = readAddress(reader)
  const toLength = reader.length
  reader.finish()
  if (actorType(caller()) != ActorType.INIT) abort(ExitCode.USR_FORBIDDEN, "caller must be init")
  toId = partyId(to, toLength)
  fromId = partyId(from, fromLength)
  toSend = BigInt.zero()
  laneStates = Amt.create().flush()
  const state = encodeChannel()
  createState(state.start, state.length)
  return 0
}

// The voucher, as `readVoucher` read it.
let channel: usize = 0
let channelLength: u32 = 0
let timeLockMin: i64 = 0
let timeLockMax: i64 = 0
let secretHash: usize = 0
let secretHashLength: u32 = 0
/** The actor that has a say, 0 if none; what it is called with. */
let extraActor: usize = 0
let extraActorLength: u32 = 0
let extraMethod: u64 = 0
let extraData: usize = 0
let extraDataLength: u32 = 0
let lane: u64 = 0
let nonce: u64 = 0
let amount: BigInt = changetype<BigInt>(0)
let voucherMinSettle: i64 = 0
/** Pairs of u64: lane and nonce. */
let merges: usize = 0
let mergeCount: u32 = 0
/** 0 if there is none; without its type. */
let signature: usize = 0
let signatureLength: u32 = 0

function readVoucher(reader: Reader): void {
  reader.tuple(11)
  channel = readAddress(reader)
  channelLength = reader.length
  timeLockMin = reader.i64()
  timeLockMax = reader.i64()
  secretHash = reader.bytes()
  secretHashLength = reader.length
  if (!reader.isNull()) {
    reader.tuple(3)
    extraActor = readAddress(reader)
    extraActorLength = reader.length
    extraMethod = reader.u64()
    extraData = reader.bytes()
    extraDataLength = reader.length
  }
  lane = reader.u64()
  nonce = reader.u64()
  amount = BigInt.read(reader)
  voucherMinSettle = reader.i64()
  const count = reader.array()
  if (count > u64(reader.end - reader.at)) reader.fail()
  mergeCount = u32(count)
  merges = alloc(mergeCount * 16)
  for (let i: u32 = 0; i < mergeCount; i++) {
    reader.tuple(2)
    store<u64>(merges + i * 16, reader.u64())
    store<u64>(merges + i * 16, reader.u64(), 8)
  }
  if (!reader.isNull()) {
    signature = reader.bytes() + 1
    const type = load<u8>(signature - 1)
    if (reader.length == 0 || type < 1 || type > 2) reader.fail()
    signatureLength = reader.length - 1
  }
}

/** The voucher as it was signed: with null in place of the signature. */
function signedBytes(): Writer {
  let size = 1 + stringSize(channelLength) + intSize(timeLockMin) + intSize(timeLockMax) + stringSize(secretHashLength)
  size += extraActor == 0 ? 1 : 1 + stringSize(extraActorLength) + headSize(extraMethod) + stringSize(extraDataLength)
  size += headSize(lane) + headSize(nonce) + amount.encodedSize + intSize(voucherMinSettle) + headSize(mergeCount) + 1
  for (let i: u32 = 0; i < mergeCount; i++) {
    size += 1 + headSize(load<u64>(merges + i * 16)) + headSize(load<u64>(merges + i * 16, 8))
  }
  const writer = Writer.sized(size)
  writer.array(11)
  writer.bytes(channel, channelLength)
  writer.i64(timeLockMin)
  writer.i64(timeLockMax)
  writer.bytes(secretHash, secretHashLength)
  if (extraActor == 0) writer.null()
  else {
    writer.array(3)
    writer.bytes(extraActor, extraActorLength)
    writer.u64(extraMethod)
    writer.bytes(extraData, extraDataLength)
  }
  writer.u64(lane)
  writer.u64(nonce)
  amount.write(writer)
  writer.i64(voucherMinSettle)
  writer.array(mergeCount)
  for (let i: u32 = 0; i < mergeCount; i++) {
    writer.array(2)
    writer.u64(load<u64>(merges + i * 16))
    writer.u64(load<u64>(merges + i * 16, 8))
  }
  writer.null()
  return writer
}

/** Asks the other party's actor whether the voucher is its own. */
function authenticate(signer: u64, text: Writer): void {
  const input = Writer.sized(1 + stringSize(signatureLength) + stringSize(text.length))
  input.array(2)
  input.bytes(signature, signatureLength)
  input.bytes(text.start, text.length)
  requireSent(sendToId(signer, Method.AUTHENTICATE_MESSAGE, createCbor(input.start, input.length), ZERO, SEND_READ_ONLY))
  if (sentBlock == 0) abort(ExitCode.USR_ASSERTION_FAILED, "return expected")
  const at = sentData()
  if (sentCodec != Codec.CBOR && sentCodec != Codec.DAG_CBOR) abort(ExitCode.USR_SERIALIZATION, "return is not CBOR")
  const reader = Reader.over(at, sentSize)
  const valid = reader.bool()
  reader.finish()
  if (!valid) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher authentication failed")
}

// A lane, as `findLane` found it.
let laneRedeemed: BigInt = changetype<BigInt>(0)
let laneNonce: u64 = 0

function findLane(lanes: Amt, id: u64): bool {
  if (id > MAX_LANE) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "maximum lane ID is 2^63-1")
  const at = lanes.get(id)
  if (at == 0) return false
  const reader = Reader.over(at, amtValueLength, ExitCode.USR_ILLEGAL_STATE)
  reader.tuple(2)
  laneRedeemed = BigInt.read(reader)
  laneNonce = reader.u64()
  return true
}

function putLane(lanes: Amt, id: u64, redeemed: BigInt, count: u64): void {
  const writer = Writer.sized(1 + redeemed.encodedSize + headSize(count))
  writer.array(2)
  redeemed.write(writer)
  writer.u64(count)
  lanes.set(id, writer.start, writer.length)
}

function updateChannelState(): u32 {
  const reader = params()
  reader.tuple(2)
  readVoucher(reader)
  const secret = reader.bytes()
  const secretLength = reader.length
  reader.finish()

  loadChannel()
  requireParty()
  const signer = caller() == fromId ? toId : fromId
  if (signature == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher has no signature")
  if (settlingAt != 0 && currentEpoch() >= settlingAt) abort(EXIT_AFTER_SETTLED, "no vouchers after settling")
  if (secretLength > MAX_SECRET_LENGTH) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "secret must be at most 256 bytes long")
  authenticate(signer, signedBytes())
  if (!resolve(channel, channelLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher channel address does not resolve")
  if (resolvedId != receiver()) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher is for another channel")
  if (currentEpoch() < timeLockMin) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "cannot use this voucher yet")
  if (timeLockMax != 0 && currentEpoch() > timeLockMax) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "this voucher has expired")
  if (amount.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher amount must be non-negative")
  if (secretHashLength != 0) {
    const digest = alloc(32)
    blake2b256(secret, secretLength, digest)
    if (secretHashLength != 32 || !equalBytes(digest, secretHash, 32)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "incorrect secret")
  }
  if (extraActor != 0) {
    requireSent(send(extraActor, extraActorLength, extraMethod, createCbor(extraData, extraDataLength), ZERO))
  }
  redeem()
  return 0
}

/** Takes the voucher's amount over what its lane, and the lanes it merges, have redeemed before. */
function redeem(): void {
  loadChannel()
  const lanes = Amt.load(laneStates)
  let before = BigInt.zero()
  if (findLane(lanes, lane)) {
    if (laneNonce >= nonce) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher has an outdated nonce")
    before = laneRedeemed
  }
  for (let i: u32 = 0; i < mergeCount; i++) {
    const other = load<u64>(merges + i * 16)
    const otherNonce = load<u64>(merges + i * 16, 8)
    if (other == lane) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher cannot merge a lane into itself")
    if (!findLane(lanes, other)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher specifies invalid merge lane")
    if (laneNonce >= otherNonce) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "merged lane has outdated nonce")
    before = before.plus(laneRedeemed)
    putLane(lanes, other, laneRedeemed, otherNonce)
  }
  const owed = amount.minus(before).plus(toSend)
  if (owed.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "voucher would leave channel balance negative")
  if (owed.compare(BigInt.fromAmount(currentBalance())) > 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "not enough funds in channel")
  toSend = owed
  if (voucherMinSettle != 0) {
    if (settlingAt != 0 && settlingAt < voucherMinSettle) settlingAt = voucherMinSettle
    if (minSettleHeight < voucherMinSettle) minSettleHeight = voucherMinSettle
  }
  putLane(lanes, lane, amount, nonce)
  laneStates = lanes.flush()
  saveChannel()
}

function settle(): u32 {
  requireNoParams()
  loadChannel()
  requireParty()
  if (settlingAt != 0) abort(ExitCode.USR_ILLEGAL_STATE, "channel already settling")
  settlingAt = max(currentEpoch() + SETTLE_DELAY, minSettleHeight)
  saveChannel()
  return 0
}

function collect(): u32 {
  requireNoParams()
  loadChannel()
  requireParty()
  if (settlingAt == 0 || currentEpoch() < settlingAt) abort(ExitCode.USR_FORBIDDEN, "payment channel not settling or settled")
  const value = alloc(16)
  if (!toSend.toAmount(value)) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "value too large")
  requireSent(sendToId(toId, METHOD_SEND, 0, value))
  memory.copy(value, currentBalance(), 16)
  requireSent(sendToId(fromId, METHOD_SEND, 0, value))
  if (self_self_destruct(0) != ErrorNumber.OK) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "cannot delete the channel")
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_UPDATE_CHANNEL_STATE) return updateChannelState()
  if (method == METHOD_SETTLE) return settle()
  if (method == METHOD_COLLECT) return collect()
  return unhandled()
}
