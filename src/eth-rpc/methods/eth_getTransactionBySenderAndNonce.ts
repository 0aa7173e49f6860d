import { arg } from "../../json-rpc/method.ts"
import { encodeTransaction, transactionObject } from "../codecs/block.ts"
import { ethAddress, quantity64 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBySender } from "../reads.ts"

export const eth_getTransactionBySenderAndNonce: EthMethod = defineEthMethod({
  name: "eth_getTransactionBySenderAndNonce",
  summary: "A transaction of a sender by its nonce; null if there is none.",
  params: [arg("sender", ethAddress), arg("nonce", quantity64)],
  result: transactionObject,
  source: "anvil eth_getTransactionBySenderAndNonce",
  async handle(context, sender, nonce) {
    const found = await findBySender(context, sender, nonce)
    return found ? encodeTransaction(found.view, found.place) : null
  },
})
