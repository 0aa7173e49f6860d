import { arg, optionalArg } from "../../json-rpc/method.ts"
import { ethAddress, flag, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const evm_addAccount: EthMethod = defineEthMethod({
  name: "evm_addAccount",
  summary: "Impersonates an address from now on; its password is not looked at.",
  params: [arg("address", ethAddress), optionalArg("password", text)],
  result: flag,
  source: "ganache evm_addAccount",
  writes: true,
  handle(context, address) {
    requireUnlocked(context, "evm_addAccount")
    context.keyring.impersonate(address)
    return true
  },
})
