import { ethAddress, listOf } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_accounts: EthMethod = defineEthMethod({
  name: "eth_accounts",
  summary: "Addresses whose keys the node has.",
  params: [],
  result: listOf(ethAddress),
  source: "execution-apis eth_accounts",
  aliases: ["eth_requestAccounts", "personal_listAccounts"],
  handle: ({ keyring }) => keyring.addresses,
})
