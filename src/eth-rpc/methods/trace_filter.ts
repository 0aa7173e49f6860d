import { arg } from "../../json-rpc/method.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { filterTraces, traceFilter } from "../traces.ts"

export const trace_filter: EthMethod = defineEthMethod({
  name: "trace_filter",
  summary: "Traces of a range of blocks by sender and receiver.",
  params: [arg("filter", traceFilter)],
  result: anything,
  source: "Parity trace module; lotus EthTraceFilter",
  handle: (context, filter) => filterTraces(context, filter),
})
