import { arg } from "../../json-rpc/method.ts"
import { filterId } from "../codecs/filter-id.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_getFilterChanges: EthMethod = defineEthMethod({
  name: "eth_getFilterChanges",
  summary: "What a filter collected since the last time.",
  params: [arg("id", filterId)],
  result: anything,
  source: "execution-apis eth_getFilterChanges",
  handle: ({ filters }, id) => filters.changes(id),
})
