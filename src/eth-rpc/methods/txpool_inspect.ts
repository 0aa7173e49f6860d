import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { poolSummary } from "../pool.ts"

export const txpool_inspect: EthMethod = defineEthMethod({
  name: "txpool_inspect",
  summary: "Transactions of the mempool by sender and nonce, each in a line of text.",
  params: [],
  result: anything,
  source: "geth txpool_inspect",
  handle: (context) => poolSummary(context),
})
