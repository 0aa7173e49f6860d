import { arg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { blockDetails } from "../otterscan.ts"
import { findBlock } from "../reads.ts"

export const ots_getBlockDetailsByHash: EthMethod = defineEthMethod({
  name: "ots_getBlockDetailsByHash",
  summary: "A block without transactions, their number, and what they paid; null if there is none.",
  params: [arg("hash", hash32)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, ref) {
    const block = await findBlock(context, { hash: ref })
    return block ? blockDetails(block) : null
  },
})
