import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const net_peerCount: EthMethod = defineEthMethod({
  name: "net_peerCount",
  summary: "Number of peers: none, the node is a network of its own.",
  params: [],
  result: smallQuantity,
  source: "geth net_peerCount",
  handle: () => 0,
})
