import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { increaseTime } from "../control.ts"

export const evm_increaseTime: EthMethod = defineEthMethod({
  name: "evm_increaseTime",
  summary: "Moves the clock of the chain forward by seconds. Gives the whole offset to the wall clock.",
  params: [arg("seconds", smallQuantity)],
  result: anything,
  source: "ganache evm_increaseTime",
  aliases: ["anvil_increaseTime"],
  writes: true,
  handle: (context, seconds) => increaseTime(context, seconds),
})
