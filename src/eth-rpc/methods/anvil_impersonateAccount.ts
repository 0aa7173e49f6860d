import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_impersonateAccount } from "./hardhat_impersonateAccount.ts"

export const anvil_impersonateAccount: EthMethod = answeringNull("anvil_impersonateAccount", hardhat_impersonateAccount)
