import { optionalArg } from "../../json-rpc/method.ts"
import { anything } from "../codecs/hex.ts"
import { mineOptions } from "../codecs/mining.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { mine } from "../control.ts"

export const evm_mine: EthMethod = defineEthMethod({
  name: "evm_mine",
  summary: "Makes a block, or several, at a given time if one is given.",
  params: [optionalArg("options", mineOptions)],
  result: anything,
  source: "ganache evm_mine",
  writes: true,
  async handle(context, options) {
    await mine(context, options ?? {})
    return "0x0"
  },
})
