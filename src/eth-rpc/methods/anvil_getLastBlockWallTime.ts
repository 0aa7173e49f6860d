import { plainNumber } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_getLastBlockWallTime: EthMethod = defineEthMethod({
  name: "anvil_getLastBlockWallTime",
  summary:
    "When the last block was made by the wall clock, in seconds since 1970; the start of the node if it made none.",
  params: [],
  result: plainNumber,
  source: "anvil anvil_getLastBlockWallTime",
  handle: ({ chain }) => Math.floor(chain.lastMadeAt / 1000),
})
