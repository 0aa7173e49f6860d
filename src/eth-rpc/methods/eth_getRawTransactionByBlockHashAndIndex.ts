import { arg } from "../../json-rpc/method.ts"
import { data, hash32, nullable, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock, rawTransaction } from "../reads.ts"

export const eth_getRawTransactionByBlockHashAndIndex: EthMethod = defineEthMethod({
  name: "eth_getRawTransactionByBlockHashAndIndex",
  summary: "The signed bytes of a transaction by its place; null if there is none, or a native message.",
  params: [arg("hash", hash32), arg("index", smallQuantity)],
  result: nullable(data),
  source: "geth eth_getRawTransactionByBlockHashAndIndex",
  async handle(context, ref, index) {
    const transaction = (await findBlock(context, { hash: ref }))?.transactions[index]
    return transaction && rawTransaction(transaction.view)
  },
})
