import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { blake2b256 } from "../../ipld/blake2b.ts"
import { recoverSecp256k1, verifyBlsAggregate, verifySignature } from "./signatures.ts"

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const ORDER = secp256k1.Point.Fn.ORDER

function signSecp(secret: Uint8Array, hash: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(hash, secret, { prehash: false, format: "recovered" })
  // noble puts the recovery ID first
  return new Uint8Array([...signature.subarray(1), signature[0]!])
}

function number32(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, "0"))
}

describe("recovery of a secp256k1 key", () => {
  const secret = blake2b256(utf8("alice"))
  const key = secp256k1.getPublicKey(secret, false)
  const hash = blake2b256(utf8("message"))
  const signature = signSecp(secret, hash)

  test("finds the key that signed", () => {
    expect(recoverSecp256k1(hash, signature)).toEqual(key)
  })

  test("finds the same key from the signature with the other s and parity", () => {
    const s = BigInt(`0x${Buffer.from(signature.subarray(32, 64)).toString("hex")}`)
    const high = new Uint8Array([...signature.subarray(0, 32), ...number32(ORDER - s), signature[64]! ^ 1])
    expect(recoverSecp256k1(hash, high)).toEqual(key)
  })

  // go-ethereum crypto/secp256k1 tests, high s
  test("normalises a high s as Ethereum needs it", () => {
    const found = recoverSecp256k1(
      hex("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"),
      hex(
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75feeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c454901",
      ),
    )
    expect(found).toHaveLength(65)
  })

  test("finds another key for another hash", () => {
    const found = recoverSecp256k1(blake2b256(utf8("other")), signature)
    expect(found).toHaveLength(65)
    expect(found).not.toEqual(key)
  })

  test.each([4, 27, 28, 255])("knows no recovery ID %s", (id) => {
    expect(recoverSecp256k1(hash, new Uint8Array([...signature.subarray(0, 64), id]))).toBeUndefined()
  })

  test.each([0n, ORDER, ORDER + 1n, (1n << 256n) - 1n])("refuses r or s of %s", (value) => {
    const bytes = number32(value)
    expect(recoverSecp256k1(hash, new Uint8Array([...bytes, ...signature.subarray(32)]))).toBeUndefined()
    expect(
      recoverSecp256k1(hash, new Uint8Array([...signature.subarray(0, 32), ...bytes, signature[64]!])),
    ).toBeUndefined()
  })

  test("refuses an r that no point has", () => {
    // x = 5 is on no point of the curve
    expect(recoverSecp256k1(hash, new Uint8Array([...number32(5n), ...signature.subarray(32)]))).toBeUndefined()
  })

  test("refuses recovery ID 2 when r plus the order is no coordinate", () => {
    expect(recoverSecp256k1(hash, new Uint8Array([...signature.subarray(0, 64), 2]))).toBeUndefined()
  })
})

describe("signatures of addresses", () => {
  const secret = blake2b256(utf8("alice"))
  const f1 = Address.secp256k1(secp256k1.getPublicKey(secret, false))
  const message = utf8("message")
  const signature = signSecp(secret, blake2b256(message))

  test("of f1 hold over the blake2b-256 of the message", () => {
    expect(verifySignature(1, signature, message, f1)).toBe(true)
    expect(verifySignature(1, signature, utf8("other"), f1)).toBe(false)
    expect(verifySignature(1, signature.subarray(0, 64), message, f1)).toBe(false)
    expect(verifySignature(1, new Uint8Array(65), message, f1)).toBe(false)
    expect(verifySignature(2, signature, message, f1)).toBe(false)
  })

  test("of f3 hold over the message itself", () => {
    const bls = bls12_381.longSignatures
    const blsSecret = new Uint8Array(32).fill(7)
    const f3 = Address.bls(bls.getPublicKey(blsSecret).toBytes())
    const blsSignature = bls.sign(bls.hash(message), blsSecret).toBytes()
    expect(verifySignature(2, blsSignature, message, f3)).toBe(true)
    expect(verifySignature(2, blsSignature, utf8("other"), f3)).toBe(false)
    expect(verifySignature(2, blsSignature.subarray(1), message, f3)).toBe(false)
    expect(verifySignature(1, blsSignature, message, f3)).toBe(false)
    expect(verifySignature(2, blsSignature, message, f1)).toBe(false)
  })
})

describe("BLS aggregates", () => {
  const bls = bls12_381.longSignatures
  const secrets = [1, 2, 3].map((n) => new Uint8Array(32).fill(n))
  const keys = secrets.map((secret) => bls.getPublicKey(secret).toBytes())
  const messages = ["a", "b", ""].map(utf8)
  const sign = (texts: readonly Uint8Array[]): Uint8Array =>
    bls.aggregateSignatures(texts.map((text, i) => bls.sign(bls.hash(text), secrets[i]!))).toBytes()
  const aggregate = sign(messages)
  const INFINITY_G1 = new Uint8Array(48)
  INFINITY_G1[0] = 0xc0
  const INFINITY_G2 = new Uint8Array(96)
  INFINITY_G2[0] = 0xc0

  test("hold for each key over its message", () => {
    expect(verifyBlsAggregate(aggregate, keys, messages)).toBe(true)
    expect(verifyBlsAggregate(aggregate, keys, [messages[1]!, messages[0]!, messages[2]!])).toBe(false)
    expect(verifyBlsAggregate(aggregate, keys.slice(1), messages.slice(1))).toBe(false)
  })

  test("hold for nobody at all", () => {
    expect(verifyBlsAggregate(new Uint8Array(96), [], [])).toBe(true)
  })

  test("do not hold over equal messages", () => {
    const same = [utf8("a"), utf8("a")]
    expect(verifyBlsAggregate(sign(same), keys.slice(0, 2), same)).toBe(false)
  })

  test("do not hold for the key or the signature at infinity", () => {
    expect(verifyBlsAggregate(INFINITY_G2, [INFINITY_G1], [utf8("a")])).toBe(false)
    expect(verifyBlsAggregate(INFINITY_G2, keys, messages)).toBe(false)
  })

  test("do not hold for bytes that are no points", () => {
    expect(verifyBlsAggregate(new Uint8Array(96).fill(0xff), keys, messages)).toBe(false)
    expect(verifyBlsAggregate(aggregate, [new Uint8Array(48).fill(0xff), ...keys.slice(1)], messages)).toBe(false)
    expect(verifyBlsAggregate(aggregate, [new Uint8Array(48), ...keys.slice(1)], messages)).toBe(false)
  })

  test("do not hold for a point outside the subgroup", () => {
    // The first x of the curve that is not in the subgroup of prime order.
    let outside: Uint8Array | undefined
    for (let x = 1; outside === undefined; x++) {
      const bytes = new Uint8Array(48)
      bytes[0] = 0x80
      bytes[47] = x
      try {
        const point = bls12_381.G1.Point.fromBytes(bytes)
        if (!point.isTorsionFree()) outside = bytes
      } catch {
        // not on the curve
      }
      if (x > 100) break
    }
    if (outside !== undefined) expect(verifyBlsAggregate(aggregate, [outside, ...keys.slice(1)], messages)).toBe(false)
  })
})
