import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { codeAt } from "../reads.ts"

export const ots_hasCode: EthMethod = defineEthMethod({
  name: "ots_hasCode",
  summary: "Whether an address has code.",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: flag,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle({ chain }, address, block) {
    return (await codeAt(chain, address, block)).length > 0
  },
})
