import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { encodePlaced, requireTipset, traceBlock } from "../traces.ts"

export const trace_block: EthMethod = defineEthMethod({
  name: "trace_block",
  summary: "What all messages of a tipset did, as Parity traces.",
  params: [arg("block", blockRef)],
  result: anything,
  source: "Parity trace module; lotus EthTraceBlock",
  async handle(context, ref) {
    return (await traceBlock(context, await requireTipset(context, ref))).flatMap(encodePlaced)
  },
})
