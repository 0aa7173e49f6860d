import { arg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { encodePlaced, traceTransaction } from "../traces.ts"

export const trace_transaction: EthMethod = defineEthMethod({
  name: "trace_transaction",
  summary: "What a transaction did, as Parity traces.",
  params: [arg("hash", hash32)],
  result: anything,
  source: "Parity trace module; lotus EthTraceTransaction",
  async handle(context, hash) {
    return encodePlaced(await traceTransaction(context, hash))
  },
})
