import { arg } from "../../json-rpc/method.ts"
import { data, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { signMessage } from "../signing.ts"

export const eth_sign: EthMethod = defineEthMethod({
  name: "eth_sign",
  summary: "Signs a text, prefixed by EIP-191, with the node's key.",
  params: [arg("address", ethAddress), arg("data", data)],
  result: data,
  source: "execution-apis eth_sign",
  handle: (context, address, message) => signMessage(context, "eth_sign", address, message),
})
