/**
 * DataCap: the token that stands for storage whose clients are verified. A fungible token (FRC-0046) that only its governor, the
 * verified registry, mints, and that moves to or from the governor only.
 *
 * State: `[governor address, [supply, HAMT of owner ID -> balance, HAMT of owner ID -> HAMT of operator ID -> allowance, bits]]`,
 * where bits is the bit width of the maps: 3 where the constructor made them, 5 on mainnet. Amounts are attotokens, whole tokens only; keys are IDs as unsigned LEB128. There are no entries of 0
 * and no empty maps of allowances.
 *
 * What is sent to actors within a change of state is never sent: an address that nobody has is refused (17), not given an account.
 *
 * Source: builtin-actors actors/datacap; FRC-0046 and the reference token library, frc46_token 15.
 */
import { params, readParams, requireCaller, requireNoParams, resolve, resolvedId, restrictInternalApi, unhandled } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { idAddress, idAddressLength, readAddress, writeUvarint } from "./sdk/address"
import { ZERO } from "./sdk/amount"
import { BigInt } from "./sdk/big-int"
import { blockLength, createCbor, putBlock } from "./sdk/block"
import { headSize, LINK_SIZE, Reader, stringSize, Writer } from "./sdk/cbor"
import { CID_LENGTH, Codec } from "./sdk/cid"
import { begin, caller, isReadOnly, methodNumber, receiver } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { Hamt, hamtValueLength, setHamtBitWidth } from "./sdk/hamt"
import { alloc, equalBytes } from "./sdk/memory"
import { Method } from "./sdk/method"
import { exitCodeOfRefusal, METHOD_CONSTRUCTOR, passedOnExitCode, send, sentData, sentExitCode, sentSize } from "./sdk/send"
import { createState, loadState, saveState, setRoot } from "./sdk/state"

const METHOD_MINT: u64 = 116935346
const METHOD_DESTROY: u64 = 2624896501
const METHOD_NAME: u64 = 48890204
const METHOD_SYMBOL: u64 = 2061153854
const METHOD_GRANULARITY: u64 = 3936767397
const METHOD_TOTAL_SUPPLY: u64 = 114981429
const METHOD_BALANCE: u64 = 3261979605
const METHOD_TRANSFER: u64 = 80475954
const METHOD_TRANSFER_FROM: u64 = 3621052141
const METHOD_INCREASE_ALLOWANCE: u64 = 1777121560
const METHOD_DECREASE_ALLOWANCE: u64 = 1529376545
const METHOD_REVOKE_ALLOWANCE: u64 = 2765635761
const METHOD_BURN: u64 = 1434719642
const METHOD_BURN_FROM: u64 = 2979674018
const METHOD_ALLOWANCE: u64 = 4205072950

/** What receivers know this kind of token by: FRC-0042's number of "FRC46". */
const TOKEN_TYPE: u64 = 2233613279
/** Bit width of the maps in new state, and the largest there is. */
const BIT_WIDTH: u32 = 3
const MAX_BIT_WIDTH: u32 = 5
/** Attotokens in a token; amounts are multiples of it. */
const GRANULARITY: u64 = 1_000_000_000_000_000_000
/** What an operator named by Mint may spend. */
const INFINITE_ALLOWANCE: string = "1000000000000000000000000000000000000000"

const MAX_KEY: u32 = 10

let governor: usize = 0
let governorLength: u32 = 0
let supply: BigInt = changetype<BigInt>(0)
let balances: usize = 0
let allowances: usize = 0
let bitWidth: u32 = 3

function loadToken(): void {
  const at = loadState()
  const state = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_ARGUMENT)
  state.tuple(2)
  governor = readAddress(state)
  governorLength = state.length
  state.tuple(4)
  supply = BigInt.read(state)
  balances = state.cid()
  allowances = state.cid()
  bitWidth = state.u32()
  if (bitWidth == 0 || bitWidth > MAX_BIT_WIDTH) state.fail()
  state.finish()
  setHamtBitWidth(bitWidth)
}

