import { arg } from "../../json-rpc/method.ts"
import { flag, word } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_setPrevRandao: EthMethod = defineEthMethod({
  name: "hardhat_setPrevRandao",
  summary:
    "Sets the beacon value that the next block draws its randomness from; PREVRANDAO is a hash of it, not the value itself.",
  params: [arg("value", word)],
  result: flag,
  source: "hardhat hardhat_setPrevRandao",
  writes: true,
  handle(context, value) {
    requireUnlocked(context, "hardhat_setPrevRandao")
    context.chain.setNextBeaconData(value)
    return true
  },
})
