import { expect, test } from "vitest"
import { effectivePremium, nextBaseFee, percentilePremium } from "./base-fee.ts"

// The tables of FIP-0115, "Test Cases".
test.each([
  [8n, 8n, 8n, 0n],
  [8n, 16n, 7n, 7n],
  [8n, 19n, 10n, 10n],
  [123456n, 123455n, 123455n, 0n],
  [123456n, 1234567n, 1111112n, 1111111n],
])("premium at base fee %s, cap %s, asked %s is %s", (baseFee, gasFeeCap, gasPremium, premium) => {
  expect(effectivePremium({ gasFeeCap, gasPremium, gasLimit: 1n }, baseFee)).toBe(premium)
})

test.each([
  [123n, 5999999999n, 100n, 2000000000n, 0n],
  [123n, 5999999999n, 0n, 2000000001n, 0n],
  [123n, 5999999999n, 100n, 2000000001n, 100n],
  [123n, 7999999999n, 100n, 2000000001n, 100n],
  [123n, 8000000000n, 100n, 2000000000n, 123n],
  [123n, 8000000000n, 100n, 9000000000n, 123n],
])("premium of the 20th percentile: %s for %s gas, %s for %s gas is %s", (p0, g0, p1, g1, premium) => {
  expect(
    percentilePremium([
      [p0, g0],
      [p1, g1],
    ]),
  ).toBe(premium)
})

const full = (baseFee: bigint, premium: bigint) =>
  nextBaseFee(baseFee, [{ gasLimit: 10_000_000_000n, gasFeeCap: 1n << 100n, gasPremium: premium }], 1, 28)

test("the base fee moves by at most an eighth, rounded up", () => {
  expect(full(1000n, 0n)).toBe(875n)
  expect(full(1000n, 125n)).toBe(1000n)
  expect(full(1000n, 200n)).toBe(1075n)
  expect(full(1000n, 10_000n)).toBe(1125n)
  expect(full(1001n, 10_000n)).toBe(1001n + 126n)
})

test("the base fee does not fall below 100", () => {
  expect(full(100n, 0n)).toBe(100n)
  expect(nextBaseFee(100n, [], 1, 28)).toBe(100n)
  expect(nextBaseFee(100n, [], 1, 27)).toBe(100n)
})

test("before network version 28 the gas limits count", () => {
  const message = (gasLimit: bigint) => ({ gasLimit, gasFeeCap: 1000n, gasPremium: 0n })
  expect(nextBaseFee(8000n, [message(10_000_000_000n)], 1, 27)).toBe(9000n)
  expect(nextBaseFee(8000n, [message(5_000_000_000n)], 1, 27)).toBe(8000n)
  expect(nextBaseFee(8000n, [], 1, 27)).toBe(7000n)
  expect(nextBaseFee(8000n, [message(10_000_000_000n)], 2, 27)).toBe(8000n)
})
