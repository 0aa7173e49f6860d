import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { data, ethAddress } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { codeAt } from "../reads.ts"

export const eth_getCode: EthMethod = defineEthMethod({
  name: "eth_getCode",
  summary: "Code of a contract; 0xfe for a native actor, nothing for accounts.",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: data,
  source: "execution-apis eth_getCode; lotus EthGetCode",
  handle: ({ chain }, address, block) => codeAt(chain, address, block),
})
