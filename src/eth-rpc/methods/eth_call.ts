import { arg, optionalArg } from "../../json-rpc/method.ts"
import { executeCall } from "../calls.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { blockOverride, callObject, stateOverride } from "../codecs/call.ts"
import { data } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_call: EthMethod = defineEthMethod({
  name: "eth_call",
  summary: "What a call returns; nothing of it stays. Code 3 with the revert bytes if it fails.",
  params: [
    arg("call", callObject),
    arg("block", blockRef, "latest"),
    optionalArg("stateOverrides", stateOverride),
    optionalArg("blockOverrides", blockOverride),
  ],
  result: data,
  source: "execution-apis eth_call; lotus EthCall",
  handle: ({ chain }, call, block, stateOverrides, blockOverrides) =>
    executeCall(chain, call, block, { state: stateOverrides, block: blockOverrides }),
})
