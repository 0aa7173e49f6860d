import { arg } from "../../json-rpc/method.ts"
import { setBalance } from "../calls.ts"
import { ethAddress, flag, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { editState } from "../control.ts"

export const hardhat_setBalance: EthMethod = defineEthMethod({
  name: "hardhat_setBalance",
  summary: "Sets the balance of an address in attoFIL.",
  params: [arg("address", ethAddress), arg("balance", quantity)],
  result: flag,
  source: "hardhat hardhat_setBalance",
  aliases: ["evm_setAccountBalance"],
  writes: true,
  async handle(context, address, balance) {
    await editState(context, "hardhat_setBalance", (state) => setBalance(state, address, balance))
    return true
  },
})
