import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setCoinbase } from "./hardhat_setCoinbase.ts"

export const anvil_setCoinbase: EthMethod = answeringNull("anvil_setCoinbase", hardhat_setCoinbase)
