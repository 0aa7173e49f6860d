import { arg, optionalArg } from "../../json-rpc/method.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { reorganize, reorgOptions, reorgTransactions } from "../reorg.ts"

export const anvil_reorg: EthMethod = defineEthMethod({
  name: "anvil_reorg",
  summary: "Replaces the last blocks by as many others, empty but for the transactions that are given.",
  params: [arg("options", reorgOptions), optionalArg("transactions", reorgTransactions)],
  result: anything,
  source: "anvil anvil_reorg",
  writes: true,
  async handle(context, { depth, transactions }, given) {
    await reorganize(context, depth, transactions ?? given ?? [])
    return null
  },
})
