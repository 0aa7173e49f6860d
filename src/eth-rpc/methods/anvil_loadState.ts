import { arg } from "../../json-rpc/method.ts"
import { data, flag } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { loadState } from "../state-dump.ts"

export const anvil_loadState: EthMethod = defineEthMethod({
  name: "anvil_loadState",
  summary: "Replaces the state after the newest block by that of a dump. Unlike Anvil's it does not merge the two.",
  params: [arg("state", data)],
  result: flag,
  source: "anvil anvil_loadState",
  aliases: ["hardhat_loadState"],
  writes: true,
  async handle(context, dump) {
    await loadState(context, dump)
    return true
  },
})
