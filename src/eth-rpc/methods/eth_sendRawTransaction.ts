import { decodeTransaction } from "../../fvm-bridge/transaction.ts"
import { arg } from "../../json-rpc/method.ts"
import { data, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { answerSent } from "../failures.ts"
import { submit } from "../sending.ts"

export const eth_sendRawTransaction: EthMethod = defineEthMethod({
  name: "eth_sendRawTransaction",
  summary: "Takes a signed transaction (legacy or EIP-1559) into the mempool. Gives its hash.",
  params: [arg("transaction", data)],
  result: hash32,
  source: "execution-apis eth_sendRawTransaction; lotus EthSendRawTransaction",
  aliases: ["eth_sendRawTransactionUntrusted"],
  writes: true,
  async handle(context, raw) {
    return answerSent(context, await submit(context, decodeTransaction(raw, context.chain.chainId)))
  },
})
