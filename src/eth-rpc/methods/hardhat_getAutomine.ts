import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const hardhat_getAutomine: EthMethod = defineEthMethod({
  name: "hardhat_getAutomine",
  summary: "Whether each transaction gets a block at once.",
  params: [],
  result: flag,
  source: "hardhat hardhat_getAutomine",
  aliases: ["anvil_getAutomine"],
  handle: ({ chain }) => chain.mining.kind === "instant",
})
