import { expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { MemoryBlockstore } from "../ipld/blockstore.ts"
import { cidOfBlock, RAW } from "../ipld/cid.ts"
import { pack, unpack } from "./wire.ts"
import { WriteBackBlockstore } from "./write-back.ts"

const block = (n: number) => ({ cid: cidOfBlock(RAW, new Uint8Array([n])), bytes: new Uint8Array([n]) })

test("what is put is read at once and reaches the base only when it is written", () => {
  const base = new MemoryBlockstore()
  const store = new WriteBackBlockstore(base)
  const { cid, bytes } = block(1)
  store.put(cid, bytes)
  expect(store.get(cid)).toEqual(bytes)
  expect(base.has(cid)).toBe(false)
  store.writePending()
  store.committed()
  expect(base.has(cid)).toBe(true)
  expect(store.get(cid)).toEqual(bytes)
})

test("what is discarded was never there", () => {
  const base = new MemoryBlockstore()
  const store = new WriteBackBlockstore(base)
  store.putMany([block(1), block(2)])
  store.discard()
  store.writePending()
  expect(store.has(block(1).cid)).toBe(false)
  expect(base.size).toBe(0)
})

test("addresses, CIDs, errors and bytes survive the way between threads", () => {
  const large = new Uint8Array(1000)
  const value = {
    address: Address.id(5n),
    cid: block(1).cid,
    list: [1n, "two", null, undefined, large.subarray(10, 20)],
    error: Object.assign(new RangeError("why"), { errorNumber: "NotFound" }),
  }
  const back = unpack(structuredClone(pack(value))) as typeof value
  expect(back.address).toBeInstanceOf(Address)
  expect(back.address.equals(value.address)).toBe(true)
  expect(back.cid.equals(value.cid)).toBe(true)
  expect(back.list).toEqual([1n, "two", null, undefined, new Uint8Array(10)])
  expect((back.list[4] as Uint8Array).buffer.byteLength).toBe(10)
  expect(back.error).toMatchObject({ name: "RangeError", message: "why", errorNumber: "NotFound" })
})

test("a block that is in the base already is not written again", () => {
  const base = new MemoryBlockstore()
  const store = new WriteBackBlockstore(base)
  const { cid, bytes } = block(1)
  store.put(cid, bytes)
  store.writePending()
  store.committed()
  base.delete(cid)
  store.put(cid, bytes)
  store.writePending()
  expect(base.has(cid)).toBe(false)
})
