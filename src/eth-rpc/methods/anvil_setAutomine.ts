import { answeringNull, type EthMethod } from "../context.ts"
import { evm_setAutomine } from "./evm_setAutomine.ts"

export const anvil_setAutomine: EthMethod = answeringNull("anvil_setAutomine", evm_setAutomine)
