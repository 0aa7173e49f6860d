import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { poolStatus } from "../pool.ts"

export const txpool_status: EthMethod = defineEthMethod({
  name: "txpool_status",
  summary: "Number of transactions that can be included (pending) and that wait for one before them (queued).",
  params: [],
  result: anything,
  source: "geth txpool_status",
  handle: ({ chain }) => poolStatus(chain),
})