function encodeToken(): Writer {
  const state = Writer.sized(3 + stringSize(governorLength) + supply.encodedSize + 2 * LINK_SIZE)
  state.array(2)
  state.bytes(governor, governorLength)
  state.array(4)
  supply.write(state)
  state.cid(balances)
  state.cid(allowances)
  state.u64(bitWidth)
  return state
}

function saveToken(): void {
  const state = encodeToken()
  saveState(state.start, state.length)
}

/** `saveToken` where a hook is due: one that is not called any more is a fault of its own (24), not a refused write (25). */
function saveBeforeHook(): void {
  const state = encodeToken()
  const cid = alloc(CID_LENGTH)
  putBlock(Codec.DAG_CBOR, state.start, state.length, cid)
  if (isReadOnly()) abort(ExitCode.USR_ASSERTION_FAILED, "receiver hook not called")
  setRoot(cid)
}

/** Length of the key that `keyOf` made. */
let keyLength: u32 = 0

function keyOf(id: u64): usize {
  const at = alloc(MAX_KEY)
  keyLength = writeUvarint(at, id)
  return at
}

/** The amount in a map; 0 if the key is not there. */
function amountAt(map: Hamt, key: usize, length: u32): BigInt {
  const at = map.get(key, length)
  return at == 0 ? BigInt.zero() : BigInt.read(Reader.over(at, hamtValueLength))
}

function putAmount(map: Hamt, key: usize, length: u32, amount: BigInt): void {
  const value = Writer.sized(amount.encodedSize)
  amount.write(value)
  map.set(key, length, value.start, value.length)
}

function putLink(map: Hamt, key: usize, length: u32, cid: usize): void {
  const value = Writer.sized(LINK_SIZE)
  value.cid(cid)
  map.set(key, length, value.start, value.length)
}

function getBalance(owner: u64): BigInt {
  const map = Hamt.load(balances)
  const key = keyOf(owner)
  return amountAt(map, key, keyLength)
}

/** Adds to a balance and answers the new one. Exit 19 if there is not as much. */
function changeBalance(owner: u64, change: BigInt): BigInt {
  if (change.isZero) return getBalance(owner)
  const map = Hamt.load(balances)
  const key = keyOf(owner)
  const length = keyLength
  const balance = amountAt(map, key, length).plus(change)
  if (balance.isNegative) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "balance too low")
  if (balance.isZero) map.delete(key, length)
  else putAmount(map, key, length, balance)
  balances = map.flush()
  return balance
}

function changeSupply(change: BigInt): void {
  supply = supply.plus(change)
  if (supply.isNegative) abort(ExitCode.USR_ILLEGAL_STATE, "negative supply")
}

/** Takes the amount away from owner and supply, and answers the new balance. */
function burnFrom(owner: u64, amount: BigInt): BigInt {
  const balance = changeBalance(owner, amount.negated())
  changeSupply(amount.negated())
  return balance
}

function move(from: u64, to: u64, amount: BigInt): void {
  if (from == to) {
    if (getBalance(from).compare(amount) < 0) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "balance too low")
    return
  }
  changeBalance(from, amount.negated())
  changeBalance(to, amount)
}

/** The CID of an owner's allowances in the map of all; 0 if it has given none. */
function ownersRoot(map: Hamt, key: usize, length: u32): usize {
  const at = map.get(key, length)
  return at == 0 ? 0 : Reader.over(at, hamtValueLength).cid()
}

function getAllowance(owner: u64, operator: u64): BigInt {
  const all = Hamt.load(allowances)
  const ownerKey = keyOf(owner)
  const root = ownersRoot(all, ownerKey, keyLength)
  if (root == 0) return BigInt.zero()
  const map = Hamt.load(root)
  const key = keyOf(operator)
  return amountAt(map, key, keyLength)
}

