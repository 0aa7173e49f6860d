import { arg } from "../../json-rpc/method.ts"
import { hash32, nullable, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getBlockTransactionCountByHash: EthMethod = defineEthMethod({
  name: "eth_getBlockTransactionCountByHash",
  summary: "Number of messages in a tipset; null if there is no such tipset.",
  params: [arg("hash", hash32)],
  result: nullable(smallQuantity),
  source: "execution-apis eth_getBlockTransactionCountByHash",
  async handle(context, ref) {
    return (await findBlock(context, { hash: ref }))?.transactions.length
  },
})
