import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiner } from "../control.ts"

export const hardhat_setCoinbase: EthMethod = defineEthMethod({
  name: "hardhat_setCoinbase",
  summary:
    "Sets the block producer that blocks and eth_coinbase show from the next block on; contracts see 0, as on Filecoin.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "hardhat hardhat_setCoinbase",
  writes: true,
  async handle(context, address) {
    await setMiner(context, address)
    return true
  },
})
