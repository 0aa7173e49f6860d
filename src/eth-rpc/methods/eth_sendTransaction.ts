import { arg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { answerSent } from "../failures.ts"
import { sendTransaction } from "../sending.ts"

export const eth_sendTransaction: EthMethod = defineEthMethod({
  name: "eth_sendTransaction",
  summary:
    "Fills in what is missing, signs with the node's key of the sender (or plays it, if impersonated) and sends. Gives the hash.",
  params: [arg("transaction", callObject)],
  result: hash32,
  source: "execution-apis eth_sendTransaction",
  writes: true,
  async handle(context, call) {
    return answerSent(context, await sendTransaction(context, "eth_sendTransaction", call))
  },
})
