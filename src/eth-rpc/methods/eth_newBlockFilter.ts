import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_newBlockFilter: EthMethod = defineEthMethod({
  name: "eth_newBlockFilter",
  summary: "Collects hashes of new blocks from now on. Gives the id of the filter.",
  params: [],
  result: text,
  source: "execution-apis eth_newBlockFilter",
  handle: ({ filters, connection }) => filters.installBlockFilter(connection.client),
})
