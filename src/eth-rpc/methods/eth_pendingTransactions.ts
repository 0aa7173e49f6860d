import { encodeTransaction } from "../codecs/block.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { pendingTransactions } from "../reads.ts"

export const eth_pendingTransactions: EthMethod = defineEthMethod({
  name: "eth_pendingTransactions",
  summary: "Transactions that wait in the mempool.",
  params: [],
  result: anything,
  source: "hardhat eth_pendingTransactions",
  async handle(context) {
    return (await pendingTransactions(context)).map(({ view }) => encodeTransaction(view, undefined))
  },
})
