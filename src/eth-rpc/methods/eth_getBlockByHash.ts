import { arg } from "../../json-rpc/method.ts"
import { blockObject, encodeBlock } from "../codecs/block.ts"
import { flag, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getBlockByHash: EthMethod = defineEthMethod({
  name: "eth_getBlockByHash",
  summary: "A tipset as a block; null if no tipset of the chain has this hash.",
  params: [arg("hash", hash32), arg("full", flag, false)],
  result: blockObject,
  source: "execution-apis eth_getBlockByHash; lotus EthGetBlockByHash",
  async handle(context, hash, full) {
    const block = await findBlock(context, { hash })
    return block ? encodeBlock(block, full) : null
  },
})
