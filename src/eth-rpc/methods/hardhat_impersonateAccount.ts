import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_impersonateAccount: EthMethod = defineEthMethod({
  name: "hardhat_impersonateAccount",
  summary: "Takes transactions from an address without its key.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "hardhat hardhat_impersonateAccount",
  writes: true,
  handle(context, address) {
    requireUnlocked(context, "hardhat_impersonateAccount")
    context.keyring.impersonate(address)
    return true
  },
})
