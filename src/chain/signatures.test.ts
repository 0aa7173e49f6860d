import { existsSync, readFileSync } from "node:fs"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { blake2b256 } from "../ipld/blake2b.ts"
import { messageCid } from "./message-codec.ts"
import { checkSignature } from "./signatures.ts"
import { transfer } from "./testing/stand-ins.ts"
import type { SignedMessage } from "./types.ts"

const refused = expect.objectContaining({ reason: "invalid-signature" })

function bySecp(key: Uint8Array, fields: Partial<SignedMessage["message"]> = {}): SignedMessage {
  const from = Address.secp256k1(secp256k1.getPublicKey(key, false))
  const message = { ...transfer(1, 0).message, from, ...fields }
  const recovered = secp256k1.sign(blake2b256(messageCid(message).bytes), key, { prehash: false, format: "recovered" })
  const data = new Uint8Array([...recovered.slice(1), recovered[0]!])
  return { message, signature: { type: 1, data } }
}

test("a secp256k1 signature over the message's CID is the sender's", async () => {
  await checkSignature(bySecp(new Uint8Array(32).fill(1)))
})

test("of another key, over another message, malformed: refused", async () => {
  const other = Address.secp256k1(secp256k1.getPublicKey(new Uint8Array(32).fill(2), false))
  const good = bySecp(new Uint8Array(32).fill(1))
  await expect(checkSignature(bySecp(new Uint8Array(32).fill(1), { from: other }))).rejects.toEqual(refused)
  await expect(checkSignature({ ...good, message: { ...good.message, value: 2n } })).rejects.toEqual(refused)
  for (const data of [new Uint8Array(0), new Uint8Array(64), new Uint8Array(65), new Uint8Array(65).fill(255)])
    await expect(checkSignature({ ...good, signature: { type: 1, data } })).rejects.toEqual(refused)
})

test("a BLS signature over the message's CID is the sender's; over another message it is not", async () => {
  const key = new Uint8Array(32).fill(3)
  const { longSignatures } = bls12_381
  const from = Address.bls(longSignatures.getPublicKey(key).toBytes())
  const message = { ...transfer(1, 0).message, from }
  const hash = longSignatures.hash(messageCid(message).bytes, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_")
  const data = longSignatures.sign(hash, key).toBytes()
  await checkSignature({ message, signature: { type: 2, data } })
  await expect(checkSignature({ message: { ...message, value: 5n }, signature: { type: 2, data } })).rejects.toEqual(
    refused,
  )
})

const LOTUS = new URL("../../../shared/vectors/lotus/", import.meta.url)
const absent = !existsSync(LOTUS)
if (absent) console.warn("SKIPPED: ../shared/vectors/lotus is not here, no signatures of a Lotus wallet are checked")

test.skipIf(absent)("signatures that a Lotus wallet made, of both kinds", async () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, LOTUS), "utf8"))
  const symbols = read("symbols.json")
  const checked = { 1: 0, 2: 0 }
  for (const row of read("native-messages.json")) {
    const text = JSON.stringify(row.signed ?? null).replace(/{{([^}]+)}}/g, (_, name) => symbols[name])
    const signed = JSON.parse(text)
    const type = signed?.Signature?.Type
    if ((type !== 1 && type !== 2) || text.includes("undefined")) continue
    const m = signed.Message
    await checkSignature({
      message: {
        version: 0n,
        from: Address.parse(m.From),
        to: Address.parse(m.To),
        sequence: BigInt(m.Nonce),
        value: BigInt(m.Value),
        method: BigInt(String(m.Method).replace("#int:", "")),
        params: new Uint8Array(Buffer.from(m.Params ?? "", "base64")),
        gasLimit: BigInt(m.GasLimit),
        gasFeeCap: BigInt(m.GasFeeCap),
        gasPremium: BigInt(m.GasPremium),
      },
      signature: { type, data: new Uint8Array(Buffer.from(signed.Signature.Data, "base64")) },
    })
    checked[type as 1 | 2]++
  }
  expect(checked[1]).toBeGreaterThan(0)
  expect(checked[2]).toBeGreaterThan(0)
})
