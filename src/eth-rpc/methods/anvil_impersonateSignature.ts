import { defineEthMethod, type EthMethod } from "../context.ts"

export const anvil_impersonateSignature: EthMethod = defineEthMethod({
  name: "anvil_impersonateSignature",
  summary: "Makes a signature recover to another address.",
  source: "anvil anvil_impersonateSignature",
  unsupported:
    "ecrecover runs inside the EVM actor, which is the network's own code: send as that address with hardhat_impersonateAccount, or sign with a key of the node",
})
