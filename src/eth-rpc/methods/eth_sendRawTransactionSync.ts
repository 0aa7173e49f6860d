import { decodeTransaction } from "../../fvm-bridge/transaction.ts"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { receiptObject } from "../codecs/block.ts"
import { data, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { submit, waitForReceipt } from "../sending.ts"

export const eth_sendRawTransactionSync: EthMethod = defineEthMethod({
  name: "eth_sendRawTransactionSync",
  summary: "As eth_sendRawTransaction, and waits for the receipt (EIP-7966).",
  params: [arg("transaction", data), optionalArg("timeout", smallQuantity)],
  result: receiptObject,
  source: "EIP-7966; anvil eth_sendRawTransactionSync",
  writes: true,
  async handle(context, raw, timeout) {
    const hash = await submit(context, decodeTransaction(raw, context.chain.chainId))
    return waitForReceipt(context, hash, timeout)
  },
})
