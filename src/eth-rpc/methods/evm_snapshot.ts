import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { takeSnapshot } from "../control.ts"

export const evm_snapshot: EthMethod = defineEthMethod({
  name: "evm_snapshot",
  summary: "Remembers chain, mempool and clock as they are. Gives the id for evm_revert.",
  params: [],
  result: smallQuantity,
  source: "ganache evm_snapshot",
  aliases: ["anvil_snapshot"],
  writes: true,
  handle: (context) => takeSnapshot(context),
})
