import { arg } from "../../json-rpc/method.ts"
import { flag, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_setNextBlockBaseFeePerGas: EthMethod = defineEthMethod({
  name: "hardhat_setNextBlockBaseFeePerGas",
  summary: "Base fee of the next block in attoFIL per gas.",
  params: [arg("baseFee", quantity)],
  result: flag,
  source: "hardhat hardhat_setNextBlockBaseFeePerGas",
  writes: true,
  handle(context, baseFee) {
    requireUnlocked(context, "hardhat_setNextBlockBaseFeePerGas")
    context.chain.setNextBaseFee(baseFee)
    return true
  },
})
