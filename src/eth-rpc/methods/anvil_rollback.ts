import { arg } from "../../json-rpc/method.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { rollback } from "../reorg.ts"

export const anvil_rollback: EthMethod = defineEthMethod({
  name: "anvil_rollback",
  summary: "Takes the last blocks off the chain. What was in them is gone; the mempool stays.",
  params: [arg("depth", smallQuantity, 1)],
  result: anything,
  source: "anvil anvil_rollback",
  writes: true,
  async handle(context, depth) {
    await rollback(context, "anvil_rollback", depth)
    return null
  },
})
