import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setTime } from "../control.ts"

export const evm_setTime: EthMethod = defineEthMethod({
  name: "evm_setTime",
  summary:
    "Sets the clock of the chain: seconds since 1970, or milliseconds if the number is that large. Gives the offset to the wall clock in seconds.",
  params: [arg("time", smallQuantity)],
  result: anything,
  source: "ganache evm_setTime",
  aliases: ["anvil_setTime"],
  writes: true,
  handle: (context, time) => setTime(context, time),
})
