import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { ethAddress, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { nonceAt } from "../reads.ts"

export const eth_getTransactionCount: EthMethod = defineEthMethod({
  name: "eth_getTransactionCount",
  summary:
    "Next nonce of an account; of a contract the number of its creations plus one. `pending` counts the mempool.",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: quantity,
  source: "execution-apis eth_getTransactionCount; lotus EthGetTransactionCount",
  handle: ({ chain }, address, block) => nonceAt(chain, address, block),
})
