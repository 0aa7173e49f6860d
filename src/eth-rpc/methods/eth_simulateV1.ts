import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { simulateBlocks, simulation } from "../simulate.ts"

export const eth_simulateV1: EthMethod = defineEthMethod({
  name: "eth_simulateV1",
  summary: "Runs blocks of calls one after the other on a copy of the state; nothing stays.",
  params: [arg("simulation", simulation), arg("block", blockRef, "latest")],
  result: anything,
  source: "execution-apis eth_simulateV1",
  handle: (context, given, block) => simulateBlocks(context, given, block),
})
