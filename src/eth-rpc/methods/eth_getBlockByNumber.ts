import { arg } from "../../json-rpc/method.ts"
import { blockObject, encodeBlock } from "../codecs/block.ts"
import { blockRef, isPending } from "../codecs/block-ref.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock, pendingBlock } from "../reads.ts"

export const eth_getBlockByNumber: EthMethod = defineEthMethod({
  name: "eth_getBlockByNumber",
  summary: "A tipset as a block; null if there is none yet.",
  params: [arg("block", blockRef, "latest"), arg("full", flag, false)],
  result: blockObject,
  source: "execution-apis eth_getBlockByNumber; lotus EthGetBlockByNumber",
  async handle(context, ref, full) {
    const block = isPending(ref) ? await pendingBlock(context) : await findBlock(context, ref)
    return block ? encodeBlock(block, full) : null
  },
})
