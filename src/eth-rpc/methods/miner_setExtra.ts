import { arg } from "../../json-rpc/method.ts"
import { flag, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const miner_setExtra: EthMethod = defineEthMethod({
  name: "miner_setExtra",
  summary: "True, without effect: a Filecoin block has no extra data.",
  params: [arg("data", text)],
  result: flag,
  source: "ganache miner_setExtra",
  handle: () => true,
})
