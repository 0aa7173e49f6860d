/**
 * What every actor does at its door: who calls, which method, with what.
 *
 *     export function invoke(id: u32): u32 {
 *       begin()
 *       readParams(id)
 *       const method = methodNumber()
 *       restrictInternalApi(method)
 *       if (method == METHOD_CONSTRUCTOR) return construct()
 *       if (method == Method.AUTHENTICATE_MESSAGE) return authenticate()
 *       return unhandled()
 *     }
 *
 * A method returns the handle of its return block, 0 for none.
 */
import { ActorType } from "./actor-type"
import { blockCodec, blockLength, readBlock } from "./block"
import { Reader } from "./cbor"
import { Codec, MAX_CID_LENGTH } from "./cid"
import { caller } from "./context"
import { ErrorNumber } from "./error-number"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { alloc, RETURN } from "./memory"
import {
  actor_get_actor_code_cid,
  actor_get_builtin_actor_type,
  actor_get_code_cid_for_type,
  actor_lookup_delegated_address,
  actor_resolve_address,
} from "./syscalls"
import { MAX_ADDRESS_LENGTH, Protocol, readUvarint, uvarint } from "./address"

/** Where FRC-0042 method numbers start: below, methods are for built-in actors only. */
export const FIRST_EXPORTED_METHOD: u64 = 1 << 24

/** Whether there are parameters, and which: address, length, codec. */
export let paramsId: u32 = 0
export let paramsAt: usize = 0
export let paramsLength: u32 = 0
export let paramsCodec: u64 = 0

/** Reads the parameters into memory. Every `invoke` calls it once, after `begin`. */
export function readParams(id: u32): void {
  paramsId = id
  if (id == 0) return
  paramsAt = readBlock(id)
  paramsLength = blockLength
  paramsCodec = blockCodec
}

/** A reader over the parameters. Exit 16 if there are none, 21 if they are not CBOR. */
export function params(): Reader {
  requireParams()
  if (paramsCodec != Codec.CBOR && paramsCodec != Codec.DAG_CBOR) abort(ExitCode.USR_SERIALIZATION, "parameters are not CBOR")
  return Reader.over(paramsAt, paramsLength)
}

/** Length of what `bytesParam` answered last. */
export let bytesParamLength: u32 = 0

/** Parameters that are one byte string, as CBOR or as a raw block. */
export function bytesParam(): usize {
  requireParams()
  if (paramsCodec == Codec.RAW) {
    bytesParamLength = paramsLength
    return paramsAt
  }
  const reader = params()
  const at = reader.bytes()
  bytesParamLength = reader.length
  reader.finish()
  return at
}

function requireParams(): void {
  if (paramsId == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "method expects arguments")
}

/** Exit 16 if there are parameters. */
export function requireNoParams(): void {
  if (paramsId != 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "method expects no arguments")
}

/** Exit 22. */
export function unhandled(): u32 {
  return abort(ExitCode.USR_UNHANDLED_MESSAGE, "invalid method")
}

/** Accepts exported methods without doing anything, refuses the others: what accounts do with unknown methods. */
export function acceptExported(method: u64): u32 {
  return method >= FIRST_EXPORTED_METHOD ? 0 : unhandled()
}

/** Exit 18 if a contract, or an actor that is not built in, calls a method below the exported ones. */
export function restrictInternalApi(method: u64): void {
  if (method >= FIRST_EXPORTED_METHOD) return
  const type = actorType(caller())
  if (type == ActorType.NONE || type == ActorType.EVM) abort(ExitCode.USR_FORBIDDEN, "caller must be built-in")
}

/** Exit 18 if somebody else calls. */
export function requireCaller(id: u64): void {
  if (caller() != id) abort(ExitCode.USR_FORBIDDEN, "caller not supported")
}

/** The code CID of an actor in fresh memory (100 bytes of room), or 0 if there is no such actor. */
export function codeOf(id: u64): usize {
  const cid = alloc(MAX_CID_LENGTH)
  const error = actor_get_actor_code_cid(RETURN, id, cid, MAX_CID_LENGTH)
  if (error == ErrorNumber.OK) return cid
  if (error != ErrorNumber.NOT_FOUND) abort(ExitCode.USR_ASSERTION_FAILED, "code lookup failed")
  return 0
}

/** The type of built-in code; NONE for everything else. */
export function typeOfCode(cid: usize): i32 {
  if (actor_get_builtin_actor_type(RETURN, cid) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "type lookup failed")
  return load<i32>(RETURN)
}

/** The type of an actor; NONE if it does not exist or is not built in. */
export function actorType(id: u64): i32 {
  const cid = codeOf(id)
  return cid == 0 ? ActorType.NONE : typeOfCode(cid)
}

/** Length of the code CID that `codeForType` answered last. */
export let codeLength: u32 = 0

/** The code CID of a built-in type, in fresh memory. */
export function codeForType(type: i32): usize {
  const cid = alloc(MAX_CID_LENGTH)
  if (actor_get_code_cid_for_type(RETURN, type, cid, MAX_CID_LENGTH) != ErrorNumber.OK) {
    abort(ExitCode.USR_ASSERTION_FAILED, "no code for type")
  }
  codeLength = load<u32>(RETURN)
  return cid
}

/** The ID that `resolve` found. */
export let resolvedId: u64 = 0

/** Looks an address up; false if nobody has it. An f0 address answers its ID, whether it exists or not. */
export function resolve(address: usize, length: u32): bool {
  if (load<u8>(address) == Protocol.ID) {
    if (readUvarint(address + 1, length - 1) == 0) abort(ExitCode.USR_ASSERTION_FAILED, "not an address")
    resolvedId = uvarint
    return true
  }
  const error = actor_resolve_address(RETURN, address, length)
  if (error == ErrorNumber.NOT_FOUND) return false
  if (error != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "address resolution failed")
  resolvedId = load<u64>(RETURN)
  return true
}

/** Length of the address that `delegatedAddress` answered last. */
export let delegatedLength: u32 = 0

/** The f4 address of an actor in fresh memory, or 0 if it has none or does not exist. */
export function delegatedAddress(id: u64): usize {
  const at = alloc(MAX_ADDRESS_LENGTH)
  const error = actor_lookup_delegated_address(RETURN, id, at, MAX_ADDRESS_LENGTH)
  if (error == ErrorNumber.NOT_FOUND) return 0
  if (error != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "address lookup failed")
  delegatedLength = load<u32>(RETURN)
  return delegatedLength == 0 ? 0 : at
}
