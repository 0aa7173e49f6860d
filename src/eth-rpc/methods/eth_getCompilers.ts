import { listOf, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_getCompilers: EthMethod = defineEthMethod({
  name: "eth_getCompilers",
  summary: "Compilers of the node: none.",
  params: [],
  result: listOf(text),
  source: "ganache eth_getCompilers",
  handle: () => [],
})
