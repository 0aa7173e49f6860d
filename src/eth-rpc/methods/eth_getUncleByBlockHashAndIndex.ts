import { arg } from "../../json-rpc/method.ts"
import { anything, hash32, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_getUncleByBlockHashAndIndex: EthMethod = defineEthMethod({
  name: "eth_getUncleByBlockHashAndIndex",
  summary: "Null: a tipset has no uncles.",
  params: [arg("hash", hash32), arg("index", smallQuantity)],
  result: anything,
  source: "execution-apis eth_getUncleByBlockHashAndIndex",
  handle: () => null,
})
