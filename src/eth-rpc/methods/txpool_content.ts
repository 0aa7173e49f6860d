import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { poolContent } from "../pool.ts"

export const txpool_content: EthMethod = defineEthMethod({
  name: "txpool_content",
  summary: "Transactions of the mempool by sender and nonce.",
  params: [],
  result: anything,
  source: "geth txpool_content",
  handle: (context) => poolContent(context),
})
