import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { bundles, callMany } from "../simulate.ts"

export const eth_callMany: EthMethod = defineEthMethod({
  name: "eth_callMany",
  summary: "Runs bundles of calls, each on top of the ones before it; nothing stays.",
  params: [arg("bundles", bundles), arg("block", blockRef, "latest")],
  result: anything,
  source: "erigon eth_callMany; anvil eth_callMany",
  handle: (context, given, block) => callMany(context, given, block),
})
