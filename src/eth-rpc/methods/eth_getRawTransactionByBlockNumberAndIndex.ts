import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { data, nullable, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock, rawTransaction } from "../reads.ts"

export const eth_getRawTransactionByBlockNumberAndIndex: EthMethod = defineEthMethod({
  name: "eth_getRawTransactionByBlockNumberAndIndex",
  summary: "The signed bytes of a transaction by its place; null if there is none, or a native message.",
  params: [arg("block", blockRef), arg("index", smallQuantity)],
  result: nullable(data),
  source: "geth eth_getRawTransactionByBlockNumberAndIndex",
  async handle(context, ref, index) {
    const transaction = (await findBlock(context, ref))?.transactions[index]
    return transaction && rawTransaction(transaction.view)
  },
})
