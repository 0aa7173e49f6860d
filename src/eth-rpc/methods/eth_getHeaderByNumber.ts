import { arg } from "../../json-rpc/method.ts"
import { blockObject, encodeHeader } from "../codecs/block.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getHeaderByNumber: EthMethod = defineEthMethod({
  name: "eth_getHeaderByNumber",
  summary: "Header of a tipset as a block; null if there is none.",
  params: [arg("block", blockRef, "latest")],
  result: blockObject,
  source: "anvil eth_getHeaderByNumber",
  aliases: ["erigon_getHeaderByNumber"],
  async handle(context, ref) {
    const block = await findBlock(context, ref)
    return block ? encodeHeader(block) : null
  },
})
