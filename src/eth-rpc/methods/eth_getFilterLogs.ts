import { arg } from "../../json-rpc/method.ts"
import { logObjects } from "../codecs/block.ts"
import { filterId } from "../codecs/filter-id.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findLogs } from "../log-matcher.ts"

export const eth_getFilterLogs: EthMethod = defineEthMethod({
  name: "eth_getFilterLogs",
  summary: "All logs that pass a log filter, old ones included.",
  params: [arg("id", filterId)],
  result: logObjects,
  source: "execution-apis eth_getFilterLogs",
  handle: ({ chain, filters, state }, id) => findLogs(chain, filters.logFilter(id), state.logLimits),
})
