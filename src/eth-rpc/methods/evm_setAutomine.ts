import { arg } from "../../json-rpc/method.ts"
import { flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiningMode } from "../control.ts"

export const evm_setAutomine: EthMethod = defineEthMethod({
  name: "evm_setAutomine",
  summary: "Whether each transaction gets a block at once.",
  params: [arg("enabled", flag)],
  result: flag,
  source: "hardhat evm_setAutomine",
  writes: true,
  async handle(context, enabled) {
    await setMiningMode(context, { automine: enabled })
    return true
  },
})
