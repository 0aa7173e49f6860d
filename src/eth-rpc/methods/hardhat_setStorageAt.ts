import { arg } from "../../json-rpc/method.ts"
import { setSlots } from "../calls.ts"
import { ethAddress, flag, quantity, toBigInt, word } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { editState } from "../control.ts"

export const hardhat_setStorageAt: EthMethod = defineEthMethod({
  name: "hardhat_setStorageAt",
  summary: "Sets a storage slot of a contract.",
  params: [arg("address", ethAddress), arg("slot", quantity), arg("value", word)],
  result: flag,
  source: "hardhat hardhat_setStorageAt",
  aliases: ["anvil_setStorageAt", "evm_setAccountStorageAt"],
  writes: true,
  async handle(context, address, slot, value) {
    const slots = new Map([[slot, toBigInt(value)]])
    await editState(context, "hardhat_setStorageAt", (state) => setSlots(state, address, slots, false))
    return true
  },
})
