import { arg } from "../../json-rpc/method.ts"
import { flag, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const evm_setBlockGasLimit: EthMethod = defineEthMethod({
  name: "evm_setBlockGasLimit",
  summary: "Refuses transactions that ask for more gas; the network's own limit of 10^10 stays. Gives true.",
  params: [arg("gasLimit", quantity)],
  result: flag,
  source: "hardhat evm_setBlockGasLimit",
  aliases: ["anvil_setBlockGasLimit"],
  writes: true,
  handle(context, limit) {
    requireUnlocked(context, "evm_setBlockGasLimit")
    context.state.blockGasLimit = limit
    return true
  },
})
