/**
 * What the kernel says about the message and the network. Each is asked once per invocation and kept.
 */
import { ErrorNumber } from "./error-number"
import { ExitCode } from "./exit-code"
import { abort } from "./exit"
import { RETURN } from "./memory"
import {
  debug_enabled,
  debug_log,
  NetworkContextResult as Network,
  network_context,
  self_current_balance,
  VmMessageContextResult as Message,
  vm_message_context,
} from "./syscalls"

/** The message context as the kernel wrote it; layout at `vm_message_context`. Valid after `begin`. */
export const MESSAGE: usize = memory.data(i32(Message.BYTES), 8)
const NETWORK: usize = memory.data(i32(Network.BYTES), 8)
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
  return load<u64>(MESSAGE, Message.ORIGIN)
}

/** Nonce of the message on chain. */
// @ts-ignore: decorator
@inline
export function nonce(): u64 {
  return load<u64>(MESSAGE, Message.NONCE)
}

/** The actor that called. */
// @ts-ignore: decorator
@inline
export function caller(): u64 {
  return load<u64>(MESSAGE, Message.CALLER)
}

/** This actor. */
// @ts-ignore: decorator
@inline
export function receiver(): u64 {
  return load<u64>(MESSAGE, Message.RECEIVER)
}

/** The method called. */
// @ts-ignore: decorator
@inline
export function methodNumber(): u64 {
  return load<u64>(MESSAGE, Message.METHOD_NUMBER)
}

/** Address of the 16 bytes of the value that came with the call, attoFIL, low half first. */
// @ts-ignore: decorator
@inline
export function valueReceived(): usize {
  return MESSAGE + Message.VALUE_RECEIVED
}

/** Address of the 16 bytes of the premium actually paid, attoFIL per unit of gas. */
// @ts-ignore: decorator
@inline
export function gasPremium(): usize {
  return MESSAGE + Message.GAS_PREMIUM
}

/** Whether state, balances and events are out of reach in this call. */
// @ts-ignore: decorator
@inline
export function isReadOnly(): bool {
  return (load<u64>(MESSAGE, Message.FLAGS) & 1) != 0
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
  return load<i64>(network(), Network.EPOCH)
}

/** Seconds since 1970. */
export function timestampSeconds(): u64 {
  return load<u64>(network(), Network.TIMESTAMP)
}

/** Address of the 16 bytes of the base fee, attoFIL per unit of gas. */
export function baseFee(): usize {
  return network() + Network.BASE_FEE
}

/** EIP-155 chain id. */
export function chainId(): u64 {
  return load<u64>(network(), Network.CHAIN_ID)
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
