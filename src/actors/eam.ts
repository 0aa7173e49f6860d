/**
 * Ethereum address manager: gives contracts the addresses that Ethereum would give them, and has them created.
 *
 * It has no state. Methods answer `[actor ID, f2 address or null, 20-byte address]`; the f2 address is null for a contract that
 * came back to life.
 *
 * Source: builtin-actors actors/eam; FIP-0055.
 */
import { actorType, bytesParam, bytesParamLength, codeForType, codeLength, delegatedAddress, delegatedLength, params, readParams, requireCaller, requireNoParams, resolve, resolvedId, unhandled } from "./sdk/actor"
import { ActorId, ActorType } from "./sdk/actor-type"
import { ETHEREUM_LENGTH, F410_LENGTH, isAddress, isEthereumNamespace, isMaskedId, isReserved, readAddress, readUvarint, uvarint, writeEthereumAddress, writeMaskedId } from "./sdk/address"
import { ZERO } from "./sdk/amount"
import { createCbor } from "./sdk/block"
import { headSize, Reader, stringSize, Writer } from "./sdk/cbor"
import { Codec } from "./sdk/cid"
import { begin, caller, methodNumber, nonce, origin, receiver, valueReceived } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { keccak256 } from "./sdk/hash"
import { alloc } from "./sdk/memory"
import { METHOD_CONSTRUCTOR, passedOnExitCode, requireSent, SEND_READ_ONLY, sendToId, sentBlock, sentCodec, sentData, sentExitCode, sentSize } from "./sdk/send"

const METHOD_CREATE: u64 = 2
const METHOD_CREATE2: u64 = 3
const METHOD_CREATE_EXTERNAL: u64 = 4

const INIT_EXEC4: u64 = 3
const EVM_RESURRECT: u64 = 2
const ACCOUNT_PUBKEY_ADDRESS: u64 = 2

/** Room for a digest; an Ethereum address is its last 20 bytes. */
const DIGEST: usize = memory.data(32, 8)

function construct(): u32 {
  requireNoParams()
  if (receiver() != ActorId.EAM) abort(ExitCode.USR_FORBIDDEN, "the EAM must be deployed at 10")
  requireCaller(ActorId.SYSTEM)
  return 0
}

/** The address of a CREATE: the end of keccak(RLP([sender, nonce])). */
function addressOfCreate(sender: usize, count: u64): usize {
  const rlp = alloc(32)
  const size: u32 = (71 - u32(clz(count))) >> 3
  const nonceLength: u32 = count < 0x80 ? 1 : 1 + size
  store<u8>(rlp, 0xc0 + 21 + nonceLength)
  store<u8>(rlp, 0x80 + ETHEREUM_LENGTH, 1)
  memory.copy(rlp + 2, sender, ETHEREUM_LENGTH)
  if (count == 0) store<u8>(rlp, 0x80, 22)
  else if (count < 0x80) store<u8>(rlp, count, 22)
  else {
    store<u8>(rlp, 0x80 + size, 22)
    for (let i: u32 = 0; i < size; i++) store<u8>(rlp + 23 + i, count >> (8 * (size - 1 - i)))
  }
  keccak256(rlp, 22 + nonceLength, DIGEST)
  return DIGEST + 12
}

/** The address of a CREATE2: the end of keccak(ff, sender, salt, keccak(init code)). */
function addressOfCreate2(sender: usize, salt: usize, code: usize, codeSize: u32): usize {
  const text = alloc(85)
  store<u8>(text, 0xff)
  memory.copy(text + 1, sender, ETHEREUM_LENGTH)
  memory.copy(text + 21, salt, 32)
  keccak256(code, codeSize, text + 53)
  keccak256(text, 85, DIGEST)
  return DIGEST + 12
}

/**
 * Has the contract constructed at `address`: through init if nobody, or a placeholder, is there; by resurrection if a dead
 * contract is.
 */
function createContract(creator: usize, address: usize, code: usize, codeSize: u32): u32 {
  if (isReserved(address) || isMaskedId(address)) abort(ExitCode.USR_FORBIDDEN, "cannot create address with a reserved prefix")

  const input = Writer.sized(1 + 1 + ETHEREUM_LENGTH + stringSize(codeSize))
  input.array(2)
  input.bytes(creator, ETHEREUM_LENGTH)
  input.bytes(code, codeSize)

  const f410 = alloc(F410_LENGTH)
  writeEthereumAddress(f410, address)
  if (resolve(f410, F410_LENGTH)) {
    const id = resolvedId
    const type = actorType(id)
    if (type == ActorType.EVM) {
      requireSent(sendToId(id, EVM_RESURRECT, createCbor(input.start, input.length), valueReceived()))
      return answer(id, 0, 0, address)
    }
    if (type != ActorType.PLACEHOLDER) abort(ExitCode.USR_FORBIDDEN, "cannot deploy contract over existing contract")
  }

  const evm = codeForType(ActorType.EVM)
  const exec = Writer.sized(1 + 5 + codeLength + stringSize(input.length) + 1 + ETHEREUM_LENGTH)
  exec.array(3)
  exec.cid(evm, codeLength)
  exec.bytes(input.start, input.length)
  exec.bytes(address, ETHEREUM_LENGTH)
  requireSent(sendToId(ActorId.INIT, INIT_EXEC4, createCbor(exec.start, exec.length), valueReceived()))
  const reader = sentCbor()
  reader.tuple(2)
  const idAddress = readAddress(reader)
  if (load<u8>(idAddress) != 0) reader.fail()
  readUvarint(idAddress + 1, reader.length - 1)
  const id = uvarint
  const robust = readAddress(reader)
  const robustLength = reader.length
  reader.finish()
  return answer(id, robust, robustLength, address)
}

