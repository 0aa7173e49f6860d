import { z } from "zod"
import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, ethAddress, toBytes, toHex, word } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { slotAt } from "../reads.ts"

const SLOTS = {
  expected: "an object of lists of slots by address",
  schema: z.record(ethAddress.schema.transform(toHex), z.array(word.schema)),
}
export const eth_getStorageValues: EthMethod = defineEthMethod({
  name: "eth_getStorageValues",
  summary: "Several storage slots of several contracts, by address.",
  params: [arg("slots", SLOTS), arg("block", blockRef, "latest")],
  result: anything,
  source: "execution-apis eth_getStorageValues",
  async handle({ chain }, slots, block) {
    const values: Record<string, string[]> = {}
    for (const [address, keys] of Object.entries(slots)) {
      const contract = ethAddress.schema.parse(address)
      values[address] = await Promise.all(
        keys.map(async (key) => toHex(toBytes(await slotAt(chain, contract, key, block), 32))),
      )
    }
    return values
  },
})
