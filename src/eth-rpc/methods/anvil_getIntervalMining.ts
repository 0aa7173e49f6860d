import { nullable, plainNumber } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_getIntervalMining: EthMethod = defineEthMethod({
  name: "anvil_getIntervalMining",
  summary: "Seconds between blocks; null without interval mining.",
  params: [],
  result: nullable(plainNumber),
  source: "anvil anvil_getIntervalMining",
  handle: ({ chain: { mining } }) => (mining.kind === "interval" ? Math.ceil(mining.seconds) : undefined),
})
