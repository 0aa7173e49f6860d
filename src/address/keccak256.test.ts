import { keccak_256 } from "@noble/hashes/sha3.js"
import fc from "fast-check"
import { expect, test } from "vitest"
import { keccak256 } from "./keccak256.ts"

test("is the library's digest at every length around its blocks", () => {
  const data = Uint8Array.from({ length: 700 }, (_, i) => (i * 131) & 0xff)
  for (let length = 0; length <= data.length; length++) {
    const input = data.subarray(0, length)
    expect(keccak256(input), `${length} bytes`).toEqual(keccak_256(input))
  }
})

test("is the library's digest of inputs larger than its memory", () => {
  const full = 478 * 136
  for (const length of [full - 1, full, full + 1, 2 * full, 2 * full + 135, 200_000]) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)
    expect(keccak256(data), `${length} bytes`).toEqual(keccak_256(data))
  }
})

test("is the library's digest of anything", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), (data) => void expect(keccak256(data)).toEqual(keccak_256(data))),
  )
})
