import { plainNumber } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_getGenesisTime: EthMethod = defineEthMethod({
  name: "anvil_getGenesisTime",
  summary: "Time of the first block, in seconds since 1970.",
  params: [],
  result: plainNumber,
  source: "anvil anvil_getGenesisTime",
  handle: ({ chain }) => chain.genesis.timestamp,
})
