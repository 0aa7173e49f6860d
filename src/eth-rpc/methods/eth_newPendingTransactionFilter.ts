import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_newPendingTransactionFilter: EthMethod = defineEthMethod({
  name: "eth_newPendingTransactionFilter",
  summary: "Collects hashes of transactions that enter the mempool. Gives the id of the filter.",
  params: [],
  result: text,
  source: "execution-apis eth_newPendingTransactionFilter",
  handle: ({ filters, connection }) => filters.installPendingTransactionFilter(connection.client),
})
