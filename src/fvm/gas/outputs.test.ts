import fc from "fast-check"
import { expect, test } from "vitest"
import { computeGasOutputs } from "./outputs.ts"

// used, limit, refund, burned: the cases that Lotus and the reference test.
test.each([
  [100n, 200n, 10n, 90n],
  [100n, 150n, 30n, 20n],
  [1_000n, 1_300n, 240n, 60n],
  [500n, 700n, 140n, 60n],
  [200n, 200n, 0n, 0n],
  [20_000n, 21_000n, 1_000n, 0n],
  [0n, 2_000n, 0n, 2_000n],
  [500n, 651n, 121n, 30n],
  [500n, 5_000n, 0n, 4_500n],
  [7_499_000_000n, 7_500_000_000n, 1_000_000n, 0n],
  [3_750_000_000n, 7_500_000_000n, 375_000_000n, 3_375_000_000n],
  [1n, 7_500_000_000n, 0n, 7_499_999_999n],
])("over-estimation: %d used of %d refunds %d and burns %d gas", (used, limit, refund, burned) => {
  const { gasRefund, gasBurned } = computeGasOutputs(used, limit, 100n, 200n, 1n)
  expect([gasRefund, gasBurned]).toEqual([refund, burned])
})

test("a fee cap below the base fee is all burnt, leaves no tip, and the producer owes the rest", () => {
  expect(computeGasOutputs(100n, 110n, 100n, 60n, 10n)).toEqual({
    baseFeeBurn: 6000n,
    overEstimationBurn: 0n,
    minerPenalty: 4000n,
    minerTip: 0n,
    refund: 600n,
    gasRefund: 10n,
    gasBurned: 0n,
  })
})

test("the premium is cut to what the fee cap leaves above the base fee, and is paid for the whole limit", () => {
  expect(computeGasOutputs(100n, 110n, 100n, 105n, 10n).minerTip).toBe(550n)
  expect(computeGasOutputs(100n, 110n, 100n, 200n, 10n).minerTip).toBe(1100n)
})

test("burns, tip and refund add up to fee cap times gas limit", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(amount, amount, amount, amount, amount, (limit, part, baseFee, feeCap, premium) => {
      const used = limit === 0n ? 0n : part % (limit + 1n)
      const out = computeGasOutputs(used, limit, baseFee, feeCap, premium)
      expect(out.baseFeeBurn + out.overEstimationBurn + out.minerTip + out.refund).toBe(feeCap * limit)
      expect(out.gasRefund + out.gasBurned).toBe(limit - used)
    }),
  )
})
