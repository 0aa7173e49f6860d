import { arg } from "../../json-rpc/method.ts"
import { logObjects } from "../codecs/block.ts"
import { logFilter } from "../codecs/log-filter.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findLogs } from "../log-matcher.ts"

export const eth_getLogs: EthMethod = defineEthMethod({
  name: "eth_getLogs",
  summary: "Logs of contracts by block range or hash, addresses and topics.",
  params: [arg("filter", logFilter)],
  result: logObjects,
  source: "execution-apis eth_getLogs; lotus EthGetLogs",
  handle: ({ chain, state }, filter) => findLogs(chain, filter, state.logLimits),
})
