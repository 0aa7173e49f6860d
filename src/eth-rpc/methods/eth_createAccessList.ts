import { arg, optionalArg } from "../../json-rpc/method.ts"
import { estimateGas } from "../calls.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { blockOverride, callObject, stateOverride } from "../codecs/call.ts"
import { anything, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_createAccessList: EthMethod = defineEthMethod({
  name: "eth_createAccessList",
  summary: "An empty list, since Filecoin has no warm storage, and the gas that the call needs.",
  params: [
    arg("call", callObject),
    arg("block", blockRef, "latest"),
    optionalArg("stateOverrides", stateOverride),
    optionalArg("blockOverrides", blockOverride),
  ],
  result: anything,
  source: "geth eth_createAccessList",
  async handle({ chain }, call, block, stateOverrides, blockOverrides) {
    const gasUsed = await estimateGas(chain, call, block, { state: stateOverrides, block: blockOverrides })
    return { accessList: [], gasUsed: toQuantity(gasUsed) }
  },
})
