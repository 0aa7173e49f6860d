import { optionalArg } from "../../json-rpc/method.ts"
import { encodeBlock } from "../codecs/block.ts"
import { anything } from "../codecs/hex.ts"
import { mineOptions } from "../codecs/mining.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { mine } from "../control.ts"

export const evm_mine_detailed: EthMethod = defineEthMethod({
  name: "evm_mine_detailed",
  summary: "As evm_mine, and gives the new blocks with their transactions.",
  params: [optionalArg("options", mineOptions)],
  result: anything,
  source: "anvil evm_mine_detailed",
  aliases: ["anvil_mine_detailed"],
  writes: true,
  async handle(context, options) {
    const tipsets = await mine(context, options ?? {})
    return Promise.all(tipsets.map(async (tipset) => encodeBlock(await context.blocks.read(tipset), true)))
  },
})
