import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const web3_clientVersion: EthMethod = defineEthMethod({
  name: "web3_clientVersion",
  summary: "Name and version of the node; begins with `anvil/`, which is how tools know a development node.",
  params: [],
  result: text,
  source: "lotus Web3ClientVersion; hardhat-network-helpers",
  handle: ({ state }) => state.clientVersion,
})
