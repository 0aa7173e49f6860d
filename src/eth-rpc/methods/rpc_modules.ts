import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

const NAMESPACES = ["eth", "net", "web3", "debug", "trace", "txpool", "evm", "hardhat", "anvil", "personal", "rpc"]
export const rpc_modules: EthMethod = defineEthMethod({
  name: "rpc_modules",
  summary: "Namespaces that are served, with their versions.",
  params: [],
  result: anything,
  source: "geth rpc_modules",
  handle: () => Object.fromEntries(NAMESPACES.map((name) => [name, "1.0"])),
})
