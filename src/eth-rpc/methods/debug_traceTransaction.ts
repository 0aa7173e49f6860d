import { arg, optionalArg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { runTracer, tracerOptions, traceTransaction } from "../traces.ts"

export const debug_traceTransaction: EthMethod = defineEthMethod({
  name: "debug_traceTransaction",
  summary: "Runs a tracer over a transaction: callTracer, flatCallTracer, 4byteTracer or noopTracer.",
  params: [arg("hash", hash32), optionalArg("options", tracerOptions)],
  result: anything,
  source: "geth debug_traceTransaction",
  async handle(context, hash, options) {
    return runTracer(
      (await traceTransaction(context, hash)).traces,
      options ?? { tracer: undefined, onlyTopCall: false },
    )
  },
})
