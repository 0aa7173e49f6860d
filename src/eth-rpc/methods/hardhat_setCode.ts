import { arg } from "../../json-rpc/method.ts"
import { setCode } from "../calls.ts"
import { data, ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { editState } from "../control.ts"

export const hardhat_setCode: EthMethod = defineEthMethod({
  name: "hardhat_setCode",
  summary: "Makes the actor at an address a contract with this code.",
  params: [arg("address", ethAddress), arg("code", data)],
  result: flag,
  source: "hardhat hardhat_setCode",
  aliases: ["evm_setAccountCode"],
  writes: true,
  async handle(context, address, code) {
    await editState(context, "hardhat_setCode", (state) => setCode(state, address, code))
    return true
  },
})
