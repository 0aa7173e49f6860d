import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_stopImpersonatingAccount } from "./hardhat_stopImpersonatingAccount.ts"

export const anvil_stopImpersonatingAccount: EthMethod = answeringNull(
  "anvil_stopImpersonatingAccount",
  hardhat_stopImpersonatingAccount,
)
