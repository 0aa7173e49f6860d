import { arg } from "../../json-rpc/method.ts"
import { anything, hash32, listOf, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { checkTraceTypes, encodeReplay, traceTransaction } from "../traces.ts"

export const trace_replayTransaction: EthMethod = defineEthMethod({
  name: "trace_replayTransaction",
  summary: "What a transaction did, as Parity traces, with its output.",
  params: [arg("hash", hash32), arg("types", listOf(text))],
  result: anything,
  source: "Parity trace module",
  async handle(context, hash, types) {
    checkTraceTypes(types)
    return encodeReplay((await traceTransaction(context, hash)).traces, undefined)
  },
})
