import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_getProof: EthMethod = defineEthMethod({
  name: "eth_getProof",
  summary: "Merkle proof of an account.",
  source: "execution-apis eth_getProof",
  unsupported:
    "Filecoin state is a HAMT of actors named by CID, not a Merkle Patricia trie, so there is no such proof; read the value with eth_getStorageAt or eth_getBalance",
})
