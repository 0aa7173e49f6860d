import { arg } from "../../json-rpc/method.ts"
import { encodeTransaction, placeOf, transactionObject } from "../codecs/block.ts"
import { hash32, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getTransactionByBlockHashAndIndex: EthMethod = defineEthMethod({
  name: "eth_getTransactionByBlockHashAndIndex",
  summary: "A transaction by its place; null if there is none.",
  params: [arg("hash", hash32), arg("index", smallQuantity)],
  result: transactionObject,
  source: "execution-apis eth_getTransactionByBlockHashAndIndex",
  async handle(context, ref, index) {
    const block = await findBlock(context, { hash: ref })
    const transaction = block?.transactions[index]
    return block && transaction ? encodeTransaction(transaction.view, placeOf(block, transaction)) : null
  },
})
