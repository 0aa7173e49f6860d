import { arg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { encodeOtsTrace, traceTransaction } from "../traces.ts"

export const ots_traceTransaction: EthMethod = defineEthMethod({
  name: "ots_traceTransaction",
  summary: "The calls of a transaction in order, with their depth.",
  params: [arg("hash", hash32)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, hash) {
    return (await traceTransaction(context, hash)).traces.map(encodeOtsTrace)
  },
})
