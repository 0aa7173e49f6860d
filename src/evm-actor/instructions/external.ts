/**
 * Code of other actors. A contract shows its code; a native actor one byte, 0xfe; an account, a placeholder or a precompile
 * none; nobody nothing.
 *
 * Source: FIP-0054; builtin-actors actors/evm/src/interpreter/instructions/ext.rs.
 */
import { codeOf, resolve, resolvedId, typeOfCode } from "../../actors/sdk/actor"
import { ActorType } from "../../actors/sdk/actor-type"
import { writeIdAddress } from "../../actors/sdk/address"
import { ZERO } from "../../actors/sdk/amount"
import { blockLength, openBlock } from "../../actors/sdk/block"
import { Reader } from "../../actors/sdk/cbor"
import { CID_LENGTH } from "../../actors/sdk/cid"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { ExitCode } from "../../actors/sdk/exit-code"
import { mark, release } from "../../actors/sdk/memory"
import { ALL_GAS, passedOnExitCode, SEND_READ_ONLY, sentBlock, sentData, sentExitCode, sentSize } from "../../actors/sdk/send"
import { filecoinAddress, filecoinAddressLength } from "../address"
import { fail } from "../fail"
import { copyIn } from "../memory"
import { EvmMethod } from "../method"
import { isPrecompile } from "../precompiles"
import { contractSend } from "../state"
import { fromBytes, set64 } from "../u256"

export namespace ContractType {
  export const PRECOMPILE: i32 = 0
  export const EVM: i32 = 1
  export const NATIVE: i32 = 2
  export const ACCOUNT: i32 = 3
  export const NOT_FOUND: i32 = 4
}

/** keccak-256 of nothing. */
const EMPTY_HASH: usize = memory.data<u8>([
  0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca,
  0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
])
/** keccak-256 of 0xfe. */
const NATIVE_HASH: usize = memory.data<u8>([
  0xbc, 0xc9, 0x0f, 0x2d, 0x6d, 0xad, 0xa5, 0xb1, 0x8e, 0x15, 0x5c, 0x17, 0xa1, 0xc0, 0xa5, 0x59, 0x20, 0xaa, 0xe9, 0x4f, 0x39,
  0x85, 0x7d, 0x39, 0xd0, 0xd8, 0xed, 0x07, 0xae, 0x8f, 0x22, 0x8b,
])
const NATIVE_CODE: usize = memory.data<u8>([0xfe])

/** The f0 address of a contract that is asked for its code. */
const ID_ADDRESS: usize = memory.data(16, 8)
/** The CID that `codeCid` found. */
export const FOUND_CID: usize = memory.data(40, 8)

/** The actor that `contractType` found. */
export let contractId: u64 = 0

/** What kind of thing is at the address [p]; its ID is then in `contractId`. */
export function contractType(p: usize): i32 {
  if (isPrecompile(p)) return ContractType.PRECOMPILE
  const address = filecoinAddress(p)
  if (!resolve(address, filecoinAddressLength)) return ContractType.NOT_FOUND
  contractId = resolvedId
  const heap = mark()
  const code = codeOf(contractId)
  const type = code == 0 ? -1 : typeOfCode(code)
  release(heap)
  if (type == -1) return ContractType.NOT_FOUND
  if (type == ActorType.EVM) return ContractType.EVM
  if (type == ActorType.ACCOUNT || type == ActorType.PLACEHOLDER || type == ActorType.ETHACCOUNT) return ContractType.ACCOUNT
  return ContractType.NATIVE
}

/** Asks the contract `contractId`; its answer is CBOR. Ends the call as the contract does if that fails. */
function ask(method: u64): Reader {
  const error = contractSend(
    ID_ADDRESS, writeIdAddress(ID_ADDRESS, contractId), method, 0, ZERO, ALL_GAS, SEND_READ_ONLY,
  )
  if (error != ErrorNumber.OK) fail(ExitCode.USR_UNSPECIFIED, "send syscall failed")
  if (sentExitCode != ExitCode.OK) fail(passedOnExitCode(sentExitCode), "failed to call", sentBlock)
  if (sentBlock == 0) fail(ExitCode.USR_ASSERTION_FAILED, "return expected")
  return Reader.over(sentData(), sentSize)
}

/** Finds the CID of the code of `contractId`, at FOUND_CID. False if it is dead. */
export function codeCid(): bool {
  const reader = ask(EvmMethod.GET_BYTECODE)
  const found = !reader.isNull()
  if (found) {
    const at = reader.cid()
    if (reader.length != CID_LENGTH) reader.fail()
    memory.copy(FOUND_CID, at, CID_LENGTH)
  }
  reader.finish()
  return found
}

/** [p] = size of the code at the address [p]. */
export function extcodesize(p: usize): void {
  const type = contractType(p)
  if (type == ContractType.EVM) {
    if (codeCid()) {
      const heap = mark()
      openBlock(FOUND_CID)
      set64(p, blockLength)
      release(heap)
    } else set64(p, 0)
  } else set64(p, type == ContractType.NATIVE ? 1 : 0)
}

/** [p] = keccak-256 of the code at the address [p]. */
export function extcodehash(p: usize): void {
  const type = contractType(p)
  if (type == ContractType.EVM) {
    const reader = ask(EvmMethod.GET_BYTECODE_HASH)
    const hash = reader.fixedBytes(32)
    reader.finish()
    fromBytes(p, hash)
  } else if (type == ContractType.NATIVE) fromBytes(p, NATIVE_HASH)
  else if (type == ContractType.NOT_FOUND) set64(p, 0)
  else fromBytes(p, EMPTY_HASH)
}

/** Copies [p] bytes from [p + 32] of the code at the address [p + 96] to memory at [p + 64]. */
export function extcodecopy(p: usize): void {
  const type = contractType(p + 96)
  let code: usize = NATIVE_CODE
  let length: u32 = type == ContractType.NATIVE ? 1 : 0
  if (type == ContractType.EVM && codeCid()) {
    code = openBlock(FOUND_CID)
    length = blockLength
  }
  copyIn(p + 64, p + 32, p, code, length, true)
}
