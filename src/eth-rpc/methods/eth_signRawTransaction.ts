import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_signRawTransaction: EthMethod = defineEthMethod({
  name: "eth_signRawTransaction",
  summary: "Adds the signature of somebody who pays the fees.",
  source: "anvil eth_signRawTransaction",
  unsupported: "Filecoin's transactions have one signature, the sender's, who pays: use eth_signTransaction",
})
