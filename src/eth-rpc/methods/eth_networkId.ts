import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_networkId: EthMethod = defineEthMethod({
  name: "eth_networkId",
  summary: "Chain id of the network, in decimal digits.",
  params: [],
  result: text,
  source: "anvil eth_networkId",
  handle: ({ chain }) => chain.chainId.toString(),
})