/** Puts an owner's map back into the map of all, or takes it out if it has become empty. */
function saveAllowances(all: Hamt, ownerKey: usize, ownerKeyLength: u32, map: Hamt): void {
  if (map.isEmpty) all.delete(ownerKey, ownerKeyLength)
  else putLink(all, ownerKey, ownerKeyLength, map.flush())
  allowances = all.flush()
}

/** Adds to an allowance, down to 0, and answers the new one. */
function changeAllowance(owner: u64, operator: u64, change: BigInt): BigInt {
  if (change.isZero) return getAllowance(owner, operator)
  const all = Hamt.load(allowances)
  const ownerKey = keyOf(owner)
  const ownerKeyLength = keyLength
  const root = ownersRoot(all, ownerKey, ownerKeyLength)
  if (root == 0 && change.isNegative) return BigInt.zero()
  const map = root == 0 ? Hamt.create() : Hamt.load(root)
  const key = keyOf(operator)
  const length = keyLength
  let allowance = amountAt(map, key, length).plus(change)
  if (allowance.isNegative) allowance = BigInt.zero()
  if (allowance.isZero) map.delete(key, length)
  else putAmount(map, key, length, allowance)
  saveAllowances(all, ownerKey, ownerKeyLength, map)
  return allowance
}

/** Takes an allowance away and answers what it was. */
function dropAllowance(owner: u64, operator: u64): BigInt {
  const before = Hamt.load(allowances)
  const ownerKey = keyOf(owner)
  const ownerKeyLength = keyLength
  const root = ownersRoot(before, ownerKey, ownerKeyLength)
  if (root == 0) return BigInt.zero()
  const map = Hamt.load(root)
  const key = keyOf(operator)
  const value = map.delete(key, keyLength)
  const old = value == 0 ? BigInt.zero() : BigInt.read(Reader.over(value, hamtValueLength))
  const all = Hamt.load(allowances)
  saveAllowances(all, ownerKey, ownerKeyLength, map)
  return old
}

/** Sets an allowance to an amount that is not 0. */
function setAllowance(owner: u64, operator: u64, amount: BigInt): void {
  const all = Hamt.load(allowances)
  const ownerKey = keyOf(owner)
  const ownerKeyLength = keyLength
  const root = ownersRoot(all, ownerKey, ownerKeyLength)
  const map = root == 0 ? Hamt.create() : Hamt.load(root)
  const key = keyOf(operator)
  putAmount(map, key, keyLength, amount)
  saveAllowances(all, ownerKey, ownerKeyLength, map)
}

/** Takes an amount off an allowance and answers the rest. Exit 19 if it is not as much, or nothing at all. */
function useAllowance(owner: u64, operator: u64, amount: BigInt): BigInt {
  const allowance = getAllowance(owner, operator)
  if ((allowance.isZero && operator != owner) || allowance.compare(amount) < 0) {
    abort(ExitCode.USR_INSUFFICIENT_FUNDS, "allowance too low")
  }
  return amount.isZero ? allowance : changeAllowance(owner, operator, amount.negated())
}

/** Whether it is a whole number of tokens, 0 or more. */
function isWhole(amount: BigInt): bool {
  return !amount.isNegative && amount.isMultipleOf(BigInt.fromU64(GRANULARITY))
}

function requireWhole(amount: BigInt): void {
  if (!isWhole(amount)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "amount must be whole tokens, not negative")
}

function requirePositive(amount: BigInt): void {
  if (amount.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "amount must not be negative")
}

/** Looks an address up; the second time is after what would have created an account elsewhere. */
function resolveTwice(address: usize, length: u32): bool {
  return resolve(address, length) || resolve(address, length)
}

function requireId(address: usize, length: u32): u64 {
  if (!resolveTwice(address, length)) abort(ExitCode.USR_NOT_FOUND, "address not initialized")
  return resolvedId
}

/** Whether the governor has the f0 address of this ID. */
function isGovernor(id: u64): bool {
  const address = idAddress(id)
  return idAddressLength == governorLength && equalBytes(address, governor, governorLength)
}

