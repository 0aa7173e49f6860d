import { describe, expect, test } from "vitest"
import { HASH_FUNCTIONS, hashFunctionOf } from "./hashes.ts"

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const ABC = new TextEncoder().encode("abc")

describe("hash functions", () => {
  test.each([
    [0x12n, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [0xb220n, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"],
    [
      0xb240n,
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ],
    [0x1bn, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"],
    [0x1053n, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"],
  ])("%s of abc", (code, digest) => {
    expect(toHex(hashFunctionOf(code)!.digest(ABC))).toBe(digest)
  })

  test.each([0n, 0x16n, 0xb21fn, 0x12n + (1n << 32n), (1n << 64n) - 1n])("has none with code %s", (code) => {
    expect(hashFunctionOf(code)).toBeUndefined()
  })

  test("are as many as the price list has prices", () => {
    expect(Object.keys(HASH_FUNCTIONS)).toHaveLength(5)
  })
})
