import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { suggestTip } from "../fees.ts"

export const eth_gasPrice: EthMethod = defineEthMethod({
  name: "eth_gasPrice",
  summary: "Base fee and suggested tip together, in attoFIL per gas.",
  params: [],
  result: quantity,
  source: "execution-apis eth_gasPrice; lotus EthGasPrice",
  async handle({ chain, blocks }) {
    return chain.nextBaseFee + (await suggestTip(chain, blocks))
  },
})
