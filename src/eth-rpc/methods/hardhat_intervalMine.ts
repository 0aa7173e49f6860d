import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { mine } from "../control.ts"

export const hardhat_intervalMine: EthMethod = defineEthMethod({
  name: "hardhat_intervalMine",
  summary: "Makes one block, as the timer of interval mining would.",
  params: [],
  result: flag,
  source: "hardhat hardhat_intervalMine",
  writes: true,
  async handle(context) {
    await mine(context, {})
    return true
  },
})
