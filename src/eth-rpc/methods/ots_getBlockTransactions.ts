import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { blockTransactions } from "../otterscan.ts"
import { findBlock } from "../reads.ts"

export const ots_getBlockTransactions: EthMethod = defineEthMethod({
  name: "ots_getBlockTransactions",
  summary: "One page of the transactions of a block, with receipts; null if there is no such block.",
  params: [arg("block", blockRef), arg("page", smallQuantity), arg("pageSize", smallQuantity)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, ref, page, pageSize) {
    const block = await findBlock(context, ref)
    return block ? blockTransactions(block, page, pageSize) : null
  },
})
