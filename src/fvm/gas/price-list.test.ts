import { describe, expect, test } from "vitest"
import { hasSharedData, needsSharedData, readSharedJson } from "../../../tests/support/shared-data.ts"
import { MachineError } from "../errors.ts"
import { priceListOf } from "./price-list.ts"
import type { PriceData } from "./prices/price-data.ts"

interface OraclePrices {
  readonly network_version: number
  readonly price_list: { readonly [name: string]: unknown }
}

const toCamel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Rows whose keys are names of proofs, hashes and signatures: kept letter for letter. */
const NAMED = new Set([
  "hashingCost",
  "sigCost",
  "verifyAggregateSealPer",
  "verifyAggregateSealSteps",
  "verifyPostLookup",
])

function fromOracle(value: unknown, keepNames = false): unknown {
  if (typeof value === "number" || typeof value === "string") return BigInt(value)
  if (Array.isArray(value)) return value.map((item) => fromOracle(item))
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => {
      const name = keepNames ? key : toCamel(key)
      return [name === "wasmRules" ? "wasm" : name, fromOracle(item, NAMED.has(name))]
    }),
  )
}

function plain(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

describe.skipIf(!hasSharedData)(needsSharedData("price lists against the reference"), () => {
  test.each(["watermelon", "teep"])("%s: every row of the reference and no other, to the milligas", (name) => {
    const oracle = readSharedJson<OraclePrices>(`oracle/prices/${name}.json`)
    expect(plain(priceListOf(oracle.network_version).data satisfies PriceData)).toEqual(fromOracle(oracle.price_list))
  })
})

describe("price lists by network version", () => {
  test("21 to 24 share one list, 25 to 29 another", () => {
    expect(priceListOf(24)).toBe(priceListOf(21))
    expect(priceListOf(25)).toBe(priceListOf(29))
    expect(priceListOf(25)).not.toBe(priceListOf(24))
  })

  test.each([20, 30, 27.5])("%d is not supported", (version) => {
    expect(() => priceListOf(version)).toThrow(MachineError)
  })
})

describe("charges", () => {
  const prices = priceListOf(28)

  test("inclusion is 560,663 gas and 1,300 a byte", () => {
    const { compute, other } = prices.onChainMessage(0)
    expect(compute + other).toBe(560_663_000n)
    const ten = prices.onChainMessage(10)
    expect(ten.compute + ten.other).toBe(560_663_000n + 13_000_000n)
  })

  test("opening and creating a block costs at least 10 gas a byte", () => {
    const open = prices.onBlockOpen(10, 0)
    expect(Number(open.compute) + Number(open.other)).toBe(100_000)
    const create = prices.onBlockCreate(10, 0)
    expect(Number(create.compute) + Number(create.other)).toBe(100_000)
  })

  test("a negative lookback is read unsigned and saturates", () => {
    expect(prices.onGetRandomness(-1n).other).toBe((1n << 64n) - 1n)
  })

  test("the dearest that the largest block can cost is counted exactly", () => {
    const size = 2 ** 31 - 1
    const { compute, other } = prices.onBlockLink("Ripemd160", size)
    expect(BigInt(compute)).toBe((400n + 2000n + 35_000n) * BigInt(size) + 300_000n)
    expect(BigInt(other)).toBe(172_000_000n + 334_000_000n + 3_340_000n * BigInt(size))
    expect(Number(compute) + Number(other)).toBeLessThan(2 ** 53)
  })

  test("aggregates cost by sector and by step; proofs without a row cost as 32 GiB", () => {
    expect(prices.onVerifyAggregateSeals("StackedDRG32GiBV1P1", 3).compute).toBe(3n * 449_900_000n)
    expect(prices.onVerifyAggregateSeals("StackedDRG32GiBV1P1", 13).compute).toBe(13n * 449_900_000n + 122_912_610_000n)
    expect(prices.onVerifyAggregateSeals("StackedDRG2KiBV1", 13)).toEqual(
      prices.onVerifyAggregateSeals("StackedDRG32GiBV1P1", 13),
    )
    expect(prices.onVerifyAggregateSeals("StackedDRG32GiBV1P2_Feat_NiPoRep", 1).compute).toBe(118_025_550_000n)
  })

  test("only the return data of the message itself goes on chain", () => {
    expect(prices.onMethodReturn(1, 10, 1)).toEqual({ name: "OnChainReturnValue", compute: 0, other: 13_000_000 })
    expect(prices.onMethodReturn(2, 10, 1)).toEqual({ name: "OnReturnValue", compute: 300_000, other: 0 })
  })
})
