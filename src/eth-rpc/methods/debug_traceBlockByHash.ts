import { arg, optionalArg } from "../../json-rpc/method.ts"
import { anything, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { debugBlock, tracerOptions } from "../traces.ts"

export const debug_traceBlockByHash: EthMethod = defineEthMethod({
  name: "debug_traceBlockByHash",
  summary: "Each transaction of a block step by step (struct logs), or through a tracer.",
  params: [arg("hash", hash32), optionalArg("options", tracerOptions)],
  result: anything,
  source: "geth debug_traceBlockByHash",
  handle: (context, hash, options) => debugBlock(context, { hash }, options),
})
