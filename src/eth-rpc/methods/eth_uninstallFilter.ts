import { arg } from "../../json-rpc/method.ts"
import { filterId } from "../codecs/filter-id.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_uninstallFilter: EthMethod = defineEthMethod({
  name: "eth_uninstallFilter",
  summary: "Ends a filter; false if there was none of this id.",
  params: [arg("id", filterId)],
  result: flag,
  source: "execution-apis eth_uninstallFilter",
  handle: ({ filters }, id) => filters.uninstall(id),
})
