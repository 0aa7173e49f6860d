import { arg } from "../../json-rpc/method.ts"
import { ethAddress, hash32, nullable, quantity64 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { findBySender } from "../reads.ts"

export const ots_getTransactionBySenderAndNonce: EthMethod = defineEthMethod({
  name: "ots_getTransactionBySenderAndNonce",
  summary: "Hash of a transaction of a sender by its nonce; null if there is none.",
  params: [arg("sender", ethAddress), arg("nonce", quantity64)],
  result: nullable(hash32),
  source: "otterscan docs/custom-jsonrpc.md",
  async handle(context, sender, nonce) {
    return (await findBySender(context, sender, nonce))?.view.hash
  },
})
