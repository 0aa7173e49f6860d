import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { searchTransactions } from "../otterscan.ts"

export const ots_searchTransactionsBefore: EthMethod = defineEthMethod({
  name: "ots_searchTransactionsBefore",
  summary: "Transactions from or to an address in blocks before a number (0: no bound), a page of them with receipts.",
  params: [arg("address", ethAddress), arg("block", smallQuantity), arg("pageSize", smallQuantity)],
  result: anything,
  source: "otterscan docs/custom-jsonrpc.md",
  handle: (context, address, block, pageSize) => searchTransactions(context, address, "before", block, pageSize),
})
