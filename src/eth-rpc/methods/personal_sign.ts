import { z } from "zod"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { data, ethAddress, parseData, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { signMessage } from "../signing.ts"

/** Not hex: the text itself is meant, as wallets take it. */
const MESSAGE = {
  expected: "data (0x and hex digits) or a text",
  schema: z.string().transform((value) => parseData(value) ?? new TextEncoder().encode(value)),
}

export const personal_sign: EthMethod = defineEthMethod({
  name: "personal_sign",
  summary:
    "Signs a text, prefixed by EIP-191, with the node's key; unlike eth_sign, the text comes first. The password is not looked at.",
  params: [arg("data", MESSAGE), arg("address", ethAddress), optionalArg("password", text)],
  result: data,
  source: "geth personal_sign",
  handle: (context, message, address) => signMessage(context, "personal_sign", address, message),
})
