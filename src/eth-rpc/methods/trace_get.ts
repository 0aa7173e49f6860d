import { z } from "zod"
import { arg } from "../../json-rpc/method.ts"
import { anything, hash32, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { encodePlaced, traceTransaction } from "../traces.ts"

const PATH = { expected: "a list of positions", schema: z.array(smallQuantity.schema) }
export const trace_get: EthMethod = defineEthMethod({
  name: "trace_get",
  summary: "One trace of a transaction by its place in the tree of calls; null if there is none.",
  params: [arg("hash", hash32), arg("path", PATH)],
  result: anything,
  source: "Parity trace module",
  async handle(context, hash, path) {
    const { traces, ...place } = await traceTransaction(context, hash)
    const found = traces.filter(({ traceAddress }) => traceAddress.join() === path.join())
    return encodePlaced({ ...place, traces: found })[0] ?? null
  },
})
