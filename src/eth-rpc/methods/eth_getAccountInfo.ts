import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, ethAddress, toHex, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { balanceAt, codeAt, nonceAt } from "../reads.ts"

export const eth_getAccountInfo: EthMethod = defineEthMethod({
  name: "eth_getAccountInfo",
  summary: "Nonce, balance and code of an address.",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: anything,
  source: "anvil eth_getAccountInfo",
  async handle({ chain }, address, block) {
    return {
      nonce: toQuantity(await nonceAt(chain, address, block)),
      balance: toQuantity(await balanceAt(chain, address, block)),
      code: toHex(await codeAt(chain, address, block)),
    }
  },
})
