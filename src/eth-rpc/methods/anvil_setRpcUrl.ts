import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_setRpcUrl: EthMethod = defineEthMethod({
  name: "anvil_setRpcUrl",
  summary: "Another node to fork from.",
  source: "anvil anvil_setRpcUrl",
  unsupported: "this chain is not a fork",
})
