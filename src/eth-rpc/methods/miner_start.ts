import { optionalArg } from "../../json-rpc/method.ts"
import { flag, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiningMode } from "../control.ts"

export const miner_start: EthMethod = defineEthMethod({
  name: "miner_start",
  summary: "Gives each transaction a block at once.",
  params: [optionalArg("threads", smallQuantity)],
  result: flag,
  source: "ganache miner_start",
  writes: true,
  async handle(context) {
    await setMiningMode(context, { automine: true })
    return true
  },
})
