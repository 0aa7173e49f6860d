import { z } from "zod"
import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { callObject } from "../codecs/call.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { checkTraceTypes, encodeReplay, traceCalls } from "../traces.ts"

const CALLS = {
  expected: "a list of pairs: a call object, and the kinds of trace",
  schema: z.array(z.tuple([callObject.schema, z.array(z.string())])),
}
export const trace_callMany: EthMethod = defineEthMethod({
  name: "trace_callMany",
  summary: "What calls would do, each on top of the ones before it, as Parity traces; nothing of it stays.",
  params: [arg("calls", CALLS), arg("block", blockRef, "latest")],
  result: anything,
  source: "Parity trace module",
  async handle(context, calls, block) {
    for (const [, types] of calls) checkTraceTypes(types)
    const traced = await traceCalls(
      context,
      calls.map(([call]) => call),
      block,
    )
    return traced.map((traces) => encodeReplay(traces, undefined))
  },
})
