import { arg } from "../../json-rpc/method.ts"
import { hash32, nullable, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getUncleCountByBlockHash: EthMethod = defineEthMethod({
  name: "eth_getUncleCountByBlockHash",
  summary: "0: a tipset has no uncles; null if there is no such tipset.",
  params: [arg("hash", hash32)],
  result: nullable(smallQuantity),
  source: "execution-apis eth_getUncleCountByBlockHash",
  async handle(context, ref) {
    return (await findBlock(context, { hash: ref })) && 0
  },
})
