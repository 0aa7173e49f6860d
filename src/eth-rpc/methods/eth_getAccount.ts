import { keccak_256 } from "@noble/hashes/sha3.js"
import { arg } from "../../json-rpc/method.ts"
import { blockRef } from "../codecs/block-ref.ts"
import { anything, ethAddress, toHex, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { balanceAt, codeAt, nonceAt } from "../reads.ts"

export const eth_getAccount: EthMethod = defineEthMethod({
  name: "eth_getAccount",
  summary: "Nonce, balance, hash of the code and storage root (zero: Filecoin has another tree) of an address.",
  params: [arg("address", ethAddress), arg("block", blockRef, "latest")],
  result: anything,
  source: "geth eth_getAccount; anvil eth_getAccount",
  async handle({ chain }, address, block) {
    const code = await codeAt(chain, address, block)
    return {
      nonce: toQuantity(await nonceAt(chain, address, block)),
      balance: toQuantity(await balanceAt(chain, address, block)),
      codeHash: toHex(keccak_256(code)),
      storageRoot: toHex(new Uint8Array(32)),
    }
  },
})
