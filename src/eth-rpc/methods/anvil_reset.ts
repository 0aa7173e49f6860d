import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_reset } from "./hardhat_reset.ts"

export const anvil_reset: EthMethod = answeringNull("anvil_reset", hardhat_reset)
