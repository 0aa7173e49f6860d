import { arg, optionalArg } from "../../json-rpc/method.ts"
import { estimateGas } from "../calls.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { blockOverride, callObject, stateOverride } from "../codecs/call.ts"
import { quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_estimateGas: EthMethod = defineEthMethod({
  name: "eth_estimateGas",
  summary: "Gas limit for a transaction, in FVM units: the least with which it succeeds, times 1.25 as on the network.",
  params: [
    arg("call", callObject),
    arg("block", blockRef, "latest"),
    optionalArg("stateOverrides", stateOverride),
    optionalArg("blockOverrides", blockOverride),
  ],
  result: quantity,
  source: "execution-apis eth_estimateGas; lotus EthEstimateGas",
  handle: ({ chain }, call, block, stateOverrides, blockOverrides) =>
    estimateGas(chain, call, block, { state: stateOverrides, block: blockOverrides }),
})
