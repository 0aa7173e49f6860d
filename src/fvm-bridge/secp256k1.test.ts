import { secp256k1 } from "@noble/curves/secp256k1.js"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { describe, expect, it } from "vitest"
import { LIBRARIES, recoverPublicKey, signDigest } from "./secp256k1.ts"

const ORDER = secp256k1.Point.Fn.ORDER
const toBytes = (value: bigint): Uint8Array => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"))
const signature = (r: bigint, s: bigint): Uint8Array => Uint8Array.of(...toBytes(r), ...toBytes(s))

describe("recovery of the key behind a signature", () => {
  const cases = Array.from({ length: 20 }, (_, i) => {
    const key = keccak_256(Uint8Array.of(1, i))
    const digest = keccak_256(Uint8Array.of(2, i))
    const bytes = secp256k1.sign(digest, key, { prehash: false, format: "recovered" })
    const { r, s } = secp256k1.Signature.fromBytes(bytes.subarray(1), "compact")
    return { digest, r, s, parity: bytes[0] as 0 | 1, privateKey: key, publicKey: secp256k1.getPublicKey(key, false) }
  })

  for (const [name, library] of Object.entries(LIBRARIES)) {
    const recover = library?.recover
    it.skipIf(recover === undefined)(`${name}: gives the signer's key, from the low s and the high one`, () => {
      for (const { digest, r, s, parity, publicKey } of cases) {
        expect(recover!(digest, signature(r, s), parity)).toEqual(publicKey)
        expect(recover!(digest, signature(r, ORDER - s), parity === 0 ? 1 : 0)).toEqual(publicKey)
      }
    })

    it.skipIf(recover === undefined)(`${name}: has no key for an r that is the x of no point`, () => {
      expect(recover!(cases[0]!.digest, signature(5n, 1n), 0)).toBeUndefined()
    })

    it.skipIf(recover === undefined)(`${name}: has no key where it would be the point at infinity`, () => {
      // With R = G, s = 1 and the digest 1, what the key is made of (s x R - digest x G) vanishes.
      const { x } = secp256k1.Point.BASE.toAffine()
      expect(recover!(toBytes(1n), signature(x, 1n), 0)).toBeUndefined()
    })
  }

  it.skipIf(LIBRARIES.native === undefined)("both libraries give the same signature, with the lower s", () => {
    for (const { digest, r, s, parity, privateKey } of cases)
      for (const { sign } of [LIBRARIES.native!, LIBRARIES.portable!])
        expect(sign(digest, privateKey)).toEqual({ signature: signature(r, s), parity })
  })

  it("of a signed digest gives the signer's key", () => {
    const { digest, privateKey, publicKey } = cases[1]!
    const signed = signDigest(digest, privateKey)
    expect(recoverPublicKey(digest, signed.signature, signed.parity)).toEqual(publicKey)
  })

  it("is one of the two", () => {
    const { digest, r, s, parity, publicKey } = cases[0]!
    expect(recoverPublicKey(digest, signature(r, s), parity)).toEqual(publicKey)
  })
})