/** Whether an address is that of an ID. */
function isSame(id: u64, address: usize, length: u32): bool {
  return resolve(address, length) && resolvedId == id
}

/** What the hook returned, and how much. */
let answered: usize = 0
let answeredLength: u32 = 0

/** Tells the receiver of its tokens; that it fails undoes everything. */
function callHook(
  to: usize, toLength: u32, from: u64, toId: u64, operator: u64, amount: BigInt, data: usize, dataLength: u32,
): void {
  const size =
    1 + headSize(from) + headSize(toId) + headSize(operator) + amount.encodedSize + stringSize(dataLength) + stringSize(0)
  const input = Writer.sized(1 + headSize(TOKEN_TYPE) + stringSize(size))
  input.array(2)
  input.u64(TOKEN_TYPE)
  input.head(2, size)
  input.array(6)
  input.u64(from)
  input.u64(toId)
  input.u64(operator)
  amount.write(input)
  input.bytes(data, dataLength)
  input.bytes(0, 0)
  const error = send(to, toLength, Method.RECEIVE, createCbor(input.start, input.length), ZERO)
  if (error != ErrorNumber.OK) abort(exitCodeOfRefusal(error), "receiver hook refused")
  if (sentExitCode != ExitCode.OK) abort(passedOnExitCode(sentExitCode), "receiver hook failed")
  answered = sentData()
  answeredLength = answered == 0 ? 0 : sentSize
}

/** One amount as an answer, bare or in a tuple of its own. */
function answerAmount(amount: BigInt, tuple: bool): u32 {
  const answer = Writer.sized(1 + amount.encodedSize)
  if (tuple) answer.array(1)
  amount.write(answer)
  return createCbor(answer.start, answer.length)
}

function answerAmounts(first: BigInt, second: BigInt): u32 {
  const answer = Writer.sized(1 + first.encodedSize + second.encodedSize)
  answer.array(2)
  first.write(answer)
  second.write(answer)
  return createCbor(answer.start, answer.length)
}

/** Two amounts and what the hook answered. */
function answerReceived(first: BigInt, second: BigInt): u32 {
  const answer = Writer.sized(1 + first.encodedSize + second.encodedSize + stringSize(answeredLength))
  answer.array(3)
  first.write(answer)
  second.write(answer)
  answer.bytes(answered, answeredLength)
  return createCbor(answer.start, answer.length)
}

