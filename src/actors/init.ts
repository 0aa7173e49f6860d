/**
 * Init: gives actors their IDs and keeps the map from addresses to them.
 *
 * State: `[HAMT of address bytes -> ID, next ID, network name]`.
 *
 * Source: builtin-actors actors/init; FIP-0048 (Exec4).
 */
import { codeForType, codeOf, params, readParams, requireCaller, restrictInternalApi, typeOfCode, unhandled } from "./sdk/actor"
import { ActorId, ActorType } from "./sdk/actor-type"
import { MAX_ADDRESS_LENGTH, MAX_SUBADDRESS_LENGTH, Protocol, writeIdAddress, writeUvarint } from "./sdk/address"
import { blockLength, createBlock, createCbor } from "./sdk/block"
import { headSize, LINK_SIZE, Reader, stringSize, Writer } from "./sdk/cbor"
import { CID_LENGTH, Codec, MAX_CID_LENGTH } from "./sdk/cid"
import { begin, caller, methodNumber, valueReceived } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { Hamt, hamtValueLength } from "./sdk/hamt"
import { alloc, equalBytes, RETURN } from "./sdk/memory"
import { METHOD_CONSTRUCTOR, requireSent, sendToId } from "./sdk/send"
import { createState, loadState, saveState } from "./sdk/state"
import { actor_create_actor, actor_next_actor_address } from "./sdk/syscalls"

const METHOD_EXEC: u64 = 2
const METHOD_EXEC4: u64 = 3

/** The ID that `mapAddresses` found or gave. */
let mappedId: u64 = 0
/** The f2 address of the new actor. */
let robust: usize = 0
let robustLength: u32 = 0

function construct(): u32 {
  const reader = params()
  reader.tuple(1)
  const name = reader.text()
  const nameLength = reader.length
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  saveInit(Hamt.create().flush(), ActorId.FIRST_NON_SINGLETON, name, nameLength, true)
  return 0
}

function saveInit(map: usize, nextId: u64, name: usize, nameLength: u32, fresh: bool): void {
  const state = Writer.sized(1 + LINK_SIZE + headSize(nextId) + stringSize(nameLength))
  state.array(3)
  state.cid(map)
  state.u64(nextId)
  state.text(name, nameLength)
  if (fresh) createState(state.start, state.length)
  else saveState(state.start, state.length)
}

/**
 * Maps the new robust address, and the delegated one if there is one, to an ID: to the one that the delegated address has
 * already, else to the next.
 *
 * @param delegated - Address bytes; 0 for none.
 * @returns Whether the ID had been given before.
 */
function mapAddresses(delegated: usize, delegatedLength: u32): bool {
  const at = loadState()
  const state = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_ARGUMENT)
  state.tuple(3)
  const root = state.cid()
  let nextId = state.u64()
  const name = state.text()
  const nameLength = state.length
  state.finish()

  const map = Hamt.load(root)
  let existing = false
  const known: usize = delegated == 0 ? 0 : map.get(delegated, delegatedLength)
  const id = Writer.sized(9)
  if (known != 0) {
    mappedId = Reader.over(known, hamtValueLength, ExitCode.USR_ILLEGAL_STATE).u64()
    existing = true
    id.u64(mappedId)
  } else {
    mappedId = nextId++
    id.u64(mappedId)
    if (delegated != 0) map.set(delegated, delegatedLength, id.start, id.length)
  }
  if (!map.setIfAbsent(robust, robustLength, id.start, id.length)) abort(ExitCode.USR_FORBIDDEN, "robust address is taken")
  saveInit(map.flush(), nextId, name, nameLength, false)
  return existing
}

function nextActorAddress(): void {
  robust = alloc(MAX_ADDRESS_LENGTH)
  if (actor_next_actor_address(RETURN, robust, MAX_ADDRESS_LENGTH) != ErrorNumber.OK) {
    abort(ExitCode.USR_ASSERTION_FAILED, "failed to create an actor address")
  }
  robustLength = load<u32>(RETURN)
}

