import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { ethAddress, hash32, toBytes, word } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { slotAt } from "../reads.ts"

export const eth_getStorageAt: EthMethod = defineEthMethod({
  name: "eth_getStorageAt",
  summary: "A storage slot of a contract, 32 bytes; zero where nothing was written.",
  params: [arg("address", ethAddress), arg("slot", word), arg("block", blockRef, "latest")],
  result: hash32,
  source: "execution-apis eth_getStorageAt; lotus EthGetStorageAt",
  async handle({ chain }, address, slot, block) {
    return toBytes(await slotAt(chain, address, slot, block), 32)
  },
})
