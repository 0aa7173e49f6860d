import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const net_version: EthMethod = defineEthMethod({
  name: "net_version",
  summary: "Chain id of the network as a decimal text.",
  params: [],
  result: text,
  source: "lotus NetVersion",
  handle: ({ chain }) => `${chain.chainId}`,
})
