import { z } from "zod"
import { arg, optionalArg } from "../../json-rpc/method.ts"
import { blockRef, isPending, toTipsetRef } from "../codecs/block-ref.ts"
import { anything, smallQuantity, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { feeHistory } from "../fees.ts"

const PERCENTILES = { expected: "a list of numbers from 0 to 100", schema: z.array(z.number("a number from 0 to 100")) }
export const eth_feeHistory: EthMethod = defineEthMethod({
  name: "eth_feeHistory",
  summary: "Base fees, how full blocks were, and what tips were paid, in attoFIL per gas.",
  params: [
    arg("blockCount", smallQuantity),
    arg("newestBlock", blockRef),
    optionalArg("rewardPercentiles", PERCENTILES),
  ],
  result: anything,
  source: "execution-apis eth_feeHistory; lotus EthFeeHistory",
  async handle({ chain, blocks }, count, newest, percentiles) {
    const tipset = await chain.resolve(isPending(newest) ? { tag: "latest" } : toTipsetRef(newest), "previous")
    const { oldestBlock, baseFees, gasUsedRatios, rewards } = await feeHistory(
      chain,
      blocks,
      count,
      tipset,
      percentiles,
    )
    return {
      oldestBlock: toQuantity(oldestBlock),
      baseFeePerGas: baseFees.map(toQuantity),
      gasUsedRatio: gasUsedRatios,
      reward: rewards?.map((row) => row.map(toQuantity)),
    }
  },
})
