import { arg, optionalArg } from "../../json-rpc/method.ts"
import { callObject } from "../codecs/call.ts"
import { hash32, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { sendTransaction } from "../sending.ts"

export const personal_sendTransaction: EthMethod = defineEthMethod({
  name: "personal_sendTransaction",
  summary: "As eth_sendTransaction; the password is not looked at.",
  params: [arg("transaction", callObject), optionalArg("password", text)],
  result: hash32,
  source: "geth personal_sendTransaction",
  writes: true,
  handle: (context, call) => sendTransaction(context, "personal_sendTransaction", call),
})
