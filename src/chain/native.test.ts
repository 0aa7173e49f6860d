import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { blake2b256 } from "../ipld/blake2b.ts"
import { Chain } from "./chain.ts"
import { messageCid } from "./message-codec.ts"
import { BALANCE, testOptions, transfer } from "./testing/stand-ins.ts"
import type { SignedMessage } from "./types.ts"

const { longSignatures } = bls12_381
const DOMAIN = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
const secpKey = new Uint8Array(32).fill(1)
const blsKeys = [2, 3].map((n) => new Uint8Array(32).fill(n))
const f1 = Address.secp256k1(secp256k1.getPublicKey(secpKey, false))
const f3 = blsKeys.map((key) => Address.bls(longSignatures.getPublicKey(key).toBytes()))

function bySecp(sequence: number): SignedMessage {
  const message = { ...transfer(1, sequence, undefined, { gasPremium: 900n }).message, from: f1 }
  const made = secp256k1.sign(blake2b256(messageCid(message).bytes), secpKey, { prehash: false, format: "recovered" })
  return { message, signature: { type: 1, data: new Uint8Array([...made.slice(1), made[0]!]) } }
}

function byBls(which: number, sequence: number): SignedMessage {
  const message = { ...transfer(1, sequence).message, from: f3[which]! }
  const hash = longSignatures.hash(messageCid(message).bytes, DOMAIN)
  return { message, signature: { type: 2, data: longSignatures.sign(hash, blsKeys[which]!).toBytes() } }
}

test("BLS messages come first, bare, with one signature for all of them; secp256k1 messages after, signed", async () => {
  const options = testOptions({ mining: { kind: "manual" } })
  const accounts = [f1, ...f3].map((address) => ({ address, balance: BALANCE }))
  const chain = await Chain.open({ ...options, genesis: { ...options.genesis, accounts } })
  try {
    await chain.push(bySecp(0))
    const cids = [await chain.push(byBls(0, 0)), await chain.push(byBls(1, 0))]
    const [tipset] = await chain.mine()
    const executed = await chain.executed(tipset!)
    expect(executed.map(({ receipt }) => receipt.exitCode)).toEqual([0, 0, 0])
    expect(executed.map(({ signed }) => signed.signature.type)).toEqual([2, 2, 1])
    expect(executed.slice(0, 2).map(({ cid }) => cid.toString())).toEqual(cids.map(String))
    expect(executed[0]!.signed.signature.data).toHaveLength(0)
    expect(executed[0]!.cid.equals(messageCid(executed[0]!.signed.message))).toBe(true)
    expect(executed[2]!.signed).toEqual(bySecp(0))

    const { blsAggregate } = tipset!.headers[0]!
    const together = executed.slice(0, 2).map(({ signed }) => ({
      message: longSignatures.hash(messageCid(signed.message).bytes, DOMAIN),
      publicKey: signed.message.from.payload,
    }))
    expect(longSignatures.verifyBatch(blsAggregate!.data, together)).toBe(true)
    const [empty] = await chain.mine()
    expect([...empty!.headers[0]!.blsAggregate!.data.slice(0, 2)]).toEqual([0xc0, 0])
  } finally {
    await chain.close()
  }
})
