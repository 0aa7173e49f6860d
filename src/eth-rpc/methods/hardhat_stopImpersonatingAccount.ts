import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_stopImpersonatingAccount: EthMethod = defineEthMethod({
  name: "hardhat_stopImpersonatingAccount",
  summary: "Ends hardhat_impersonateAccount; false if the address was not impersonated.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "hardhat hardhat_stopImpersonatingAccount",
  writes: true,
  handle(context, address) {
    requireUnlocked(context, "hardhat_stopImpersonatingAccount")
    return context.keyring.stopImpersonating(address)
  },
})
