/**
 * Ethereum account: an actor with an f410 address that an Ethereum key stands for. The kernel makes one of a placeholder when
 * it sends its first message. It has no state and accepts every exported method.
 *
 * Source: builtin-actors actors/ethaccount; FIP-0055.
 */
import { acceptExported, delegatedAddress, delegatedLength, readParams, requireCaller, requireNoParams, restrictInternalApi } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { isEthereumNamespace } from "./sdk/address"
import { begin, methodNumber, receiver } from "./sdk/context"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { METHOD_CONSTRUCTOR } from "./sdk/send"

function construct(): u32 {
  requireNoParams()
  requireCaller(ActorId.SYSTEM)
  const address = delegatedAddress(receiver())
  if (address == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "receiver must have a predictable address")
  if (!isEthereumNamespace(address, delegatedLength)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "invalid target for EthAccount creation")
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  return acceptExported(method)
}
