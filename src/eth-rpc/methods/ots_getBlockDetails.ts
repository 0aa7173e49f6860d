import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { blockDetails } from "../otterscan.ts"
import { findBlock } from "../reads.ts"

export const ots_getBlockDetails: EthMethod = defineEthMethod({
  name: "ots_getBlockDetails",
  summary: "A block without transactions, their number, and what they paid; null if there is none.",
  params: [arg("block", blockRef)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, ref) {
    const block = await findBlock(context, ref)
    return block ? blockDetails(block) : null
  },
})
