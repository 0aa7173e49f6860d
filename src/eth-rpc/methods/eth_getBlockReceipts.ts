import { arg } from "../../json-rpc/method.ts"
import { rawList } from "../../json-rpc/raw-json.ts"
import { receiptText } from "../codecs/block.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const eth_getBlockReceipts: EthMethod = defineEthMethod({
  name: "eth_getBlockReceipts",
  summary: "Receipts of all messages of a tipset; null if there is no such tipset.",
  params: [arg("block", blockRef, "latest")],
  result: anything,
  source: "execution-apis eth_getBlockReceipts; lotus EthGetBlockReceipts",
  async handle(context, ref) {
    const block = await findBlock(context, ref)
    return block ? rawList(block.transactions.map((transaction) => receiptText(block, transaction))) : null
  },
})
