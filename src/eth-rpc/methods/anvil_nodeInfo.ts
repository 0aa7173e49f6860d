import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { nodeInfo } from "../control.ts"

export const anvil_nodeInfo: EthMethod = defineEthMethod({
  name: "anvil_nodeInfo",
  summary: "What this node is, in the shape that Foundry and viem look for.",
  params: [],
  result: anything,
  source: "anvil anvil_nodeInfo",
  handle: (context) => nodeInfo(context),
})
