import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { contractCreator } from "../otterscan.ts"

export const ots_getContractCreator: EthMethod = defineEthMethod({
  name: "ots_getContractCreator",
  summary: "Who created a contract by which transaction; null if it is none, or was there from the beginning.",
  params: [arg("address", ethAddress)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  handle: (context, address) => contractCreator(context, address),
})
