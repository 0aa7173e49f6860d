import { z } from "zod"
import { arg, type Decoder } from "../../json-rpc/method.ts"
import { data, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { signTypedLegacy } from "../signing.ts"

const EITHER: Decoder<unknown> = { expected: "an address, or typed data", schema: z.any() }
export const eth_signTypedData: EthMethod = defineEthMethod({
  name: "eth_signTypedData",
  summary:
    "Signs typed data with the node's key: EIP-712, or the older list of {type, name, value} of MetaMask's v1, in either order of parameters.",
  params: [arg("address", EITHER), arg("typedData", EITHER)],
  result: data,
  source: "EIP-712; MetaMask eth_signTypedData (v1)",
  handle(context, first, second) {
    const [address, message] = ethAddress.schema.safeParse(first).success ? [first, second] : [second, first]
    return signTypedLegacy(context, "eth_signTypedData", address, message)
  },
})
