import { blake2b as reference } from "@noble/hashes/blake2.js"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { blake2b, blake2b256 } from "./blake2b.ts"

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff)

describe("blake2b", () => {
  it("agrees with the library at every length around the block borders", () => {
    for (const length of [
      0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 65_535, 130_815, 130_816, 130_817, 261_632, 300_001,
    ])
      expect(blake2b256(bytesOf(length))).toEqual(reference(bytesOf(length), { dkLen: 32 }))
  })

  it("agrees with the library for random bytes and digest lengths", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 64 }), (bytes, length) => {
        expect(blake2b(bytes, length)).toEqual(reference(bytes, { dkLen: length }))
      }),
    )
  })
})
