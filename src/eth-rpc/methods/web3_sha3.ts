import { keccak_256 } from "@noble/hashes/sha3.js"
import { arg } from "../../json-rpc/method.ts"
import { data, hash32 } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const web3_sha3: EthMethod = defineEthMethod({
  name: "web3_sha3",
  summary: "keccak-256 of some bytes.",
  params: [arg("data", data)],
  result: hash32,
  source: "geth web3_sha3",
  handle: (_, bytes) => keccak_256(bytes),
})