/** A reader over what the last send returned. Exit 24 if it returned nothing, 21 if that is no CBOR. */
function sentCbor(): Reader {
  if (sentBlock == 0) abort(ExitCode.USR_ASSERTION_FAILED, "return expected")
  const at = sentData()
  if (sentCodec != Codec.CBOR && sentCodec != Codec.DAG_CBOR) abort(ExitCode.USR_SERIALIZATION, "return is not CBOR")
  return Reader.over(at, sentSize)
}

function answer(id: u64, robust: usize, robustLength: u32, address: usize): u32 {
  const writer = Writer.sized(1 + headSize(id) + stringSize(robustLength) + 1 + ETHEREUM_LENGTH)
  writer.array(3)
  writer.u64(id)
  if (robust == 0) writer.null()
  else writer.bytes(robust, robustLength)
  writer.bytes(address, ETHEREUM_LENGTH)
  return createCbor(writer.start, writer.length)
}

/** The Ethereum address of an actor. Exit 18 if it has none. */
function ethereumAddressOf(id: u64): usize {
  const address = delegatedAddress(id)
  if (address == 0 || !isEthereumNamespace(address, delegatedLength)) abort(ExitCode.USR_FORBIDDEN, "caller doesn't have an eth address")
  if (delegatedLength != F410_LENGTH) abort(ExitCode.USR_FORBIDDEN, "caller's eth address isn't valid")
  return address + 2
}

function requireContract(): void {
  if (actorType(caller()) != ActorType.EVM) abort(ExitCode.USR_FORBIDDEN, "caller must be a contract")
}

function create(): u32 {
  const reader = params()
  reader.tuple(2)
  const code = reader.bytes()
  const codeSize = reader.length
  const count = reader.u64()
  reader.finish()
  requireContract()
  const creator = ethereumAddressOf(caller())
  return createContract(creator, addressOfCreate(creator, count), code, codeSize)
}

function create2(): u32 {
  const reader = params()
  reader.tuple(2)
  const code = reader.bytes()
  const codeSize = reader.length
  const salt = reader.fixedBytes(32)
  reader.finish()
  requireContract()
  const creator = ethereumAddressOf(caller())
  return createContract(creator, addressOfCreate2(creator, salt, code, codeSize), code, codeSize)
}

function createExternal(): u32 {
  const code = bytesParam()
  const codeSize = bytesParamLength
  if (caller() != origin()) abort(ExitCode.USR_FORBIDDEN, "caller is not the origin")
  const type = actorType(caller())
  if (type == ActorType.ETHACCOUNT) {
    const owner = ethereumAddressOf(caller())
    return createContract(owner, addressOfCreate(owner, nonce()), code, codeSize)
  }
  if (type != ActorType.ACCOUNT) abort(ExitCode.USR_FORBIDDEN, "disallowed caller type")
  return createContract(maskedCaller(), addressOfCreate(keyAddressHash(), nonce()), code, codeSize)
}

function maskedCaller(): usize {
  const masked = alloc(ETHEREUM_LENGTH)
  writeMaskedId(masked, caller())
  return masked
}

/** What stands for a native account in a CREATE: the end of keccak(key address). */
function keyAddressHash(): usize {
  const error = sendToId(caller(), ACCOUNT_PUBKEY_ADDRESS, 0, ZERO, SEND_READ_ONLY)
  if (error != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "account failed to return its key address")
  if (sentExitCode != ExitCode.OK) abort(passedOnExitCode(sentExitCode), "failed to retrieve account robust address")
  const reader = sentCbor()
  const address = reader.bytes()
  if (!isAddress(address, reader.length)) reader.fail()
  const length = reader.length
  reader.finish()
  const digest = alloc(32)
  keccak256(address, length, digest)
  return digest + 12
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_CREATE) return create()
  if (method == METHOD_CREATE2) return create2()
  if (method == METHOD_CREATE_EXTERNAL) return createExternal()
  return unhandled()
}
