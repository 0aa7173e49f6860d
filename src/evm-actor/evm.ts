/**
 * The EVM actor: a contract, its state and its methods.
 *
 * Source: FIP-0054; builtin-actors actors/evm/src/lib.rs.
 */
import { delegatedAddress, delegatedLength, paramsAt, paramsCodec, paramsId, paramsLength, params, readParams, requireCaller, requireNoParams } from "../actors/sdk/actor"
import { ActorId } from "../actors/sdk/actor-type"
import { isEthereumNamespace } from "../actors/sdk/address"
import { readAmount } from "../actors/sdk/amount"
import { blockLength, createBlock, createCbor, openBlock } from "../actors/sdk/block"
import { headSize, Reader, Writer } from "../actors/sdk/cbor"
import { CID_LENGTH, Codec } from "../actors/sdk/cid"
import { begin, caller, methodNumber, receiver, valueReceived } from "../actors/sdk/context"
import { abort, exitWith } from "../actors/sdk/exit"
import { ExitCode } from "../actors/sdk/exit-code"
import { alloc } from "../actors/sdk/memory"
import { revertWith } from "./fail"
import { CALLER, paddedSize, RECEIVER, setCode, setInput, setPaddedCode, VALUE } from "./frame"
import { wordOfId } from "./instructions/context"
import { execute, output, outputLength, reverted } from "./interpreter.generated"
import { EvmMethod } from "./method"
import { pay } from "./pace"
import * as u256 from "./u256"
import { overflow, readFrom, readPadded, readU32, readU64, requireRoom, seek } from "./reader"
import { CODE_CID, CODE_HASH, createContract, flush, hasCode, loadContract, readCode, readSlot, resurrectContract, setContractCode } from "./state"

/** handle_filecoin_method(uint64,uint64,bytes). */
const NATIVE_SELECTOR: u32 = 0x86_8e_10_c4

/** The door of the actor. */
export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  if (method == EvmMethod.INVOKE_CONTRACT) return invokeContract()
  if (method == EvmMethod.INVOKE_CONTRACT_DELEGATE) return invokeContractDelegate()
  if (method == EvmMethod.GET_BYTECODE) return getBytecode()
  if (method == EvmMethod.GET_BYTECODE_HASH) return getBytecodeHash()
  if (method == EvmMethod.CONSTRUCTOR) return construct(ActorId.INIT)
  if (method == EvmMethod.RESURRECT) return construct(ActorId.EAM)
  if (method == EvmMethod.GET_STORAGE_AT) return getStorageAt()
  if (method <= EvmMethod.LAST_RESERVED) return abort(ExitCode.USR_UNHANDLED_MESSAGE, "Invalid method")
  return handleFilecoinMethod(method)
}

/** A block of one CBOR byte string. The bytes before it in memory must be free: they take its head. */
function createByteString(at: usize, length: u32): u32 {
  if (length == 0) {
    store<u8>(EMPTY, 0x40)
    return createCbor(EMPTY, 1)
  }
  const size = headSize(length)
  const start = at - size
  if (size == 1) store<u8>(start, 0x40 | length)
  else if (size == 2) {
    store<u8>(start, 0x58)
    store<u8>(start, length, 1)
  } else if (size == 3) {
    store<u8>(start, 0x59)
    store<u16>(start, bswap<u16>(u16(length)), 1)
  } else {
    store<u8>(start, 0x5a)
    store<u32>(start, bswap<u32>(length), 1)
  }
  return createCbor(start, size + length)
}
const EMPTY: usize = memory.data(1)

/** Constructor and Resurrect: `[creator, initcode]`, from the init actor or the EAM alone. */
function construct(only: u64): u32 {
  const reader = params()
  reader.tuple(2)
  const creator = reader.fixedBytes(20)
  const initcode = reader.bytes()
  const length = reader.length
  reader.finish()
  requireCaller(only)
  if (only == ActorId.INIT) createContract()
  else resurrectContract()

  // Only the EAM gives a contract its address.
  const address = delegatedAddress(receiver())
  if (address == 0 || !isEthereumNamespace(address, delegatedLength)) {
    return abort(ExitCode.USR_FORBIDDEN, "contract doesn't have an eth address")
  }
  if (delegatedLength != 22) return abort(ExitCode.USR_ASSERTION_FAILED, "failed to resolve the contracts ETH address")
  u256.fromAddress(RECEIVER, address + 2)
  if (isMaskedWord(RECEIVER)) return abort(ExitCode.USR_FORBIDDEN, "contract doesn't have an eth address")
  if (length == 0) {
    flush()
    return 0
  }
  u256.fromAddress(CALLER, creator)
  memory.copy(VALUE, valueReceived(), 16)
  setCode(initcode, length)
  execute()
  pay()
  if (reverted) return revertWith(createByteString(output, outputLength), true)
  setContractCode(output, outputLength)
  flush()
  return 0
}

/** Whether an address word is a masked ID. */
function isMaskedWord(p: usize): bool {
  return load<u64>(p, 8) == 0 && load<u64>(p, 16) == 0xff000000
}

