import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { nullable, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getBlockTransactionCountByNumber: EthMethod = defineEthMethod({
  name: "eth_getBlockTransactionCountByNumber",
  summary: "Number of messages in a tipset; null if there is no such tipset.",
  params: [arg("block", blockRef, "latest")],
  result: nullable(smallQuantity),
  source: "execution-apis eth_getBlockTransactionCountByNumber",
  async handle(context, ref) {
    return (await findBlock(context, ref))?.transactions.length
  },
})
