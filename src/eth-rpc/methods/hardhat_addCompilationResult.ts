import { optionalArg } from "../../json-rpc/method.ts"
import { anything, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const hardhat_addCompilationResult: EthMethod = defineEthMethod({
  name: "hardhat_addCompilationResult",
  summary:
    "Takes the input and output of solc: the log then shows names of contracts, functions and errors. False if there is no contract in it.",
  params: [optionalArg("version", anything), optionalArg("input", anything), optionalArg("output", anything)],
  result: flag,
  source: "hardhat hardhat_addCompilationResult",
  handle(context, _version, _input, output) {
    requireUnlocked(context, "hardhat_addCompilationResult")
    return context.state.addCompilation(output)
  },
})
