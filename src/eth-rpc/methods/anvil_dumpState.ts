import { data } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { dumpState } from "../state-dump.ts"

export const anvil_dumpState: EthMethod = defineEthMethod({
  name: "anvil_dumpState",
  summary:
    "The state after the newest block: a compressed CAR file whose root is the state root. The actors' code is not in it.",
  params: [],
  result: data,
  source: "anvil anvil_dumpState",
  aliases: ["hardhat_dumpState"],
  handle: (context) => dumpState(context),
})
