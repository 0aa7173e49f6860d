import { answeringNull, type EthMethod } from "../context.ts"
import { hardhat_setPrevRandao } from "./hardhat_setPrevRandao.ts"

export const anvil_setNextBlockPrevRandao: EthMethod = answeringNull(
  "anvil_setNextBlockPrevRandao",
  hardhat_setPrevRandao,
)
