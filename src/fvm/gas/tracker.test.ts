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

test("gas was seen when an actor asks for it, or a call has a limit of its own, and not by charges", () => {
  const asked = new GasTracker(10n)
  asked.charge(charge(4000n))
  expect(asked.wasSeen).toBe(false)
  expect(asked.show()).toBe(6000n)
  expect(asked.wasSeen).toBe(true)
  const shared = new GasTracker(10n)
  shared.pushLimit(1000n)
  shared.popLimit()
  expect(shared.wasSeen).toBe(true)
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

test("amounts beyond what doubles count are counted as exactly, and so is the way down to those", () => {
  const limit = 2n ** 62n
  const whole = (limit / 1000n) * 1000n
  const gas = new GasTracker(limit / 1000n)
  expect(gas.allowanceNearby).toBe(-1)
  expect(gas.availableNearby).toBe(2 ** 52)
  gas.charge(charge(2n ** 61n + 1n))
  gas.charge({ name: "Test", compute: 3, other: 4 })
  gas.chargeSyscall(5, 6)
  expect(gas.available).toBe(whole - 2n ** 61n - 19n)
  gas.charge(charge(gas.available - 2n ** 52n - 1n))
  expect(gas.allowanceNearby).toBe(-1)
  gas.chargeCompute("Test", 1)
  expect(gas.allowanceNearby).toBe(2 ** 52)
  gas.chargeCompute("Test", 1)
  expect(gas.available).toBe(2n ** 52n - 1n)
  expect(gas.used).toBe(whole - 2n ** 52n + 1n)
  expect(() => gas.charge({ name: "Test", compute: 2 ** 52, other: 0 })).toThrow(OutOfGas)
  expect(gas.used).toBe(whole)
})

test("a limit within a limit may be near while the outer one is far, and comes back to it", () => {
  const gas = new GasTracker(2n ** 60n)
  gas.pushLimit(5000n)
  expect(gas.allowanceNearby).toBe(5000)
  gas.chargeSyscall(1, 2)
  gas.popLimit()
  const all = 2n ** 63n - 1n
  expect([gas.limit, gas.used, gas.available]).toEqual([all, 3n, all - 3n])
})

test("code and its syscall are two charges where somebody listens, and fail the same way together", () => {
  const heard: Charge[] = []
  const listened = new GasTracker(1n, (one) => heard.push(one))
  const other = new GasTracker(1n)
  for (const gas of [listened, other]) {
    gas.chargeSyscall(100, 900)
    expect(gas.used).toBe(1000n)
    expect(() => gas.chargeSyscall(0, 1)).toThrow(OutOfGas)
    expect(gas.used).toBe(1000n)
  }
  expect(heard.map(({ name, compute }) => [name, compute])).toEqual([
    ["wasm_exec", 100n],
    ["OnSyscall", 900n],
    ["wasm_exec", 0n],
    ["OnSyscall", 1n],
  ])
  const budget = new WorkBudget(1n, 16)
  const gas = new GasTracker(1000n, undefined, budget)
  gas.chargeSyscall(400, 600)
  expect([gas.allowance, gas.allowanceNearby]).toEqual([0n, 0])
  expect(() => gas.chargeSyscall(0, 1)).toThrow(BudgetExceeded)
})
