import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_blockNumber: EthMethod = defineEthMethod({
  name: "eth_blockNumber",
  summary: "Epoch of the newest executed tipset.",
  params: [],
  result: smallQuantity,
  source: "execution-apis eth_blockNumber; lotus EthBlockNumber",
  handle: ({ chain }) => chain.latest.epoch,
})
