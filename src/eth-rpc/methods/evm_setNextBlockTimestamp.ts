import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const evm_setNextBlockTimestamp: EthMethod = defineEthMethod({
  name: "evm_setNextBlockTimestamp",
  summary: "Sets the time of the next block, in seconds since 1970; it has to be after the last one.",
  params: [arg("timestamp", smallQuantity)],
  result: anything,
  source: "hardhat evm_setNextBlockTimestamp",
  aliases: ["anvil_setNextBlockTimestamp"],
  writes: true,
  handle(context, timestamp) {
    requireUnlocked(context, "evm_setNextBlockTimestamp")
    context.chain.setNextTimestamp(timestamp)
    return null
  },
})
