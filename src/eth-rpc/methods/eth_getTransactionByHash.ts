import { arg } from "../../json-rpc/method.ts"
import { encodeTransaction, transactionObject } from "../codecs/block.ts"
import { hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findTransaction } from "../reads.ts"

export const eth_getTransactionByHash: EthMethod = defineEthMethod({
  name: "eth_getTransactionByHash",
  summary: "A transaction in a tipset or in the mempool; null if it is not known.",
  params: [arg("hash", hash32)],
  result: transactionObject,
  source: "execution-apis eth_getTransactionByHash; lotus EthGetTransactionByHash",
  async handle(context, hash) {
    const found = await findTransaction(context, hash)
    return found ? encodeTransaction(found.view, found.place) : null
  },
})
