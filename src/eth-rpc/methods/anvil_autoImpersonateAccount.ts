import { arg } from "../../json-rpc/method.ts"
import { anything, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const anvil_autoImpersonateAccount: EthMethod = defineEthMethod({
  name: "anvil_autoImpersonateAccount",
  summary: "Whether transactions from every address are taken without its key.",
  params: [arg("enabled", flag)],
  result: anything,
  source: "anvil anvil_autoImpersonateAccount",
  aliases: ["hardhat_autoImpersonateAccount"],
  writes: true,
  handle(context, enabled) {
    requireUnlocked(context, "anvil_autoImpersonateAccount")
    context.keyring.impersonateAll = enabled
    return null
  },
})
