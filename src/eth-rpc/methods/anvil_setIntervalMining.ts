import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiningMode } from "../control.ts"

export const anvil_setIntervalMining: EthMethod = defineEthMethod({
  name: "anvil_setIntervalMining",
  summary: "Makes a block every so many seconds; 0 ends it. Unlike evm_setIntervalMining never milliseconds.",
  params: [arg("seconds", smallQuantity)],
  result: anything,
  source: "anvil anvil_setIntervalMining",
  writes: true,
  async handle(context, seconds) {
    await setMiningMode(context, { intervalSeconds: seconds })
    return null
  },
})
