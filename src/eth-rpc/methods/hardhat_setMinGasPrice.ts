import { arg } from "../../json-rpc/method.ts"
import { flag, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_setMinGasPrice: EthMethod = defineEthMethod({
  name: "hardhat_setMinGasPrice",
  summary: "Refuses transactions that offer less, in attoFIL per gas.",
  params: [arg("price", quantity)],
  result: flag,
  source: "hardhat hardhat_setMinGasPrice",
  aliases: ["miner_setGasPrice"],
  writes: true,
  handle(context, price) {
    requireUnlocked(context, "hardhat_setMinGasPrice")
    context.state.minGasPrice = price
    return true
  },
})
