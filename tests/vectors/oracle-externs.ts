import { blake2b } from "@noble/hashes/blake2.js"
import { Address } from "../../src/address/address.ts"
import type { ConsensusFault, Externs } from "../../src/fvm/externs/index.ts"
import { cidOfBlock, DAG_CBOR } from "../../src/ipld/cid.ts"

const utf8 = new TextEncoder()

function tagged(tag: string, round: bigint): Uint8Array {
  const text = utf8.encode(tag)
  const data = new Uint8Array(text.length + 8)
  data.set(text)
  new DataView(data.buffer).setBigInt64(text.length, round)
  return data
}

function randomness(tag: string, round: bigint): Uint8Array {
  if (round < 0n) throw new RangeError(`there is no round ${round}`)
  return blake2b(tagged(tag, round), { dkLen: 32 })
}

/** The node side as the oracle plays it; the rules stand in every vector under `externs`. */
export const oracleExterns: Externs = {
  getChainRandomness: (round) => randomness("fvm-oracle/chain", round),
  getBeaconRandomness: (round) => randomness("fvm-oracle/beacon", round),
  getTipsetCid: (epoch) => cidOfBlock(DAG_CBOR, tagged("fvm-oracle/tipset", epoch)),
  verifyConsensusFault(header1, header2, extra): ConsensusFault | undefined {
    const first = header1[0]
    if (first === undefined) throw new RangeError("header 1 is empty")
    if (header1.length === header2.length && header1.every((byte, at) => byte === header2[at])) return undefined
    return {
      faultType: 1 + (first % 3),
      epoch: BigInt(extra.length),
      target: first === 0xff ? Address.actor(header2) : Address.id(1000 + header2.length),
    }
  },
}
