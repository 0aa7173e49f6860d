import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setLoggingEnabled } from "./hardhat_setLoggingEnabled.ts"

export const anvil_setLoggingEnabled: EthMethod = answeringNull("anvil_setLoggingEnabled", hardhat_setLoggingEnabled)
