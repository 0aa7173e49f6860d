import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { MemoryBlockstore } from "../../ipld/blockstore.ts"
import { type CID, cidOfBlock, DAG_CBOR, RAW } from "../../ipld/cid.ts"
import { decode, encode, encodeBigInt } from "../../ipld/dag-cbor.ts"
import { Fatal, MachineError } from "../errors.ts"
import { actorCodec } from "./actor-codec.ts"
import type { ActorState } from "./actor-state.ts"
import { HistoryMap } from "./history-map.ts"
import { createAddressMap, storeInitState } from "./init-actor.ts"
import { StateTree } from "./state-tree.ts"

const code = cidOfBlock(RAW, new Uint8Array([1]))
const head = cidOfBlock(DAG_CBOR, new Uint8Array([0x80]))
const actor = (balance: bigint, more: Partial<ActorState> = {}): ActorState => ({
  code,
  state: head,
  sequence: 0n,
  balance,
  delegatedAddress: undefined,
  ...more,
})

function treeWithInit(store = new MemoryBlockstore()): { store: MemoryBlockstore; tree: StateTree } {
  const tree = StateTree.create(store)
  const state = storeInitState(store, {
    addressMap: createAddressMap(store).flush(),
    nextId: 100n,
    networkName: "test",
  })
  tree.setActor(1n, actor(0n, { state }))
  return { store, tree }
}

describe("HistoryMap", () => {
  test("rolls back to any earlier height, in reverse order", () => {
    const map = new HistoryMap<number, string>()
    map.set(1, "foo")
    map.set(2, "bar")
    const height = map.height
    map.set(1, "baz")
    map.set(1, "qux")
    map.rollback(height)
    expect([map.get(1), map.get(2)]).toEqual(["foo", "bar"])
    map.rollback(height + 10)
    expect(map.get(1)).toBe("foo")
    map.rollback(0)
    expect([map.get(1), map.get(2), map.height]).toEqual([undefined, undefined, 0])
  })

  test("what was cached stays", () => {
    const map = new HistoryMap<number, string>()
    map.cache(1, "below")
    map.set(1, "above")
    map.rollback(0)
    expect(map.get(1)).toBe("below")
  })
})

describe("actor codec", () => {
  const address = fc.uint8Array({ minLength: 0, maxLength: 54 }).map((subaddress) => Address.delegated(10n, subaddress))
  const states: fc.Arbitrary<ActorState> = fc.record({
    code: fc.constant<CID>(code),
    state: fc.constant<CID>(head),
    sequence: fc.oneof(fc.bigInt({ min: 0n, max: 70_000n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
    balance: fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 1n << 300n })),
    delegatedAddress: fc.option(address, { nil: undefined }),
  })

  test("writes what the general encoder writes and reads it again", () => {
    fc.assert(
      fc.property(states, (state) => {
        const bytes = actorCodec.encode(state)
        expect(bytes).toEqual(
          encode([
            state.code,
            state.state,
            state.sequence,
            encodeBigInt(state.balance),
            state.delegatedAddress?.bytes ?? null,
          ]),
        )
        const back = actorCodec.decode(bytes)
        expect(back.code.equals(state.code) && back.state.equals(state.state)).toBe(true)
        expect([back.sequence, back.balance, back.delegatedAddress?.key]).toEqual([
          state.sequence,
          state.balance,
          state.delegatedAddress?.key,
        ])
      }),
    )
  })

  test("refuses what is cut off or has something after it", () => {
    const bytes = actorCodec.encode(actor(5n))
    expect(() => actorCodec.decode(bytes.subarray(0, bytes.length - 1))).toThrow()
    expect(() => actorCodec.decode(new Uint8Array([...bytes, 0]))).toThrow()
  })
})

describe("StateTree", () => {
  test("what was flushed is there after loading, and a deleted actor is not", () => {
    const { store, tree } = treeWithInit()
    tree.setActor(1000n, actor(7n))
    tree.setActor(1001n, actor(8n))
    tree.flush()
    tree.deleteActor(1001n)
    const loaded = StateTree.load(store, tree.flush())
    expect(loaded.getActor(1000n)?.balance).toBe(7n)
    expect(loaded.getActor(1001n)).toBeUndefined()
    expect([...loaded.actors()].map(([id]) => id).sort()).toEqual([1000n, 1n].sort())
  })

  test("the root is [5, HAMT, info] and does not depend on the way to it", () => {
    const { store, tree } = treeWithInit()
    tree.setActor(1000n, actor(7n))
    const first = tree.flush()
    expect((decode(store.get(first)!) as unknown[])[0]).toBe(5)
    tree.setActor(1000n, actor(9n))
    tree.flush()
    tree.setActor(1000n, actor(7n))
    expect(tree.flush().toString()).toBe(first.toString())
  })

  test("a reverted layer takes back its changes and those of layers inside it", () => {
    const { tree } = treeWithInit()
    tree.setActor(1000n, actor(1n))
    tree.beginTransaction()
    tree.setActor(1000n, actor(2n))
    tree.beginTransaction()
    tree.deleteActor(1000n)
    tree.endTransaction(false)
    expect(tree.getActor(1000n)).toBeUndefined()
    tree.endTransaction(true)
    expect(tree.getActor(1000n)?.balance).toBe(1n)
  })

  test("registering an address takes the next ID, and reverting gives it back", () => {
    const { store, tree } = treeWithInit()
    const address = Address.delegated(10n, new Uint8Array(20))
    expect(tree.lookupId(address)).toBeUndefined()
    tree.beginTransaction()
    expect(tree.registerAddress(address)).toBe(100n)
    expect(tree.lookupId(address)).toBe(100n)
    tree.endTransaction(true)
    expect(tree.lookupId(address)).toBeUndefined()
    expect(tree.registerAddress(address)).toBe(100n)
    expect(StateTree.load(store, tree.flush()).lookupId(address)).toBe(100n)
  })

  test("an f0 address is taken at its word", () => {
    expect(treeWithInit().tree.lookupId(Address.id(4711))).toBe(4711n)
  })

  test("it is not flushed inside of a transaction", () => {
    const { tree } = treeWithInit()
    tree.beginTransaction()
    expect(() => tree.flush()).toThrow(Fatal)
  })

  test("a missing root, another version and other shapes are refused", () => {
    const store = new MemoryBlockstore()
    const put = (value: Parameters<typeof encode>[0]): CID => {
      const bytes = encode(value)
      const cid = cidOfBlock(DAG_CBOR, bytes)
      store.put(cid, bytes)
      return cid
    }
    expect(() => StateTree.load(store, head)).toThrow(MachineError)
    expect(() => StateTree.load(store, put([4, head, head]))).toThrow(MachineError)
    expect(() => StateTree.load(store, put(["x"]))).toThrow(MachineError)
  })
})
