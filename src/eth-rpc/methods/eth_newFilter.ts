import { arg } from "../../json-rpc/method.ts"
import { text } from "../codecs/hex.ts"
import { logFilter } from "../codecs/log-filter.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_newFilter: EthMethod = defineEthMethod({
  name: "eth_newFilter",
  summary: "Collects logs from now on. Gives the id of the filter.",
  params: [arg("filter", logFilter)],
  result: text,
  source: "execution-apis eth_newFilter",
  handle: ({ filters, connection }, filter) => filters.installLogFilter(filter, connection.client),
})
