import { describe, expect, it } from "vitest"
import type { Decoder } from "../../json-rpc/method.ts"
import { blockRef } from "./block-ref.ts"
import { callObject } from "./call.ts"
import { data, ethAddress, flag, hash32, quantity, quantity64, smallQuantity, text, toHex, word } from "./hex.ts"

const ADDRESS = `0x${"aB".repeat(20)}`
const VALUES: readonly unknown[] = [
  ...["", "0x", "0X", "0x0", "0x01", "0X1F", "12", "0xzz", " 0x1", "0x1\n", "0xé1", "latest", "pending", "elsewhere"],
  ...[ADDRESS, ADDRESS.slice(0, -2), `0x${"ab".repeat(32)}`, `0x${"f".repeat(64)}`, `0x${"f".repeat(65)}`],
  ...[5, -1, 1.5, 2 ** 60, true, [], [1], {}, { blockHash: `0x${"ab".repeat(32)}` }, { blockNumber: "0x5" }],
  ...[
    { blockHash: null, blockNumber: "latest" },
    { from: ADDRESS, to: "", value: 5, data: "0x12", other: 1 },
  ],
  ...[{ to: null, input: "0x01", data: "0x02", accessList: [] }, { to: "0x", gasLimit: "0x5" }, { gas: "x" }],
  ...[{ gas: 1, gasLimit: 2, accessList: {} }, { nonce: `0x${"1".repeat(17)}` }, { constructor: 1, type: "0x2" }],
]

const CODECS: Readonly<Record<string, Decoder<unknown>>> = {
  ...{ blockRef, callObject, data, ethAddress, flag, hash32, quantity, quantity64, smallQuantity, text, word },
}

describe("what a codec reads at once is what its schema reads", () => {
  it.each(Object.entries(CODECS))("%s", (_, { read, schema }) => {
    const atOnce = VALUES.filter((value) => read?.(value) !== undefined)
    expect(atOnce).not.toEqual([])
    for (const value of atOnce) expect(read?.(value), JSON.stringify(value)).toEqual(schema.parse(value))
  })
})

describe("toHex", () => {
  it("gives two digits for each byte, at any length and place in a buffer", () => {
    const bytes = Uint8Array.from({ length: 1100 }, (_, i) => (i % 3 === 0 ? 0 : i * 7))
    for (const [from, to] of [0, 1, 7, 8, 9, 20, 32, 33, 256, 1030].map((length, i) => [i, i + length] as const)) {
      const digits = [...bytes.subarray(from, to)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
      expect(toHex(bytes.subarray(from, to))).toBe(`0x${digits}`)
    }
  })
})
