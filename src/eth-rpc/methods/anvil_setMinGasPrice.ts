import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setMinGasPrice } from "./hardhat_setMinGasPrice.ts"

export const anvil_setMinGasPrice: EthMethod = answeringNull("anvil_setMinGasPrice", hardhat_setMinGasPrice)