/** InvokeEVM: the call data as a byte string, raw or in CBOR; none without parameters. */
function invokeContract(): u32 {
  if (paramsId != 0) {
    if (paramsCodec == Codec.RAW) setInput(paramsAt, paramsLength)
    else {
      const reader = params()
      const input = reader.bytes()
      setInput(input, reader.length)
      reader.finish()
    }
  }
  callSelf()
  return createByteString(output, outputLength)
}

/** Runs the contract's own code for the caller. A contract without code returns nothing. */
function callSelf(): void {
  loadContract()
  if (!hasCode) return
  wordOfId(CALLER, caller())
  memory.copy(VALUE, valueReceived(), 16)
  run(CODE_CID)
}

/** Runs code, and writes the state. */
function run(cid: usize): void {
  const at = openBlock(cid, ExitCode.USR_NOT_FOUND)
  const length = blockLength
  if (length == 0) return
  // Zeros behind the code: what is allocated next lies next to it.
  alloc(paddedSize(0))
  setPaddedCode(at, length)
  wordOfId(RECEIVER, receiver())
  execute()
  pay()
  if (reverted) revertWith(createByteString(output, outputLength), false)
  flush()
}

/** `[code CID, call data, caller, value]`, from the contract itself alone: a DELEGATECALL. */
function invokeContractDelegate(): u32 {
  if (paramsId == 0 || paramsCodec != Codec.DAG_CBOR) return abort(ExitCode.USR_ILLEGAL_ARGUMENT, "method expects DAG-CBOR")
  const reader = params()
  reader.tuple(4)
  const code = reader.cid()
  const input = reader.bytes()
  setInput(input, reader.length)
  u256.fromAddress(CALLER, reader.fixedBytes(20))
  if (!readAmount(reader, VALUE)) reader.fail()
  reader.finish()
  requireCaller(receiver())
  loadContract()
  run(code)
  return createByteString(output, outputLength)
}

/** The CID of the code, or null if the contract is dead, in a block that makes it reachable. */
function getBytecode(): u32 {
  requireNoParams()
  const writer = Writer.sized(48)
  if (readCode()) writer.cid(CODE_CID)
  else writer.null()
  return createBlock(Codec.DAG_CBOR, writer.start, writer.length)
}

/** keccak-256 of the code, that of nothing if the contract is dead. */
function getBytecodeHash(): u32 {
  requireNoParams()
  const writer = Writer.sized(40)
  writer.bytes(readCode() ? CODE_HASH : EMPTY_HASH, 32)
  return createCbor(writer.start, writer.length)
}

const EMPTY_HASH: usize = memory.data<u8>([
  0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca,
  0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
])

/** `[key]`, from the system actor alone: a node reads a slot. Answers it without leading zeros. */
function getStorageAt(): u32 {
  const reader = params()
  reader.tuple(1)
  const bytes = reader.bytes()
  const length = reader.length
  if (length > 32) reader.fail()
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  loadContract()
  const key = alloc(64)
  memory.fill(key, 0, 64)
  memory.copy(key + 32 - length, bytes, length)
  const value = key + 32
  readSlot(key, value)
  let zeros: u32 = 0
  while (zeros < 32 && load<u8>(value + zeros) == 0) zeros++
  return createByteString(value + zeros, 32 - zeros)
}

/** A method from 1,024 on becomes a call of the contract's native handler, and its answer the method's. */
function handleFilecoinMethod(method: u64): u32 {
  const padded = (paramsLength + 31) & ~31
  const length = 4 + 128 + padded
  const input = alloc(length)
  memory.fill(input, 0, length)
  store<u32>(input, bswap<u32>(NATIVE_SELECTOR))
  store<u64>(input, bswap<u64>(method), 4 + 24)
  store<u64>(input, bswap<u64>(paramsId == 0 ? 0 : paramsCodec), 4 + 32 + 24)
  store<u64>(input, bswap<u64>(96), 4 + 64 + 24)
  store<u64>(input, bswap<u64>(u64(paramsLength)), 4 + 96 + 24)
  memory.copy(input + 132, paramsAt, paramsLength)
  setInput(input, length)
  callSelf()

  if (outputLength == 0) return 0
  readFrom(output, outputLength)
  const exitCode = readU32()
  const codec = readU64()
  const offset = readU32()
  seek(offset)
  const size = readU32()
  if (overflow) return abort(ExitCode.USR_SERIALIZATION, "native handler's answer does not fit")
  requireRoom(size)
  let block: u32 = 0
  if (codec == Codec.CBOR) {
    const data = alloc(size)
    readPadded(data, size)
    block = createBlock(codec, data, size)
  } else if (codec != 0) return abort(ExitCode.USR_SERIALIZATION, "unsupported codec")
  else if (size != 0) return abort(ExitCode.USR_SERIALIZATION, "codec 0 is only valid for empty returns")
  if (exitCode != ExitCode.OK) return exitWith(exitCode, block, "EVM contract explicitly exited with a non-zero exit code")
  return block
}
