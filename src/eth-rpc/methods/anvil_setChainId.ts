import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_setChainId: EthMethod = defineEthMethod({
  name: "anvil_setChainId",
  summary: "Another chain id.",
  source: "anvil anvil_setChainId",
  unsupported: "the chain id is part of the genesis and of every signature: start the node with --chain-id",
})
