import { describe, expect, test } from "vitest"
import {
  ethAddress,
  ethBigInt,
  ethBlockNumberOrHash,
  ethBytes,
  ethCall,
  ethFilterSpec,
  ethUint64,
} from "./eth-types.ts"

const ADDRESS = `0x${"11".repeat(20)}`

describe("Lotus' types", () => {
  test("EthUint64 takes hex, decimal text and numbers", () => {
    expect([ethUint64.decode("0x10"), ethUint64.decode("10"), ethUint64.decode(10)]).toEqual([16n, 10n, 10n])
    expect(() => ethUint64.decode(-1)).toThrow("cannot interpret -1 as a hex-encoded uint64, or a number")
    expect(() => ethUint64.decode(null)).toThrow('strconv.ParseUint: parsing "": invalid syntax')
  })

  test("EthBigInt takes signs, odd lengths and rubbish", () => {
    expect(["0x123", "-0x5", "zz", ""].map((text) => ethBigInt.decode(text))).toEqual([0x123n, -5n, 0n, 0n])
    expect(() => ethBigInt.decode(5)).toThrow("json: cannot unmarshal number into Go value of type string")
  })

  test("addresses go without 0x, with 0X and in any case, but not of another length", () => {
    const bytes = new Uint8Array(20).fill(0x11)
    expect(ethAddress.decode(ADDRESS.slice(2))).toEqual(bytes)
    expect(ethAddress.decode(ADDRESS.replace("0x", "0X"))).toEqual(bytes)
    expect(() => ethAddress.decode("0x11")).toThrow("expected hex string length sans prefix 40, got 2")
    expect(() => ethAddress.decode(`0x${"z".repeat(40)}`)).toThrow("cannot parse hex value: encoding/hex: invalid byte")
  })

  test("bytes get the zero that is missing", () => {
    expect(ethBytes.decode("0x123")).toEqual(Uint8Array.of(0x01, 0x23))
  })

  test("a block is a tag, a number, a hash or an object of one", () => {
    const hash = `0x${"ab".repeat(32)}`
    expect(ethBlockNumberOrHash.decode("latest")).toMatchObject({ tag: "latest" })
    expect(ethBlockNumberOrHash.decode("17")).toMatchObject({ number: 17n })
    expect(ethBlockNumberOrHash.decode(hash)).toMatchObject({ hash: new Uint8Array(32).fill(0xab) })
    expect(ethBlockNumberOrHash.decode({ blockNumber: "0x1" })).toMatchObject({ number: 1n })
    expect(() => ethBlockNumberOrHash.decode("Latest")).toThrow("invalid block param")
    expect(() => ethBlockNumberOrHash.decode({ blockNumber: "0x1", blockHash: hash })).toThrow("cannot specify both")
    expect(() => ethBlockNumberOrHash.decode(5)).toThrow("json: cannot unmarshal number into Go value of type string")
  })

  test("a call prefers input; fields of the wrong type are named with their struct", () => {
    expect(ethCall.decode({ to: ADDRESS, data: "0x01", input: "0x02" }).data).toEqual(Uint8Array.of(2))
    expect(() => ethCall.decode({ value: 5 })).toThrow("Go struct field EthCallDecode.EthCallRaw.value of type string")
    expect(() => ethCall.decode("0x")).toThrow(
      "json: cannot unmarshal string into Go value of type ethtypes.EthCallDecode",
    )
  })

  test("a filter takes one address or several, topics in lists", () => {
    expect(ethFilterSpec.decode({ address: ADDRESS }).address).toHaveLength(1)
    expect(ethFilterSpec.decode({ address: [ADDRESS, ADDRESS], topics: [null, []] })).toMatchObject({
      address: { length: 2 },
      topics: [undefined, []],
    })
    expect(() => ethFilterSpec.decode({ topics: "x" })).toThrow("EthFilterSpec.topics of type ethtypes.EthTopicSpec")
    expect(() => ethFilterSpec.decode({ topics: [[null]] })).toThrow("expected hex string length sans prefix 64, got 0")
  })
})
