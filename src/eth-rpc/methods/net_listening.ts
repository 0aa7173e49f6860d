import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const net_listening: EthMethod = defineEthMethod({
  name: "net_listening",
  summary: "True: the node takes requests.",
  params: [],
  result: flag,
  source: "lotus NetListening",
  handle: () => true,
})
