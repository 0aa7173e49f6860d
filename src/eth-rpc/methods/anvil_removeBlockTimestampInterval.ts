import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_removeBlockTimestampInterval: EthMethod = defineEthMethod({
  name: "anvil_removeBlockTimestampInterval",
  summary: "Lets the wall clock say the time again; false if it did.",
  params: [],
  result: flag,
  source: "anvil anvil_removeBlockTimestampInterval",
  writes: true,
  handle(context) {
    requireUnlocked(context, "anvil_removeBlockTimestampInterval")
    return context.chain.setTimestampInterval(undefined)
  },
})