function construct(): u32 {
  const reader = params()
  governor = readAddress(reader)
  governorLength = reader.length
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  if (!resolve(governor, governorLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "failed to resolve governor address")
  supply = BigInt.zero()
  balances = Hamt.create().flush()
  allowances = Hamt.create().flush()
  const state = encodeToken()
  createState(state.start, state.length)
  return 0
}

function answerText(text: string): u32 {
  requireNoParams()
  const answer = Writer.sized(stringSize(text.length))
  answer.head(3, text.length)
  for (let i = 0; i < text.length; i++) store<u8>(answer.at++, text.charCodeAt(i))
  return createCbor(answer.start, answer.length)
}

function granularity(): u32 {
  requireNoParams()
  const answer = Writer.sized(9)
  answer.u64(GRANULARITY)
  return createCbor(answer.start, answer.length)
}

function totalSupply(): u32 {
  requireNoParams()
  loadToken()
  return answerAmount(supply, false)
}

/** The balance behind an address: 0 if nobody has it. */
function balanceOf(address: usize, length: u32): BigInt {
  return resolve(address, length) ? getBalance(resolvedId) : BigInt.zero()
}

function balance(): u32 {
  const reader = params()
  const address = readAddress(reader)
  const length = reader.length
  reader.finish()
  loadToken()
  return answerAmount(balanceOf(address, length), false)
}

function allowance(): u32 {
  const reader = params()
  reader.tuple(2)
  const owner = readAddress(reader)
  const ownerLength = reader.length
  const operator = readAddress(reader)
  const operatorLength = reader.length
  reader.finish()
  loadToken()
  let amount = BigInt.zero()
  if (resolve(owner, ownerLength)) {
    const ownerId = resolvedId
    if (resolve(operator, operatorLength)) amount = getAllowance(ownerId, resolvedId)
  }
  return answerAmount(amount, false)
}

function requireGovernor(): void {
  if (!isGovernor(caller())) abort(ExitCode.USR_FORBIDDEN, "caller is not the governor")
}

function mint(): u32 {
  const reader = params()
  reader.tuple(3)
  const to = readAddress(reader)
  const toLength = reader.length
  const amount = BigInt.read(reader)
  const count = reader.array()
  const operators = Reader.over(reader.at, u32(reader.end - reader.at))
  for (let left = count; left > 0; left--) readAddress(reader)
  reader.finish()
  loadToken()
  requireGovernor()

  // A failure here shows only when the operators have had their turn.
  let failed: u32 = ExitCode.OK
  let toId: u64 = 0
  if (!isWhole(amount)) failed = ExitCode.USR_ILLEGAL_ARGUMENT
  else if (!resolveTwice(to, toLength)) failed = ExitCode.USR_NOT_FOUND
  else {
    toId = resolvedId
    changeBalance(toId, amount)
    changeSupply(amount)
  }
  for (let left = count; left > 0; left--) {
    const operator = readAddress(operators)
    const length = operators.length
    let known = resolveTwice(to, toLength)
    const owner = resolvedId
    known = known && resolveTwice(operator, length)
    if (!known) {
      // Where the tokens are minted already, what fails is the hook that is not called any more.
      abort(failed == ExitCode.OK ? ExitCode.USR_ASSERTION_FAILED : ExitCode.USR_NOT_FOUND, "operator not initialized")
    }
    setAllowance(owner, resolvedId, BigInt.fromDecimal(INFINITE_ALLOWANCE))
  }
  if (failed != ExitCode.OK) abort(failed, "cannot mint")
  saveBeforeHook()

  loadToken()
  callHook(to, toLength, receiver(), toId, caller(), amount, 0, 0)
  return answerReceived(balanceOf(to, toLength), supply)
}

function destroy(): u32 {
  const reader = params()
  reader.tuple(2)
  const owner = readAddress(reader)
  const ownerLength = reader.length
  const amount = BigInt.read(reader)
  reader.finish()
  loadToken()
  requireGovernor()
  requireWhole(amount)
  const left = burnFrom(requireId(owner, ownerLength), amount)
  saveToken()
  return answerAmount(left, true)
}

function transfer(): u32 {
  const reader = params()
  reader.tuple(3)
  const to = readAddress(reader)
  const toLength = reader.length
  const amount = BigInt.read(reader)
  const data = reader.bytes()
  const dataLength = reader.length
  reader.finish()
  if (!resolve(to, toLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "to must be an ID address")
  const toId = resolvedId
  const from = caller()
  loadToken()
  if (!isGovernor(toId) && !isGovernor(from)) abort(ExitCode.USR_FORBIDDEN, "transfer not allowed")
  requireWhole(amount)
  move(from, toId, amount)
  saveBeforeHook()

  loadToken()
  callHook(idAddress(toId), idAddressLength, from, toId, from, amount, data, dataLength)
  const fromBalance = getBalance(from)
  return answerReceived(fromBalance, getBalance(toId))
}

function transferFrom(): u32 {
  const reader = params()
  reader.tuple(4)
  const from = readAddress(reader)
  const fromLength = reader.length
  const to = readAddress(reader)
  const toLength = reader.length
  const amount = BigInt.read(reader)
  const data = reader.bytes()
  const dataLength = reader.length
  reader.finish()
  if (!resolve(to, toLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "to must be an ID address")
  const toId = resolvedId
  const operator = caller()
  loadToken()
  if (!isGovernor(toId)) abort(ExitCode.USR_FORBIDDEN, "transfer not allowed")
  requireWhole(amount)
  if (isSame(operator, from, fromLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "operator is the owner")
  if (!resolve(from, fromLength)) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "owner not initialized")
  const fromId = resolvedId
  useAllowance(fromId, operator, amount)
  move(fromId, toId, amount)
  saveBeforeHook()

  loadToken()
  callHook(idAddress(toId), idAddressLength, fromId, toId, operator, amount, data, dataLength)
  const fromBalance = balanceOf(from, fromLength)
  const toBalance = getBalance(toId)
  resolve(from, fromLength)
  const rest = getAllowance(resolvedId, operator)
  const answer = Writer.sized(
    1 + fromBalance.encodedSize + toBalance.encodedSize + rest.encodedSize + stringSize(answeredLength),
  )
  answer.array(4)
  fromBalance.write(answer)
  toBalance.write(answer)
  rest.write(answer)
  answer.bytes(answered, answeredLength)
  return createCbor(answer.start, answer.length)
}

/** IncreaseAllowance and DecreaseAllowance. */
function adjustAllowance(increase: bool): u32 {
  const reader = params()
  reader.tuple(2)
  const operator = readAddress(reader)
  const operatorLength = reader.length
  const amount = BigInt.read(reader)
  reader.finish()
  loadToken()
  requirePositive(amount)
  const id = requireId(operator, operatorLength)
  const allowance = changeAllowance(caller(), id, increase ? amount : amount.negated())
  saveToken()
  return answerAmount(allowance, false)
}

function revokeAllowance(): u32 {
  const reader = params()
  reader.tuple(1)
  const operator = readAddress(reader)
  const operatorLength = reader.length
  reader.finish()
  loadToken()
  const old = resolve(operator, operatorLength) ? dropAllowance(caller(), resolvedId) : BigInt.zero()
  saveToken()
  return answerAmount(old, false)
}

function burn(): u32 {
  const reader = params()
  reader.tuple(1)
  const amount = BigInt.read(reader)
  reader.finish()
  loadToken()
  requireWhole(amount)
  const left = burnFrom(caller(), amount)
  saveToken()
  return answerAmount(left, true)
}

/** BurnFrom: by an operator. */
function burnAllowed(): u32 {
  const reader = params()
  reader.tuple(2)
  const owner = readAddress(reader)
  const ownerLength = reader.length
  const amount = BigInt.read(reader)
  reader.finish()
  loadToken()
  requireWhole(amount)
  if (isSame(caller(), owner, ownerLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "operator is the owner")
  if (!resolve(owner, ownerLength)) abort(ExitCode.USR_INSUFFICIENT_FUNDS, "owner not initialized")
  const ownerId = resolvedId
  const rest = useAllowance(ownerId, caller(), amount)
  const left = burnFrom(ownerId, amount)
  saveToken()
  return answerAmounts(left, rest)
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_MINT) return mint()
  if (method == METHOD_DESTROY) return destroy()
  if (method == METHOD_NAME) return answerText("DataCap")
  if (method == METHOD_SYMBOL) return answerText("DCAP")
  if (method == METHOD_GRANULARITY) return granularity()
  if (method == METHOD_TOTAL_SUPPLY) return totalSupply()
  if (method == METHOD_BALANCE) return balance()
  if (method == METHOD_TRANSFER) return transfer()
  if (method == METHOD_TRANSFER_FROM) return transferFrom()
  if (method == METHOD_INCREASE_ALLOWANCE) return adjustAllowance(true)
  if (method == METHOD_DECREASE_ALLOWANCE) return adjustAllowance(false)
  if (method == METHOD_REVOKE_ALLOWANCE) return revokeAllowance()
  if (method == METHOD_BURN) return burn()
  if (method == METHOD_BURN_FROM) return burnAllowed()
  if (method == METHOD_ALLOWANCE) return allowance()
  return unhandled()
}