/** Creates the actor `mappedId`, runs its constructor, and answers `[f0 address, f2 address]`. */
function createAndConstruct(code: usize, delegated: usize, delegatedLength: u32, input: usize, inputLength: u32): u32 {
  const error = actor_create_actor(mappedId, code, delegated, delegatedLength)
  if (error == ErrorNumber.ILLEGAL_ARGUMENT) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "failed to create actor")
  if (error == ErrorNumber.FORBIDDEN) abort(ExitCode.USR_FORBIDDEN, "actor already exists")
  if (error != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "create failed")
  const block = inputLength == 0 ? 0 : createBlock(Codec.CBOR, input, inputLength)
  requireSent(sendToId(mappedId, METHOD_CONSTRUCTOR, block, valueReceived()))
  const id = alloc(11)
  const idLength = writeIdAddress(id, mappedId)
  const answer = Writer.sized(1 + stringSize(idLength) + stringSize(robustLength))
  answer.array(2)
  answer.bytes(id, idLength)
  answer.bytes(robust, robustLength)
  return createCbor(answer.start, answer.length)
}

/** A code CID, with room behind it: the kernel reads as many bytes as the longest CID has. */
function paddedCid(reader: Reader): usize {
  const at = reader.cid()
  const cid = alloc(MAX_CID_LENGTH)
  memory.copy(cid, at, reader.length)
  return cid
}

function exec(): u32 {
  const reader = params()
  reader.tuple(2)
  const code = paddedCid(reader)
  const input = reader.bytes()
  const inputLength = reader.length
  reader.finish()
  const callerCode = codeOf(caller())
  if (callerCode == 0) abort(ExitCode.USR_ILLEGAL_STATE, "no code for caller")
  if (!canExec(callerCode, code)) abort(ExitCode.USR_FORBIDDEN, "caller cannot exec this type")
  nextActorAddress()
  if (mapAddresses(0, 0)) abort(ExitCode.USR_FORBIDDEN, "cannot exec over an existing actor")
  return createAndConstruct(code, 0, 0, input, inputLength)
}

function canExec(callerCode: usize, code: usize): bool {
  const type = typeOfCode(code)
  if (type == ActorType.MULTISIG || type == ActorType.PAYMENT_CHANNEL) return true
  return type == ActorType.MINER && typeOfCode(callerCode) == ActorType.POWER
}

function exec4(): u32 {
  const reader = params()
  reader.tuple(3)
  const code = paddedCid(reader)
  const input = reader.bytes()
  const inputLength = reader.length
  const sub = reader.bytes()
  const subLength = reader.length
  reader.finish()
  requireCaller(ActorId.EAM)
  if (subLength > MAX_SUBADDRESS_LENGTH) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "invalid delegated address")
  const delegated = alloc(MAX_ADDRESS_LENGTH)
  store<u8>(delegated, Protocol.DELEGATED)
  const namespaceLength = writeUvarint(delegated + 1, caller())
  memory.copy(delegated + 1 + namespaceLength, sub, subLength)
  const delegatedLength = 1 + namespaceLength + subLength
  nextActorAddress()
  if (mapAddresses(delegated, delegatedLength)) {
    const present = codeOf(mappedId)
    if (present == 0) abort(ExitCode.USR_FORBIDDEN, "cannot redeploy a deleted actor")
    const placeholder = codeForType(ActorType.PLACEHOLDER)
    if (!equalBytes(present, placeholder, CID_LENGTH)) abort(ExitCode.USR_FORBIDDEN, "cannot replace an existing non-placeholder actor")
  }
  return createAndConstruct(code, delegated, delegatedLength, input, inputLength)
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_EXEC) return exec()
  if (method == METHOD_EXEC4) return exec4()
  return unhandled()
}
