import { z } from "zod"
import { optionalArg } from "../../json-rpc/method.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { resetChain } from "../control.ts"

const FORK = { expected: "nothing, or {forking}", schema: z.looseObject({ forking: z.any() }) }
export const hardhat_reset: EthMethod = defineEthMethod({
  name: "hardhat_reset",
  summary: "Goes back to the beginning: first block, empty mempool, nobody impersonated. Forking is not possible yet.",
  params: [optionalArg("options", FORK)],
  result: flag,
  source: "hardhat hardhat_reset",
  writes: true,
  async handle(context, options) {
    await resetChain(context, options)
    return true
  },
})
