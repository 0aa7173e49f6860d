import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { callObject } from "../codecs/call.ts"
import { anything, listOf, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { checkTraceTypes, encodeReplay, traceCall } from "../traces.ts"

export const trace_call: EthMethod = defineEthMethod({
  name: "trace_call",
  summary: "What a call would do, as Parity traces; nothing of it stays.",
  params: [arg("call", callObject), arg("types", listOf(text)), arg("block", blockRef, "latest")],
  result: anything,
  source: "Parity trace module; forest Forest.EthTraceCall",
  async handle(context, call, types, block) {
    checkTraceTypes(types)
    return encodeReplay((await traceCall(context, call, block)).traces, undefined)
  },
})
