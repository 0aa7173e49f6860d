import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_setBlockTimestampInterval: EthMethod = defineEthMethod({
  name: "anvil_setBlockTimestampInterval",
  summary: "Seconds between blocks from now on, whatever the wall clock says.",
  params: [arg("seconds", smallQuantity)],
  result: anything,
  source: "anvil anvil_setBlockTimestampInterval",
  writes: true,
  handle(context, seconds) {
    requireUnlocked(context, "anvil_setBlockTimestampInterval")
    context.chain.setTimestampInterval(seconds)
    return null
  },
})
