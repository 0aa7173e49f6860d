import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_blobBaseFee: EthMethod = defineEthMethod({
  name: "eth_blobBaseFee",
  summary: "0: Filecoin has no blobs.",
  params: [],
  result: quantity,
  source: "execution-apis eth_blobBaseFee",
  handle: () => 0n,
})
