import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiningMode } from "../control.ts"

export const miner_stop: EthMethod = defineEthMethod({
  name: "miner_stop",
  summary: "Makes blocks only when asked.",
  params: [],
  result: flag,
  source: "ganache miner_stop",
  writes: true,
  async handle(context) {
    await setMiningMode(context, { automine: false })
    return true
  },
})
