import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_hashrate: EthMethod = defineEthMethod({
  name: "eth_hashrate",
  summary: "0: Filecoin has no proof of work.",
  params: [],
  result: smallQuantity,
  source: "geth eth_hashrate",
  handle: () => 0,
})
