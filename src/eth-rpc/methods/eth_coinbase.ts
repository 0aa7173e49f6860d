import { ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { minerOf } from "../control.ts"

export const eth_coinbase: EthMethod = defineEthMethod({
  name: "eth_coinbase",
  summary: "Address of the block producer, as a masked ID address if it has no other.",
  params: [],
  result: ethAddress,
  source: "geth eth_coinbase",
  handle: ({ chain }) => minerOf(chain),
})
