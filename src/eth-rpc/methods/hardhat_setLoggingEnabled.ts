import { arg } from "../../json-rpc/method.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_setLoggingEnabled: EthMethod = defineEthMethod({
  name: "hardhat_setLoggingEnabled",
  summary: "Whether calls are logged.",
  params: [arg("enabled", flag)],
  result: flag,
  source: "hardhat hardhat_setLoggingEnabled",
  handle(context, enabled) {
    requireUnlocked(context, "hardhat_setLoggingEnabled")
    context.state.loggingEnabled = enabled
    return true
  },
})
