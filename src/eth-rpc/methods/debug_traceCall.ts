import { arg, optionalArg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { callObject, stateOverride } from "../codecs/call.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { runTracer, traceCall, tracerOptions } from "../traces.ts"

export const debug_traceCall: EthMethod = defineEthMethod({
  name: "debug_traceCall",
  summary: "Runs a tracer over a call; nothing of it stays.",
  params: [
    arg("call", callObject),
    arg("block", blockRef, "latest"),
    optionalArg("options", tracerOptions),
    optionalArg("stateOverrides", stateOverride),
  ],
  result: anything,
  source: "geth debug_traceCall",
  async handle(context, call, block, options, stateOverrides) {
    return runTracer(
      await traceCall(context, call, block, stateOverrides),
      options ?? { tracer: undefined, onlyTopCall: false },
    )
  },
})
