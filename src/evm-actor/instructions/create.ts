/**
 * Contracts that make contracts, and that end.
 *
 * Source: FIP-0054; FIP-0055; builtin-actors actors/evm/src/interpreter/instructions/lifecycle.rs.
 */
import { ActorId } from "../../actors/sdk/actor-type"
import { writeIdAddress } from "../../actors/sdk/address"
import { Reader, stringSize, Writer } from "../../actors/sdk/cbor"
import { Codec } from "../../actors/sdk/cid"
import { currentBalance } from "../../actors/sdk/context"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { ExitCode } from "../../actors/sdk/exit-code"
import { mark, release, RETURN } from "../../actors/sdk/memory"
import { ALL_GAS, METHOD_SEND, send, sentBlock, sentData, sentExitCode, sentSize } from "../../actors/sdk/send"
import { ipld_block_create } from "../../actors/sdk/syscalls"
import { filecoinAddress, filecoinAddressLength } from "../address"
import { EvmExit, fail } from "../fail"
import { setReturnData } from "../frame"
import { region, regionSize } from "../memory"
import { EamMethod } from "../method"
import { contractNonce, contractSend, flush, incrementNonce, markSelfdestructed, readOnly } from "../state"
import { fromAddress, set64, toBytes } from "../u256"
import { takeReturnData } from "./call"
import { mostGas } from "./gas"

const EAM: usize = memory.data(16, 8)
const SALT: usize = memory.data(32, 8)
const BALANCE: usize = memory.data(16, 8)

/** [p] = address of the contract made by the code of [p] bytes at [p + 32], with the value [p + 64]; 0 if none was made. */
export function create(p: usize): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "create called while read-only")
  const code = region(p + 32, p)
  const length = regionSize
  const heap = mark()
  const writer = Writer.sized(1 + stringSize(length) + 9)
  writer.array(2)
  writer.bytes(code, length)
  writer.u64(contractNonce)
  make(p, p + 64, EamMethod.CREATE, writer, heap)
}

/** The same with the salt [p]; the other operands are 32 bytes higher. */
export function create2(p: usize): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "create2 called while read-only")
  const code = region(p + 64, p + 32)
  const length = regionSize
  const heap = mark()
  const writer = Writer.sized(1 + stringSize(length) + 34)
  writer.array(2)
  writer.bytes(code, length)
  toBytes(SALT, p)
  writer.bytes(SALT, 32)
  make(p, p + 96, EamMethod.CREATE2, writer, heap)
}

/** [p] = what the EAM made. */
function make(p: usize, endowment: usize, method: u64, writer: Writer, heap: usize): void {
  setReturnData(0, 0)
  const params = writer.start
  const length = writer.length
  memory.copy(BALANCE, currentBalance(), 16)
  if (exceeds(endowment, BALANCE)) {
    release(heap)
    return set64(p, 0)
  }
  // From here on the nonce is spent, whatever becomes of the contract.
  incrementNonce()
  const limit = mostGas()
  flush()
  let error = ipld_block_create(RETURN, Codec.CBOR, params, length)
  const block = load<u32>(RETURN)
  if (error == ErrorNumber.OK) {
    error = contractSend(EAM, writeIdAddress(EAM, ActorId.EAM), method, block, endowment, limit, 0)
  }
  if (error != ErrorNumber.OK) return set64(p, 0)
  if (sentExitCode != ExitCode.OK) {
    takeReturnData()
    return set64(p, 0)
  }
  if (sentBlock == 0) fail(ExitCode.USR_ASSERTION_FAILED, "return expected")
  const reader = Reader.over(sentData(), sentSize)
  reader.tuple(3)
  reader.u64()
  if (!reader.isNull()) reader.bytes()
  const address = reader.fixedBytes(20)
  reader.finish()
  fromAddress(p, address)
}

/** Whether the word [p] is more than an amount. */
function exceeds(p: usize, amount: usize): bool {
  if ((load<u64>(p, 16) | load<u64>(p, 24)) != 0) return true
  const high = load<u64>(p, 8)
  const otherHigh = load<u64>(amount, 8)
  return high == otherHigh ? load<u64>(p) > load<u64>(amount) : high > otherHigh
}

/** Sends all there is to [p] and marks the contract as dead. Exit 40 if that is not possible. */
export function selfdestruct(p: usize): void {
  if (readOnly) fail(ExitCode.USR_READ_ONLY, "selfdestruct called while read-only")
  memory.copy(BALANCE, currentBalance(), 16)
  const address = filecoinAddress(p)
  const error = send(address, filecoinAddressLength, METHOD_SEND, 0, BALANCE, ALL_GAS, 0)
  if (error != ErrorNumber.OK || sentExitCode != ExitCode.OK) {
    fail(EvmExit.SELFDESTRUCT_FAILED, "failed to transfer funds to beneficiary on SELFDESTRUCT")
  }
  markSelfdestructed()
}
