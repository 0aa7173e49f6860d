import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_getUncleByBlockNumberAndIndex: EthMethod = defineEthMethod({
  name: "eth_getUncleByBlockNumberAndIndex",
  summary: "Null: a tipset has no uncles.",
  params: [arg("block", blockRef), arg("index", smallQuantity)],
  result: anything,
  source: "execution-apis eth_getUncleByBlockNumberAndIndex",
  handle: () => null,
})
