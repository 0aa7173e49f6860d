/**
 * Calls to other actors.
 */
import { codeOf, resolve, resolvedId } from "./actor"
import { ZERO } from "./amount"
import { readSized } from "./block"
import { ErrorNumber } from "./error-number"
import { abort, exitWith } from "./exit"
import { ExitCode } from "./exit-code"
import { writeIdAddress } from "./address"
import { alloc, RETURN } from "./memory"
import { SendSendResult as Sent, send_send } from "./syscalls"

/** All the gas there is. */
export const ALL_GAS: u64 = u64.MAX_VALUE
export const SEND_READ_ONLY: u64 = 1
/** A bare transfer: no code runs. */
export const METHOD_SEND: u64 = 0
export const METHOD_CONSTRUCTOR: u64 = 1

/** How the last send ended, if the kernel carried it out. */
export let sentExitCode: u32 = 0
/** Handle of what it returned; 0 for nothing. */
export let sentBlock: u32 = 0
export let sentCodec: u64 = 0
export let sentSize: u32 = 0

/**
 * Calls another actor.
 *
 * @param params - Block handle; 0 for none.
 * @param value - Address of 16 bytes, attoFIL.
 * @returns The error number of the syscall. On `OK` the callee was called: see `sentExitCode`, `sentBlock`.
 */
export function send(
  to: usize,
  toLength: u32,
  method: u64,
  params: u32,
  value: usize,
  gasLimit: u64 = ALL_GAS,
  flags: u64 = 0,
): u32 {
  const error = send_send(
    RETURN, to, toLength, method, params, load<u64>(value, 8), load<u64>(value), gasLimit, flags,
  )
  if (error == ErrorNumber.OK) {
    sentExitCode = load<u32>(RETURN, Sent.EXIT_CODE)
    sentBlock = load<u32>(RETURN, Sent.RETURN_ID)
    sentCodec = load<u64>(RETURN, Sent.RETURN_CODEC)
    sentSize = load<u32>(RETURN, Sent.RETURN_SIZE)
  }
  return error
}

/** `send` to an actor ID. */
export function sendToId(id: u64, method: u64, params: u32, value: usize = ZERO, flags: u64 = 0): u32 {
  const to = alloc(11)
  return send(to, writeIdAddress(to, id), method, params, value, ALL_GAS, flags)
}

/** What the last send returned, read into memory; its length is in `sentSize`. 0 if it returned nothing. */
export function sentData(): usize {
  return sentBlock == 0 ? 0 : readSized(sentBlock, sentCodec, sentSize)
}

/** The exit code with which an actor fails because a send was refused. */
export function exitCodeOfRefusal(error: u32): u32 {
  if (error == ErrorNumber.NOT_FOUND) return ExitCode.USR_UNSPECIFIED
  if (error == ErrorNumber.INSUFFICIENT_FUNDS) return ExitCode.USR_INSUFFICIENT_FUNDS
  if (error == ErrorNumber.READ_ONLY) return ExitCode.USR_READ_ONLY
  return ExitCode.USR_ASSERTION_FAILED
}

/** The exit code with which an actor may pass on that of its callee: a system error of the callee is not its own. */
export function passedOnExitCode(code: u32): u32 {
  if (code >= ExitCode.FIRST_USER_EXIT_CODE || code == ExitCode.OK) return code
  if (
    code == ExitCode.SYS_MISSING_RETURN ||
    code == ExitCode.SYS_ILLEGAL_INSTRUCTION ||
    code == ExitCode.SYS_ILLEGAL_EXIT_CODE
  ) {
    return ExitCode.USR_UNSPECIFIED
  }
  return ExitCode.USR_ASSERTION_FAILED
}

/** Ends the invocation unless the send succeeded: with the callee's exit code and data, or with that of the refusal. */
export function requireSent(error: u32): void {
  if (error != ErrorNumber.OK) abort(exitCodeOfRefusal(error), "send refused")
  if (sentExitCode != ExitCode.OK) exitWith(passedOnExitCode(sentExitCode), sentBlock, "send aborted")
}

/**
 * The ID of an address; where nobody has it, an account is made by sending nothing there. Exit 16 if that does not help.
 *
 * @param mustExist - Exit 17 if there is no actor of this ID.
 */
export function resolveToId(address: usize, length: u32, mustExist: bool): u64 {
  if (!resolve(address, length)) {
    requireSent(send(address, length, METHOD_SEND, 0, ZERO))
    if (!resolve(address, length)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "failed to resolve or initialize address")
  }
  const id = resolvedId
  if (mustExist && codeOf(id) == 0) abort(ExitCode.USR_NOT_FOUND, "no code for address")
  return id
}
