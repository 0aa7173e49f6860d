import { arg, optionalArg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { debugTransaction, tracerOptions } from "../traces.ts"

export const debug_traceTransaction: EthMethod = defineEthMethod({
  name: "debug_traceTransaction",
  summary:
    "A transaction step by step (struct logs), or through a tracer: callTracer (withLog), prestateTracer (diffMode), flatCallTracer, 4byteTracer, muxTracer, noopTracer.",
  params: [arg("hash", hash32), optionalArg("options", tracerOptions)],
  result: anything,
  source: "geth debug_traceTransaction",
  handle: (context, hash, options) => debugTransaction(context, hash, options),
})
