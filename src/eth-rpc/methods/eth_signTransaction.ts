import { encodeTransaction as encodeRawTransaction } from "../../fvm-bridge/transaction.ts"
import { arg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { data } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { fillTransaction, signTransaction } from "../sending.ts"
import { requireUnlocked } from "../signing.ts"

export const eth_signTransaction: EthMethod = defineEthMethod({
  name: "eth_signTransaction",
  summary: "Fills in and signs with the node's key, without sending. Gives the signed bytes.",
  params: [arg("transaction", callObject)],
  result: data,
  source: "execution-apis eth_signTransaction",
  async handle(context, call) {
    requireUnlocked(context, "eth_signTransaction")
    const { unsigned, sender } = await fillTransaction(context, call)
    return encodeRawTransaction(signTransaction(context, unsigned, sender).transaction)
  },
})
