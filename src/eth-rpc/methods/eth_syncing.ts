import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_syncing: EthMethod = defineEthMethod({
  name: "eth_syncing",
  summary: "False: there is nobody to catch up with.",
  params: [],
  result: flag,
  source: "execution-apis eth_syncing",
  handle: () => false,
})
