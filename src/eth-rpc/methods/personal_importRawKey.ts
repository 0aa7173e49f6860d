import { secp256k1 } from "@noble/curves/secp256k1.js"
import { z } from "zod"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { ethAddress, hash32, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

const KEY = {
  expected: "a private key: 64 hex digits",
  schema: z
    .string()
    .transform((value): unknown => (value.startsWith("0x") ? value : `0x${value}`))
    .pipe(hash32.schema)
    .refine((key) => secp256k1.utils.isValidSecretKey(key), "a private key: 64 hex digits"),
}
export const personal_importRawKey: EthMethod = defineEthMethod({
  name: "personal_importRawKey",
  summary: "Keeps a private key while the node runs. Gives its address.",
  params: [arg("privateKey", KEY), optionalArg("password", text)],
  result: ethAddress,
  source: "geth personal_importRawKey",
  writes: true,
  handle(context, key) {
    requireUnlocked(context, "personal_importRawKey")
    return context.keyring.add(key)
  },
})
