import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { metadata } from "../control.ts"

export const hardhat_metadata: EthMethod = defineEthMethod({
  name: "hardhat_metadata",
  summary: "What this node is: name, chain, an id of this run, the newest block.",
  params: [],
  result: anything,
  source: "hardhat hardhat_metadata",
  aliases: ["anvil_metadata"],
  handle: (context) => metadata(context),
})
