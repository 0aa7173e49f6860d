import { z } from "zod"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { text } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { subscriptionSource } from "../subscribing.ts"

const OPTIONS = { expected: "a log filter for logs, true for whole transactions", schema: z.any() }
export const eth_subscribe: EthMethod = defineEthMethod({
  name: "eth_subscribe",
  summary:
    "Tells of newHeads, logs or newPendingTransactions as they come, over WebSocket. Gives the id of the subscription.",
  params: [arg("kind", text), optionalArg("options", OPTIONS)],
  result: text,
  source: "geth eth_subscribe; lotus EthSubscribe",
  handle: (context, kind, options) =>
    context.subscriptions.subscribe(context.connection, "eth_subscription", subscriptionSource(context, kind, options)),
})
