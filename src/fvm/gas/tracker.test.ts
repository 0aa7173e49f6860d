import { expect, test } from "vitest"
import { BudgetExceeded, Fatal, OutOfGas } from "../errors.ts"
import { WorkBudget } from "./budget.ts"
import type { Charge } from "./charge.ts"
import { GasTracker } from "./tracker.ts"

const charge = (compute: bigint, other = 0n): Charge => ({ name: "Test", compute, other })

test("a charge that fits is counted, compute and other together", () => {
  const gas = new GasTracker(20n)
  gas.charge(charge(15_000n, 4_999n))
  expect(gas.used).toBe(19_999n)
  expect(gas.available).toBe(1n)
})

test("a charge that does not fit throws OutOfGas and leaves the tracker at its limit", () => {
  const gas = new GasTracker(20n)
  gas.charge(charge(1n))
  expect(() => gas.charge(charge(20_000n))).toThrow(OutOfGas)
  expect(gas.used).toBe(20_000n)
  expect(gas.available).toBe(0n)
})

test("a charge that does not fit is heard of in full", () => {
  const heard: Charge[] = []
  const gas = new GasTracker(1n, (one) => heard.push(one))
  expect(() => gas.charge(charge(5000n))).toThrow(OutOfGas)
  gas.chargeCompute("wasm_exec", 0n)
  expect(heard).toEqual([charge(5000n), { name: "wasm_exec", compute: 0n, other: 0n }])
})

test("the limit is capped at 2^63 - 1 milligas", () => {
  expect(new GasTracker((1n << 63n) - 1n).limit).toBe((1n << 63n) - 1n)
})

test("a pushed limit is never more than what is available, and its use counts afterwards", () => {
  const gas = new GasTracker(10n)
  gas.charge(charge(4000n))
  gas.pushLimit(100_000n)
  expect(gas.available).toBe(6000n)
  gas.charge(charge(1000n))
  gas.popLimit()
  expect(gas.used).toBe(5000n)
  gas.pushLimit(2000n)
  expect(() => gas.charge(charge(2001n))).toThrow(OutOfGas)
  gas.popLimit()
  expect(gas.available).toBe(3000n)
})

test("popping without a pushed limit is fatal", () => {
  expect(() => new GasTracker(1n).popLimit()).toThrow(Fatal)
})

test("a budget pays for compute gas of all who share it, not for storage, and is named before the limit", () => {
  const budget = new WorkBudget(10n, 16)
  const first = new GasTracker(1000n, undefined, budget)
  first.charge(charge(4000n, 500_000n))
  expect(first.allowance).toBe(6000n)
  expect(first.available).toBe(496_000n)
  const second = new GasTracker(5n, undefined, budget)
  expect(second.allowance).toBe(5000n)
  expect(() => second.chargeCompute("wasm_exec", 5001n)).toThrow(OutOfGas)
  expect(() => first.chargeCompute("wasm_exec", 1000n)).toThrow(BudgetExceeded)
})
