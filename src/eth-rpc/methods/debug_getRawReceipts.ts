import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, toHex } from "../codecs/hex.ts"
import { encodeRawReceipt } from "../codecs/raw-receipt.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBlock } from "../reads.ts"

export const debug_getRawReceipts: EthMethod = defineEthMethod({
  name: "debug_getRawReceipts",
  summary: "Receipts of a block as Ethereum would encode them (EIP-2718 with RLP), one for each transaction.",
  params: [arg("block", blockRef, "latest")],
  result: anything,
  source: "geth debug_getRawReceipts",
  async handle(context, ref) {
    const block = await findBlock(context, ref)
    return block ? block.transactions.map((transaction) => toHex(encodeRawReceipt(transaction))) : null
  },
})
