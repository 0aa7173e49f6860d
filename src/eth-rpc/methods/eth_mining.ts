import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_mining: EthMethod = defineEthMethod({
  name: "eth_mining",
  summary: "Whether the node makes blocks by itself.",
  params: [],
  result: flag,
  source: "geth eth_mining",
  handle: ({ chain }) => chain.mining.kind !== "manual",
})
