import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, listOf, text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { checkTraceTypes, encodeReplay, requireTipset, traceBlock } from "../traces.ts"

export const trace_replayBlockTransactions: EthMethod = defineEthMethod({
  name: "trace_replayBlockTransactions",
  summary: "What each message of a tipset did, as Parity traces by transaction.",
  params: [arg("block", blockRef), arg("types", listOf(text))],
  result: anything,
  source: "Parity trace module; lotus EthTraceReplayBlockTransactions",
  async handle(context, ref, types) {
    checkTraceTypes(types)
    const traced = await traceBlock(context, await requireTipset(context, ref))
    return traced.map(({ traces, transaction }) => encodeReplay(traces, transaction.view.hash))
  },
})
