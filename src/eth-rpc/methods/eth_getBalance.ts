import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { ethAddress, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { balanceAt } from "../reads.ts"

export const eth_getBalance: EthMethod = defineEthMethod({
  name: "eth_getBalance",
  summary: "Balance of an address at the end of a tipset, in attoFIL (10^18 attoFIL = 1 FIL).",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: quantity,
  source: "execution-apis eth_getBalance; lotus EthGetBalance",
  handle: ({ chain }, address, block) => balanceAt(chain, address, block),
})
