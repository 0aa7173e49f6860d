import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { poolContent } from "../pool.ts"

export const txpool_contentFrom: EthMethod = defineEthMethod({
  name: "txpool_contentFrom",
  summary: "Transactions of one sender in the mempool by nonce.",
  params: [arg("address", ethAddress)],
  result: anything,
  source: "geth txpool_contentFrom",
  handle: (context, address) => poolContent(context, address),
})
