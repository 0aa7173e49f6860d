import { arg } from "../../json-rpc/method.ts"
import { flag, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { revertTo } from "../control.ts"

export const evm_revert: EthMethod = defineEthMethod({
  name: "evm_revert",
  summary: "Goes back to a snapshot, which is then used up with all later ones; false if it is not there.",
  params: [arg("id", smallQuantity)],
  result: flag,
  source: "ganache evm_revert",
  aliases: ["anvil_revert"],
  writes: true,
  handle: (context, id) => revertTo(context, id),
})
