/**
 * Calls of other contracts and of anything else that has an address.
 *
 * Source: FIP-0054; builtin-actors actors/evm/src/interpreter/instructions/call.rs.
 */
import { ZERO } from "../../actors/sdk/amount"
import { writeAmount } from "../../actors/sdk/amount"
import { stringSize, Writer } from "../../actors/sdk/cbor"
import { Codec } from "../../actors/sdk/cid"
import { receiver } from "../../actors/sdk/context"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { ExitCode } from "../../actors/sdk/exit-code"
import { mark, release, RETURN } from "../../actors/sdk/memory"
import { ALL_GAS, METHOD_SEND, send, SEND_READ_ONLY, sentBlock, sentCodec, sentExitCode, sentSize } from "../../actors/sdk/send"
import { writeIdAddress } from "../../actors/sdk/address"
import { ipld_block_create, ipld_block_read } from "../../actors/sdk/syscalls"
import { filecoinAddress, filecoinAddressLength } from "../address"
import { bytesAt, bytesLength, isByteString } from "../bytes"
import { fail } from "../fail"
import { CALLER, returnBuffer, returnData, returnDataLength, setReturnData, VALUE } from "../frame"
import { copyIn, region, regionSize } from "../memory"
import { EvmMethod } from "../method"
import { CallKind, outputAt, outputLength, setContext } from "../precompile"
import { isReservedForPrecompile, runPrecompile } from "../precompiles"
import { contractSend, flush, readOnly } from "../state"
import { isZero, set64, toAddress } from "../u256"
import { codeCid, contractType, ContractType, FOUND_CID } from "./external"
import { gasLimit } from "./gas"

/** What a callee gets where Ethereum would give it a stipend, or Solidity nothing. */
const TRANSFER_GAS: u64 = 10_000_000
/** The gas of Solidity's `transfer` and `send` without value. */
const STIPEND: u64 = 2300

/** The word 0: the value of calls that have none. */
const NO_VALUE: usize = memory.data(32, 8)
/** A gas word other than what the contract gave. */
const GAS: usize = memory.data(32, 8)
const SELF: usize = memory.data(16, 8)
const ADDRESS: usize = memory.data(24, 8)

/** CALL(gas, address, value, input offset, input size, output offset, output size): the first is the highest. */
export function call(p: usize): void {
  generic(CallKind.CALL, p, p + 192, p + 160, p + 128)
}

/** DELEGATECALL(gas, address, input offset, input size, output offset, output size). */
export function delegatecall(p: usize): void {
  generic(CallKind.DELEGATECALL, p, p + 160, p + 128, NO_VALUE)
}

/** STATICCALL, with the operands of DELEGATECALL. */
export function staticcall(p: usize): void {
  generic(CallKind.STATICCALL, p, p + 160, p + 128, NO_VALUE)
}

/** [p] = 1 if the call succeeded, else 0. The last four operands lie at p + 96 to p. */
function generic(kind: i32, p: usize, gas: usize, to: usize, value: usize): void {
  const paid = !isZero(value)
  if (readOnly && paid) fail(ExitCode.USR_READ_ONLY, "cannot transfer value when read-only")
  const input = region(p + 96, p + 64)
  const inputLength = regionSize
  let succeeded: bool
  if (isReservedForPrecompile(to)) succeeded = precompile(kind, gas, to, value, input, inputLength)
  else if (kind == CallKind.DELEGATECALL) succeeded = delegate(gas, to, input, inputLength)
  else succeeded = invoke(kind, gas, to, value, paid, input, inputLength)
  copyIn(p + 32, NO_VALUE, p, returnData, returnDataLength, false)
  set64(p, u64(succeeded))
}

/** Runs a precompile here, and gives it the value. */
function precompile(kind: i32, gas: usize, to: usize, value: usize, input: usize, inputLength: u32): bool {
  setContext(kind, gas)
  if (!runPrecompile(to, input, inputLength)) return failed()
  const at = outputAt
  const length = outputLength
  if (!isZero(value)) {
    const address = filecoinAddress(to)
    if (exceeds128(value)) return failed()
    const error = send(address, filecoinAddressLength, METHOD_SEND, 0, value, ALL_GAS, 0)
    if (error != ErrorNumber.OK || sentExitCode != ExitCode.OK) return failed()
  }
  setReturnData(at, length)
  return true
}

