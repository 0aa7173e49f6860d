import { arg } from "../../json-rpc/method.ts"
import { flag } from "../codecs/hex.ts"
import { intervalMilliseconds } from "../codecs/mining.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiningMode } from "../control.ts"

export const evm_setIntervalMining: EthMethod = defineEthMethod({
  name: "evm_setIntervalMining",
  summary:
    "Makes a block every so often; 0 ends it. Hardhat means milliseconds, Anvil seconds: 500 and more are taken as milliseconds.",
  params: [arg("interval", intervalMilliseconds)],
  result: flag,
  source: "hardhat evm_setIntervalMining; viem setIntervalMining",
  writes: true,
  async handle(context, milliseconds) {
    await setMiningMode(context, { intervalSeconds: milliseconds / 1000 })
    return true
  },
})
