import { arg } from "../../json-rpc/method.ts"
import { filterId } from "../codecs/filter-id.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_unsubscribe: EthMethod = defineEthMethod({
  name: "eth_unsubscribe",
  summary: "Ends a subscription; false if this connection has none of this id.",
  params: [arg("id", filterId)],
  result: flag,
  source: "geth eth_unsubscribe",
  handle: ({ connection, subscriptions }, id) => subscriptions.unsubscribe(connection, id),
})
