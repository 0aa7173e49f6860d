import { arg } from "../../json-rpc/method.ts"
import { blockObject, encodeHeader } from "../codecs/block.ts"
import { hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getHeaderByHash: EthMethod = defineEthMethod({
  name: "eth_getHeaderByHash",
  summary: "Header of a tipset as a block; null if there is none.",
  params: [arg("hash", hash32)],
  result: blockObject,
  source: "anvil eth_getHeaderByHash",
  async handle(context, hash) {
    const block = await findBlock(context, { hash })
    return block ? encodeHeader(block) : null
  },
})
