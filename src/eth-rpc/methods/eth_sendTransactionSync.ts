import { arg, optionalArg } from "../../json-rpc/method.ts"
import { receiptObject } from "../codecs/block.ts"
import { callObject } from "../codecs/call.ts"
import { smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { sendTransaction, waitForReceipt } from "../sending.ts"

export const eth_sendTransactionSync: EthMethod = defineEthMethod({
  name: "eth_sendTransactionSync",
  summary: "As eth_sendTransaction, and waits for the receipt.",
  params: [arg("transaction", callObject), optionalArg("timeout", smallQuantity)],
  result: receiptObject,
  source: "anvil eth_sendTransactionSync",
  writes: true,
  async handle(context, call, timeout) {
    return waitForReceipt(context, await sendTransaction(context, "eth_sendTransactionSync", call), timeout)
  },
})
