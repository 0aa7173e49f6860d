import { arg } from "../../json-rpc/method.ts"
import { flag, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { dropTransaction } from "../pool.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_dropTransaction: EthMethod = defineEthMethod({
  name: "hardhat_dropTransaction",
  summary: "Takes a transaction out of the mempool; false if it is not there.",
  params: [arg("hash", hash32)],
  result: flag,
  source: "hardhat hardhat_dropTransaction",
  writes: true,
  handle(context, hash) {
    requireUnlocked(context, "hardhat_dropTransaction")
    return dropTransaction(context, hash)
  },
})