function failed(): bool {
  setReturnData(0, 0)
  return false
}

// @ts-ignore: decorator
@inline
function exceeds128(p: usize): bool {
  return (load<u64>(p, 16) | load<u64>(p, 24)) != 0
}

/** CALL and STATICCALL of an actor. */
function invoke(kind: i32, gas: usize, to: usize, value: usize, paid: bool, input: usize, inputLength: u32): bool {
  const address = filecoinAddress(to)
  if (paid ? isZero(gas) : load<u64>(gas) == STIPEND && (load<u64>(gas, 8) | load<u64>(gas, 16) | load<u64>(gas, 24)) == 0) {
    set64(GAS, TRANSFER_GAS)
    gas = GAS
  }
  const limit = gasLimit(gas)
  flush()
  let error: u32 = ErrorNumber.OK
  let block: u32 = 0
  if (exceeds128(value)) error = ErrorNumber.INSUFFICIENT_FUNDS
  else if (inputLength) {
    error = ipld_block_create(RETURN, Codec.RAW, input, inputLength)
    block = load<u32>(RETURN)
  }
  if (error == ErrorNumber.OK) {
    const flags = kind == CallKind.STATICCALL ? SEND_READ_ONLY : 0
    error = contractSend(address, filecoinAddressLength, EvmMethod.INVOKE_CONTRACT, block, value, limit, flags)
  }
  if (error == ErrorNumber.OK) {
    takeReturnData()
    return sentExitCode == ExitCode.OK
  }
  setReturnData(0, 0)
  // Nobody there is as good as somebody without code; nor is anybody made in a read-only call.
  return error == ErrorNumber.NOT_FOUND || (error == ErrorNumber.READ_ONLY && (readOnly || kind == CallKind.STATICCALL))
}

/** DELEGATECALL of an actor: a contract's code is run by a call to ourselves. */
function delegate(gas: usize, to: usize, input: usize, inputLength: u32): bool {
  const type = contractType(to)
  if (type != ContractType.EVM) {
    setReturnData(0, 0)
    return type == ContractType.ACCOUNT || type == ContractType.NOT_FOUND
  }
  if (!codeCid()) {
    setReturnData(0, 0)
    return true
  }
  const limit = gasLimit(gas)
  // What is written stays in memory: it comes before what is given back.
  flush()
  const heap = mark()
  const writer = Writer.sized(1 + 43 + stringSize(inputLength) + 21 + 18)
  writer.array(4)
  writer.cid(FOUND_CID)
  writer.bytes(input, inputLength)
  toAddress(ADDRESS, CALLER)
  writer.bytes(ADDRESS, 20)
  writeAmount(writer, VALUE)
  let error = ipld_block_create(RETURN, Codec.DAG_CBOR, writer.start, writer.length)
  const block = load<u32>(RETURN)
  release(heap)
  if (error == ErrorNumber.OK) {
    error = contractSend(SELF, writeIdAddress(SELF, receiver()), EvmMethod.INVOKE_CONTRACT_DELEGATE, block, ZERO, limit, 0)
  }
  if (error != ErrorNumber.OK) return failed()
  takeReturnData()
  return sentExitCode == ExitCode.OK
}

/** Takes what the last send returned: the content of a CBOR byte string, or else the bytes as they are. */
export function takeReturnData(): void {
  if (sentBlock == 0) return setReturnData(0, 0)
  const length = sentSize
  const at = returnBuffer(length)
  ipld_block_read(RETURN, sentBlock, 0, at, length)
  if ((sentCodec == Codec.CBOR || sentCodec == Codec.DAG_CBOR) && isByteString(at, length)) setReturnData(bytesAt, bytesLength)
  else setReturnData(at, length)
}
