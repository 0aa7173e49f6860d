import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const hardhat_stopImpersonatingAccount: EthMethod = defineEthMethod({
  name: "hardhat_stopImpersonatingAccount",
  summary: "Ends hardhat_impersonateAccount; false if the address was not impersonated.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "hardhat hardhat_stopImpersonatingAccount",
  writes: true,
  handle: ({ keyring }, address) => keyring.stopImpersonating(address),
})
