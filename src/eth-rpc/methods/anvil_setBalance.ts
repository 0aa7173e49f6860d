import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setBalance } from "./hardhat_setBalance.ts"

export const anvil_setBalance: EthMethod = answeringNull("anvil_setBalance", hardhat_setBalance, [
  "tenderly_setBalance",
])
