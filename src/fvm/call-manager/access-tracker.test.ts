import { expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { AccessTracker, READ, UPDATED } from "./access-tracker.ts"

test("preloaded actors are paid for", () => {
  expect(new AccessTracker([1n]).access(1n)).toBe(UPDATED)
  expect(new AccessTracker([1n]).access(2n)).toBe(0)
})

test("reading after updating does not make it less", () => {
  const tracker = new AccessTracker([])
  tracker.recordUpdate(101n)
  tracker.recordRead(101n)
  expect(tracker.access(101n)).toBe(UPDATED)
})

test("a reverted call has paid for nothing, a committed one for all", () => {
  const tracker = new AccessTracker([])
  tracker.recordRead(101n)
  const address = Address.actor(new Uint8Array([1]))
  tracker.beginTransaction()
  tracker.recordUpdate(101n)
  tracker.recordRead(102n)
  tracker.recordAddress(address)
  tracker.endTransaction(true)
  expect([tracker.access(101n), tracker.access(102n), tracker.isAddressKnown(address)]).toEqual([READ, 0, false])
  tracker.beginTransaction()
  tracker.recordRead(102n)
  tracker.recordAddress(address)
  tracker.endTransaction(false)
  expect([tracker.access(102n), tracker.isAddressKnown(address)]).toEqual([READ, true])
})

test("an ID address needs no resolving", () => {
  expect(new AccessTracker([]).isAddressKnown(Address.id(1))).toBe(true)
})
