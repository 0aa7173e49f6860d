import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setNextBlockBaseFeePerGas } from "./hardhat_setNextBlockBaseFeePerGas.ts"

export const anvil_setNextBlockBaseFeePerGas: EthMethod = answeringNull(
  "anvil_setNextBlockBaseFeePerGas",
  hardhat_setNextBlockBaseFeePerGas,
)
