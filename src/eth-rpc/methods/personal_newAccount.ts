import { secp256k1 } from "@noble/curves/secp256k1.js"
import { optionalArg } from "../../json-rpc/method.ts"
import { ethAddress, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { requireUnlocked } from "../signing.ts"

export const personal_newAccount: EthMethod = defineEthMethod({
  name: "personal_newAccount",
  summary: "Makes a key that the node keeps while it runs. Gives its address; there is nothing on it.",
  params: [optionalArg("password", text)],
  result: ethAddress,
  source: "geth personal_newAccount",
  writes: true,
  handle(context) {
    requireUnlocked(context, "personal_newAccount")
    return context.keyring.add(secp256k1.utils.randomSecretKey())
  },
})
