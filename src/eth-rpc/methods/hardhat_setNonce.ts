import { arg } from "../../json-rpc/method.ts"
import { setNonce } from "../calls.ts"
import { ethAddress, flag, quantity64 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { editState } from "../control.ts"

export const hardhat_setNonce: EthMethod = defineEthMethod({
  name: "hardhat_setNonce",
  summary: "Sets the next nonce of an address.",
  params: [arg("address", ethAddress), arg("nonce", quantity64)],
  result: flag,
  source: "hardhat hardhat_setNonce",
  aliases: ["evm_setAccountNonce"],
  writes: true,
  async handle(context, address, nonce) {
    await editState(context, "hardhat_setNonce", (state) => setNonce(state, address, nonce))
    return true
  },
})
