import { decodeTransaction } from "../../fvm-bridge/transaction.ts"
import { arg } from "../../json-rpc/method.ts"
import { anything, data, listOf, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { checkTraceTypes, encodeReplay, traceRaw } from "../traces.ts"

export const trace_rawTransaction: EthMethod = defineEthMethod({
  name: "trace_rawTransaction",
  summary: "What a signed transaction would do, as Parity traces; it is not sent.",
  params: [arg("transaction", data), arg("types", listOf(text))],
  result: anything,
  source: "Parity trace module",
  async handle(context, raw, types) {
    checkTraceTypes(types)
    return encodeReplay(await traceRaw(context, decodeTransaction(raw, context.chain.chainId)), undefined)
  },
})
