import { arg } from "../../json-rpc/method.ts"
import { hash32, nullable } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { dropTransaction } from "../pool.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_dropTransaction: EthMethod = defineEthMethod({
  name: "anvil_dropTransaction",
  summary:
    "Takes a transaction out of the mempool. Unlike hardhat_dropTransaction it gives the hash, or null if it is not there.",
  params: [arg("hash", hash32)],
  result: nullable(hash32),
  source: "anvil anvil_dropTransaction",
  writes: true,
  handle(context, hash) {
    requireUnlocked(context, "anvil_dropTransaction")
    return dropTransaction(context, hash) ? hash : undefined
  },
})
