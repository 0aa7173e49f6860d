import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { addBalance, editState } from "../control.ts"

export const anvil_addBalance: EthMethod = defineEthMethod({
  name: "anvil_addBalance",
  summary: "Adds attoFIL to the balance of an address.",
  params: [arg("address", ethAddress), arg("amount", quantity)],
  result: anything,
  source: "anvil anvil_addBalance",
  aliases: ["hardhat_addBalance", "tenderly_addBalance"],
  writes: true,
  async handle(context, address, amount) {
    await editState(context, "anvil_addBalance", (state) => addBalance(state, address, amount))
    return null
  },
})
