import { arg, optionalArg } from "../../json-rpc/method.ts"
import { flag, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { mine } from "../control.ts"

export const hardhat_mine: EthMethod = defineEthMethod({
  name: "hardhat_mine",
  summary:
    "Makes a number of blocks, `interval` seconds apart (0: by the clock). Unlike evm_mine it takes a count, not a time.",
  params: [arg("count", smallQuantity, 1), optionalArg("interval", smallQuantity)],
  result: flag,
  source: "hardhat hardhat_mine; anvil anvil_mine",
  writes: true,
  async handle(context, count, interval) {
    await mine(context, { count, ...(interval && { intervalSeconds: interval }) })
    return true
  },
})
