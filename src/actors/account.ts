/**
 * Account: an actor that a secp256k1 (f1) or BLS (f3) key stands for.
 *
 * State: `[address]`.
 *
 * Source: builtin-actors actors/account.
 */
import { acceptExported, bytesParam, bytesParamLength, params, readParams, requireCaller, requireNoParams, restrictInternalApi } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { isAddress, Protocol, readAddress } from "./sdk/address"
import { blockLength, createCbor } from "./sdk/block"
import { headSize, Reader, Writer } from "./sdk/cbor"
import { begin, methodNumber } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { RETURN } from "./sdk/memory"
import { Method } from "./sdk/method"
import { METHOD_CONSTRUCTOR } from "./sdk/send"
import { createState, loadState } from "./sdk/state"
import { crypto_verify_signature } from "./sdk/syscalls"

const METHOD_PUBKEY_ADDRESS: u64 = 2
const SIGNATURE_SECP256K1: u32 = 1
const SIGNATURE_BLS: u32 = 2

let addressLength: u32 = 0

/** The key address in the state; its length is in `addressLength`. */
function keyAddress(): usize {
  const at = loadState()
  const state = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
  state.tuple(1)
  const address = readAddress(state)
  addressLength = state.length
  state.finish()
  return address
}

function construct(): u32 {
  const address = bytesParam()
  const length = bytesParamLength
  if (!isAddress(address, length)) abort(ExitCode.USR_SERIALIZATION, "not an address")
  requireCaller(ActorId.SYSTEM)
  const protocol = load<u8>(address)
  if (protocol != Protocol.SECP256K1 && protocol != Protocol.BLS) {
    abort(ExitCode.USR_ILLEGAL_ARGUMENT, "address must use BLS or SECP protocol")
  }
  const state = Writer.sized(64)
  state.array(1)
  state.bytes(address, length)
  createState(state.start, state.length)
  return 0
}

function pubkeyAddress(): u32 {
  requireNoParams()
  const address = keyAddress()
  const answer = Writer.sized(headSize(addressLength) + addressLength)
  answer.bytes(address, addressLength)
  return createCbor(answer.start, answer.length)
}

function authenticateMessage(): u32 {
  const reader = params()
  reader.tuple(2)
  const signature = reader.bytes()
  const signatureLength = reader.length
  const text = reader.bytes()
  const textLength = reader.length
  reader.finish()
  const address = keyAddress()
  const protocol = load<u8>(address)
  let type = SIGNATURE_SECP256K1
  if (protocol == Protocol.BLS) type = SIGNATURE_BLS
  else if (protocol != Protocol.SECP256K1) abort(ExitCode.USR_ILLEGAL_STATE, "address must use BLS or SECP protocol")
  const error = crypto_verify_signature(RETURN, type, signature, signatureLength, address, addressLength, text, textLength)
  if (error != ErrorNumber.OK || load<i32>(RETURN) != 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "signature invalid")
  const answer = Writer.sized(1)
  answer.bool(true)
  return createCbor(answer.start, 1)
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_PUBKEY_ADDRESS) return pubkeyAddress()
  if (method == Method.AUTHENTICATE_MESSAGE) return authenticateMessage()
  return acceptExported(method)
}
