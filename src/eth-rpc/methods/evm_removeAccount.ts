import { arg, optionalArg } from "../../json-rpc/method.ts"
import { ethAddress, flag, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const evm_removeAccount: EthMethod = defineEthMethod({
  name: "evm_removeAccount",
  summary: "Takes an address out of those that the node signs for.",
  params: [arg("address", ethAddress), optionalArg("password", text)],
  result: flag,
  source: "ganache evm_removeAccount",
  writes: true,
  handle(context, address) {
    requireUnlocked(context, "evm_removeAccount")
    const stopped = context.keyring.stopImpersonating(address)
    return context.keyring.remove(address) || stopped
  },
})
