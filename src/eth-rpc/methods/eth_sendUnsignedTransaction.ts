import { arg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { sendAs } from "../sending.ts"
import { requireUnlocked } from "../signing.ts"

export const eth_sendUnsignedTransaction: EthMethod = defineEthMethod({
  name: "eth_sendUnsignedTransaction",
  summary: "Sends from any address as if it were impersonated. Gives the hash.",
  params: [arg("transaction", callObject)],
  result: hash32,
  source: "anvil eth_sendUnsignedTransaction",
  writes: true,
  handle(context, call) {
    requireUnlocked(context, "eth_sendUnsignedTransaction")
    return sendAs(context, call)
  },
})
