import { encodeUnsigned } from "../../fvm-bridge/transaction.ts"
import { arg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { anything, toHex } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { encodeFilled, fillTransaction } from "../sending.ts"

export const eth_fillTransaction: EthMethod = defineEthMethod({
  name: "eth_fillTransaction",
  summary: "The transaction with nonce, gas and fees filled in, and its unsigned bytes.",
  params: [arg("transaction", callObject)],
  result: anything,
  source: "geth eth_fillTransaction",
  async handle(context, call) {
    const { unsigned, sender } = await fillTransaction(context, call)
    return { raw: toHex(encodeUnsigned(unsigned)), tx: encodeFilled(unsigned, sender) }
  },
})
