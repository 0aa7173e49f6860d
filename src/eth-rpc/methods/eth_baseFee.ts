import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_baseFee: EthMethod = defineEthMethod({
  name: "eth_baseFee",
  summary: "Base fee of the next tipset in attoFIL per gas.",
  params: [],
  result: quantity,
  source: "lotus EthBaseFee",
  handle: ({ chain }) => chain.nextBaseFee,
})
