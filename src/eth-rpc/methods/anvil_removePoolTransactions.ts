import { toFilecoinAddress } from "../../address/ethereum.ts"
import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_removePoolTransactions: EthMethod = defineEthMethod({
  name: "anvil_removePoolTransactions",
  summary: "Takes all transactions of a sender out of the mempool.",
  params: [arg("address", ethAddress)],
  result: anything,
  source: "anvil anvil_removePoolTransactions",
  writes: true,
  handle(context, address) {
    requireUnlocked(context, "anvil_removePoolTransactions")
    context.chain.dropAll(toFilecoinAddress(address))
    return null
  },
})
