import { optionalArg } from "../../json-rpc/method.ts"
import { anything, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const hardhat_addCompilationResult: EthMethod = defineEthMethod({
  name: "hardhat_addCompilationResult",
  summary: "False: the node does not use compiler output yet.",
  params: [optionalArg("version", anything), optionalArg("input", anything), optionalArg("output", anything)],
  result: flag,
  source: "hardhat hardhat_addCompilationResult",
  handle: () => false,
})
