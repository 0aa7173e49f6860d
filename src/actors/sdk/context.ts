/**
 * What the kernel says about the message and the network. Each is asked once per invocation and kept.
 */
import { ErrorNumber } from "./error-number"
import { ExitCode } from "./exit-code"
import { abort } from "./exit"
import { RETURN } from "./memory"
import { debug_enabled, debug_log, network_context, self_current_balance, vm_message_context } from "./syscalls"

/** The message context as the kernel wrote it; layout at `vm_message_context`. Valid after `begin`. */
export const MESSAGE: usize = memory.data(80, 8)
const NETWORK: usize = memory.data(48, 8)
let networkKnown: bool = false

/** Whether the node runs with actor debugging. */
export let debugging: bool = false

/** Reads the message context. Every `invoke` calls it first, once. */
export function begin(): void {
  if (debug_enabled(RETURN) == ErrorNumber.OK) debugging = load<i32>(RETURN) >= 0
  vm_message_context(MESSAGE)
}

/** The actor that signed the message on chain. */
// @ts-ignore: decorator
@inline
export function origin(): u64 {
  return load<u64>(MESSAGE)
}

/** Nonce of the message on chain. */
// @ts-ignore: decorator
@inline
export function nonce(): u64 {
  return load<u64>(MESSAGE, 8)
}

/** The actor that called. */
// @ts-ignore: decorator
@inline
export function caller(): u64 {
  return load<u64>(MESSAGE, 16)
}

/** This actor. */
// @ts-ignore: decorator
@inline
export function receiver(): u64 {
  return load<u64>(MESSAGE, 24)
}

/** The method called. */
// @ts-ignore: decorator
@inline
export function methodNumber(): u64 {
  return load<u64>(MESSAGE, 32)
}

/** Address of the 16 bytes of the value that came with the call, attoFIL, low half first. */
// @ts-ignore: decorator
@inline
export function valueReceived(): usize {
  return MESSAGE + 40
}

/** Address of the 16 bytes of the premium actually paid, attoFIL per unit of gas. */
// @ts-ignore: decorator
@inline
export function gasPremium(): usize {
  return MESSAGE + 56
}

/** Whether state, balances and events are out of reach in this call. */
// @ts-ignore: decorator
@inline
export function isReadOnly(): bool {
  return (load<u64>(MESSAGE, 72) & 1) != 0
}

/** The network context, layout at `network_context`. */
export function network(): usize {
  if (!networkKnown) {
    network_context(NETWORK)
    networkKnown = true
  }
  return NETWORK
}

/** The epoch of the message. */
export function currentEpoch(): i64 {
  return load<i64>(network())
}

/** Seconds since 1970. */
export function timestampSeconds(): u64 {
  return load<u64>(network(), 8)
}

/** Address of the 16 bytes of the base fee, attoFIL per unit of gas. */
export function baseFee(): usize {
  return network() + 16
}

/** EIP-155 chain id. */
export function chainId(): u64 {
  return load<u64>(network(), 32)
}

/** This actor's balance now, 16 bytes at the address returned; overwritten by the next SDK call. */
export function currentBalance(): usize {
  if (self_current_balance(RETURN) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "balance unknown")
  return RETURN
}

/** Logs ASCII text if the node debugs actors; otherwise costs nothing. */
export function log(at: usize, length: u32): void {
  if (debugging) debug_log(at, length)
}
