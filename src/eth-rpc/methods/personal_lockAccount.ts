import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const personal_lockAccount: EthMethod = defineEthMethod({
  name: "personal_lockAccount",
  summary: "True, without effect: the keys of a development node are always open.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "geth personal_lockAccount",
  handle: () => true,
})
