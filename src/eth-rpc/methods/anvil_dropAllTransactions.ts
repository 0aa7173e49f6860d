import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_dropAllTransactions: EthMethod = defineEthMethod({
  name: "anvil_dropAllTransactions",
  summary: "Empties the mempool.",
  params: [],
  result: anything,
  source: "anvil anvil_dropAllTransactions",
  aliases: ["hardhat_dropAllTransactions"],
  writes: true,
  handle(context) {
    requireUnlocked(context, "anvil_dropAllTransactions")
    context.chain.dropAll()
    return null
  },
})
