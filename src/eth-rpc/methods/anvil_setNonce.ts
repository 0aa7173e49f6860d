import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setNonce } from "./hardhat_setNonce.ts"

export const anvil_setNonce: EthMethod = answeringNull("anvil_setNonce", hardhat_setNonce)
