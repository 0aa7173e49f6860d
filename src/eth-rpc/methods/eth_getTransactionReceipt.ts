import { arg } from "../../json-rpc/method.ts"
import { receiptObject, receiptText } from "../codecs/block.ts"
import { hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { transactionAt } from "../reads.ts"

export const eth_getTransactionReceipt: EthMethod = defineEthMethod({
  name: "eth_getTransactionReceipt",
  summary: "Receipt of an executed transaction; null until it has one.",
  params: [arg("hash", hash32)],
  result: receiptObject,
  source: "execution-apis eth_getTransactionReceipt; lotus EthGetTransactionReceipt",
  async handle(context, hash) {
    const found = await transactionAt(context, hash)
    return found ? receiptText(found.block, found.transaction) : null
  },
})
