import { arg, optionalArg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { debugBlock, tracerOptions } from "../traces.ts"

export const debug_traceBlockByNumber: EthMethod = defineEthMethod({
  name: "debug_traceBlockByNumber",
  summary: "Each transaction of a block step by step (struct logs), or through a tracer.",
  params: [arg("block", blockRef), optionalArg("options", tracerOptions)],
  result: anything,
  source: "geth debug_traceBlockByNumber",
  handle: (context, ref, options) => debugBlock(context, ref, options),
})
