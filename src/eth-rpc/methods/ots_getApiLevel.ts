import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const ots_getApiLevel: EthMethod = defineEthMethod({
  name: "ots_getApiLevel",
  summary: "Level of the Otterscan API.",
  params: [],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  handle: () => 8,
})
