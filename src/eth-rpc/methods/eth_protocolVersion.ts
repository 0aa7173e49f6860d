import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_protocolVersion: EthMethod = defineEthMethod({
  name: "eth_protocolVersion",
  summary: "Network version of the Filecoin protocol.",
  params: [],
  result: smallQuantity,
  source: "lotus EthProtocolVersion",
  handle: ({ chain }) => chain.networkVersion,
})
