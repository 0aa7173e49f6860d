import { arg, optionalArg } from "../../json-rpc/method.ts"
import { anything, ethAddress, flag, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const personal_unlockAccount: EthMethod = defineEthMethod({
  name: "personal_unlockAccount",
  summary: "True: the keys of a development node are always open.",
  params: [arg("address", ethAddress), optionalArg("password", text), optionalArg("duration", anything)],
  result: flag,
  source: "geth personal_unlockAccount",
  handle: ({ keyring }, address) => keyring.has(address),
})
