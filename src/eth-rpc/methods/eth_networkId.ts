import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_networkId: EthMethod = defineEthMethod({
  name: "eth_networkId",
  summary: "Chain id of the network.",
  params: [],
  result: quantity,
  source: "anvil eth_networkId",
  handle: ({ chain }) => chain.chainId,
})
