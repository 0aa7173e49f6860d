import { arg, optionalArg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { blockOverride, callObject, stateOverride } from "../codecs/call.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { structLogsOfCall } from "../struct-logs.ts"
import { callTracerOptions, inTime, runTracer, traceCall } from "../traces.ts"

export const debug_traceCall: EthMethod = defineEthMethod({
  name: "debug_traceCall",
  summary: "A call step by step (struct logs), or through a tracer; nothing of it stays.",
  params: [
    arg("call", callObject),
    arg("block", blockRef, "latest"),
    optionalArg("options", callTracerOptions),
    optionalArg("stateOverrides", stateOverride),
    optionalArg("blockOverrides", blockOverride),
  ],
  result: anything,
  source: "geth debug_traceCall",
  async handle(context, call, block, options, stateOverrides, blockOverrides) {
    const state = options?.stateOverrides ?? stateOverrides
    const overrides = { state, block: options?.blockOverrides ?? blockOverrides }
    if (options?.tracer === undefined)
      return structLogsOfCall(context, call, block, overrides, options?.structLogs ?? {})
    const run = async () => runTracer(await traceCall(context, call, block, overrides), options)
    return inTime(run(), options)
  },
})
