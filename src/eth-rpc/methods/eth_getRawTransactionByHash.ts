import { arg } from "../../json-rpc/method.ts"
import { data, hash32, nullable } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findTransaction, rawTransaction } from "../reads.ts"

export const eth_getRawTransactionByHash: EthMethod = defineEthMethod({
  name: "eth_getRawTransactionByHash",
  summary: "The signed bytes of a transaction; null if it is not known, or a native message.",
  params: [arg("hash", hash32)],
  result: nullable(data),
  source: "geth eth_getRawTransactionByHash",
  aliases: ["debug_getRawTransaction"],
  async handle(context, hash) {
    const found = await findTransaction(context, hash)
    return found && rawTransaction(found.view)
  },
})
