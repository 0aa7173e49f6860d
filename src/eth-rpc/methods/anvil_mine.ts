import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_mine } from "./hardhat_mine.ts"

export const anvil_mine: EthMethod = answeringNull("anvil_mine", hardhat_mine)
