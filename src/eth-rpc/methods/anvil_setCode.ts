import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setCode } from "./hardhat_setCode.ts"

export const anvil_setCode: EthMethod = answeringNull("anvil_setCode", hardhat_setCode)
