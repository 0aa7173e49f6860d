import { arg } from "../../json-rpc/method.ts"
import { encodeTransaction, placeOf, transactionObject } from "../codecs/block.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getTransactionByBlockNumberAndIndex: EthMethod = defineEthMethod({
  name: "eth_getTransactionByBlockNumberAndIndex",
  summary: "A transaction by its place; null if there is none.",
  params: [arg("block", blockRef), arg("index", smallQuantity)],
  result: transactionObject,
  source: "execution-apis eth_getTransactionByBlockNumberAndIndex",
  async handle(context, ref, index) {
    const block = await findBlock(context, ref)
    const transaction = block?.transactions[index]
    return block && transaction ? encodeTransaction(transaction.view, placeOf(block, transaction)) : null
  },
})
