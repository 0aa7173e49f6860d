import { arg } from "../../json-rpc/method.ts"
import { anything, data, ethAddress, hash32, smallQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { storageRange, transactionRef } from "../state-traces.ts"

export const debug_storageRangeAt: EthMethod = defineEthMethod({
  name: "debug_storageRangeAt",
  summary: "Storage of a contract right before a transaction of a block, in the order of the hashes of its slots.",
  params: [
    arg("blockHash", hash32),
    arg("transaction", transactionRef),
    arg("address", ethAddress),
    arg("startKey", data, "0x"),
    arg("limit", smallQuantity, 100),
  ],
  result: anything,
  source: "geth debug_storageRangeAt; ganache debug_storageRangeAt",
  handle: (context, blockHash, transaction, address, start, limit) =>
    storageRange(context, blockHash, transaction, address, start, limit),
})
