import { arg } from "../../json-rpc/method.ts"
import { ethAddress, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setMiner } from "../control.ts"

export const miner_setEtherbase: EthMethod = defineEthMethod({
  name: "miner_setEtherbase",
  summary: "Sets the block producer; an address without an actor ID changes nothing, since COINBASE is 0 on Filecoin.",
  params: [arg("address", ethAddress)],
  result: flag,
  source: "ganache miner_setEtherbase",
  writes: true,
  async handle(context, address) {
    await setMiner(context, address)
    return true
  },
})
