import { arg } from "../../json-rpc/method.ts"
import { data, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { transactionError } from "../otterscan.ts"

export const ots_getTransactionError: EthMethod = defineEthMethod({
  name: "ots_getTransactionError",
  summary: "The bytes that a failed transaction reverted with; nothing if it succeeded.",
  params: [arg("hash", hash32)],
  result: data,
  source: "otterscan docs/custom-jsonrpc.md",
  handle: (context, hash) => transactionError(context, hash),
})
