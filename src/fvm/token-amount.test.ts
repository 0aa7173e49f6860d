import { expect, test } from "vitest"
import { formatTokenAmount } from "./token-amount.ts"

test.each([
  [0n, "0.0"],
  [-5n, "-0.000000000000000005"],
  [10n ** 24n, "1000000.0"],
  [1_500_000_000_000_000_000n, "1.5"],
])("an amount of %s attoFIL reads %s", (amount, text) => {
  expect(formatTokenAmount(amount)).toBe(text)
})
