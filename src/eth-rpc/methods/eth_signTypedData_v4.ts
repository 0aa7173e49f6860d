import { arg } from "../../json-rpc/method.ts"
import { data, ethAddress } from "../codecs/hex.ts"
import { typedData } from "../codecs/typed-data.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { signTyped } from "../signing.ts"

export const eth_signTypedData_v4: EthMethod = defineEthMethod({
  name: "eth_signTypedData_v4",
  summary: "Signs typed data (EIP-712) with the node's key.",
  params: [arg("address", ethAddress), arg("typedData", typedData)],
  result: data,
  source: "EIP-712",
  aliases: ["eth_signTypedData_v3"],
  handle: (context, address, message) => signTyped(context, "eth_signTypedData_v4", address, message),
})
