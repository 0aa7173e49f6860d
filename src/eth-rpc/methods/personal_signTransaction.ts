import { encodeTransaction as encodeRawTransaction } from "../../fvm-bridge/transaction.ts"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { data, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { fillTransaction, signTransaction } from "../sending.ts"
import { requireUnlocked } from "../signing.ts"

export const personal_signTransaction: EthMethod = defineEthMethod({
  name: "personal_signTransaction",
  summary: "As eth_signTransaction; the password is not looked at.",
  params: [arg("transaction", callObject), optionalArg("password", text)],
  result: data,
  source: "geth personal_signTransaction",
  async handle(context, call) {
    requireUnlocked(context, "personal_signTransaction")
    const { unsigned, sender } = await fillTransaction(context, call)
    return encodeRawTransaction(signTransaction(context, unsigned, sender).transaction)
  },
})
