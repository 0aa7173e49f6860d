import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_chainId: EthMethod = defineEthMethod({
  name: "eth_chainId",
  summary: "Chain id of the network (EIP-155).",
  params: [],
  result: quantity,
  source: "execution-apis eth_chainId; lotus EthChainId",
  handle: ({ chain }) => chain.chainId,
})
