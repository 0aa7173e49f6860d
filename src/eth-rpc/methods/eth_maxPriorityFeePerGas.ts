import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { suggestTip } from "../fees.ts"

export const eth_maxPriorityFeePerGas: EthMethod = defineEthMethod({
  name: "eth_maxPriorityFeePerGas",
  summary: "Suggested tip in attoFIL per gas.",
  params: [],
  result: quantity,
  source: "execution-apis eth_maxPriorityFeePerGas; lotus EthMaxPriorityFeePerGas",
  handle: ({ chain, blocks }) => suggestTip(chain, blocks),
})
