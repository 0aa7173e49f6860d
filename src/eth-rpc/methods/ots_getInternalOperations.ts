import { arg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { internalOperations, traceTransaction } from "../traces.ts"

export const ots_getInternalOperations: EthMethod = defineEthMethod({
  name: "ots_getInternalOperations",
  summary: "Transfers of value and creations inside of a transaction.",
  params: [arg("hash", hash32)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, hash) {
    return internalOperations((await traceTransaction(context, hash)).traces)
  },
})
