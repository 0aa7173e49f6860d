import { sha256 } from "@noble/hashes/sha2.js"
import { beforeAll, describe, expect, test } from "vitest"
import { Amt } from "../ipld/amt.ts"
import { MemoryBlockstore } from "../ipld/blockstore.ts"
import { cidOfBlock, decodeCid } from "../ipld/cid.ts"
import { bytesCodec } from "../ipld/codec.ts"
import { Hamt } from "../ipld/hamt.ts"
import { Kamt, uint256Codec } from "../ipld/kamt.ts"
import { compileActor } from "./compile.ts"

interface Operation {
  readonly what: 0 | 1 | 2 | 3 | 4 | 5
  readonly key: Uint8Array
  readonly value: Uint8Array
}

const NONE = new Uint8Array(32)

/** The Wasm of testing/maps.ts. */
let wasm: Uint8Array
beforeAll(async () => {
  wasm = await compileActor("src/actors/testing/maps.ts")
})

interface WasmApi {
  readonly Module: new (code: Uint8Array) => unknown
  readonly Instance: new (
    module: unknown,
    imports: unknown,
  ) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly invoke: (params: number) => number }
  }
}

/** Runs operations on a map of the SDK, with a host of the few syscalls that maps need. */
function run(kind: number, operations: readonly Operation[]): Uint8Array {
  const store = new MemoryBlockstore()
  const params = Uint8Array.from([kind, ...operations.flatMap(({ what, key, value }) => [what, ...key, ...value])])
  const blocks: Array<{ readonly codec: number; readonly bytes: Uint8Array }> = [
    { codec: 0, bytes: NONE },
    { codec: 0x55, bytes: params },
  ]
  // Memory that grows is another buffer: it is looked at anew each time.
  const bytes = (): Uint8Array => new Uint8Array(exports.memory.buffer)
  const view = (): DataView => new DataView(exports.memory.buffer)
  const syscalls = {
    debug: { enabled: (ret: number) => view().setInt32(ret, -1, true) },
    vm: {
      message_context: () => 0,
      exit: (code: number, _block: number, at: number, length: number) => {
        throw new Error(`exit ${code}: ${new TextDecoder().decode(bytes().subarray(at, at + length))}`)
      },
    },
    ipld: {
      block_stat: (ret: number, id: number) => {
        view().setBigUint64(ret, BigInt(blocks[id]!.codec), true)
        view().setUint32(ret + 8, blocks[id]!.bytes.length, true)
      },
      block_read: (ret: number, id: number, offset: number, into: number, length: number) => {
        bytes().set(blocks[id]!.bytes.subarray(offset, offset + length), into)
        view().setInt32(ret, blocks[id]!.bytes.length - offset - length, true)
      },
      block_create: (ret: number, codec: bigint, at: number, length: number) => {
        const id = blocks.push({ codec: Number(codec), bytes: bytes().slice(at, at + length) }) - 1
        view().setUint32(ret, id, true)
      },
      block_open: (ret: number, at: number) => {
        const block = store.get(decodeCid(bytes().slice(at, at + 38)))
        if (block === undefined) return 6
        view().setBigUint64(ret, 0x71n, true)
        view().setUint32(ret + 8, blocks.push({ codec: 0x71, bytes: block }) - 1, true)
        view().setUint32(ret + 12, block.length, true)
        return 0
      },
      block_link: (ret: number, id: number, _hash: bigint, _length: number, into: number) => {
        const block = blocks[id]!
        const cid = cidOfBlock(block.codec, block.bytes)
        store.put(cid, block.bytes)
        bytes().set(cid.bytes, into)
        view().setUint32(ret, cid.bytes.length, true)
      },
    },
    crypto: {
      hash: (ret: number, _code: bigint, at: number, length: number, into: number) => {
        bytes().set(sha256(bytes().slice(at, at + length)), into)
        view().setUint32(ret, 32, true)
      },
    },
  }
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly
  const { exports } = new Instance(new Module(wasm), syscalls)
  return blocks[exports.invoke(1)]!.bytes
}

/** A generator of numbers below 2^32, the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Keys of the kinds that contracts have: small slots, runs beside each other, and hashes. */
function makeKey(next: (below: number) => number): Uint8Array {
  const key = new Uint8Array(32)
  const kind = next(3)
  if (kind === 0) key[31] = next(40)
  else {
    key.set(sha256(Uint8Array.of(next(kind === 1 ? 3 : 60))))
    if (kind === 1) key[31] = next(60)
  }
  return key
}

const makeValue = (next: (below: number) => number): Uint8Array => {
  const value = new Uint8Array(32)
  value.set([1 + next(255), next(256)], next(31))
  return value
}

function operationsOf(seed: number, count: number, kinds: ReadonlyArray<Operation["what"]>): Operation[] {
  const next = random(seed)
  const operations: Operation[] = []
  for (let i = 0; i < count; i++) {
    const what = kinds[next(kinds.length)]!
    if (what === 3) operations.push({ what: 2, key: NONE, value: NONE })
    operations.push({ what, key: makeKey(next), value: next(3) === 0 ? NONE : makeValue(next) })
  }
  operations.push({ what: 2, key: NONE, value: NONE })
  return operations
}

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1)
const toWord = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)
const fromWord = (word: bigint): Uint8Array => Uint8Array.from(Buffer.from(word.toString(16).padStart(64, "0"), "hex"))

describe("maps of the SDK answer and store what the maps of src/ipld do, operation by operation", () => {
  test.each(SEEDS)("KAMT, seed %i", (seed) => {
    const operations = operationsOf(seed, 400, [0, 0, 0, 0, 0, 0, 1, 2, 3])
    const map = Kamt.create(new MemoryBlockstore(), uint256Codec, { bitWidth: 5, minDataDepth: 0, maxArrayWidth: 1 })
    const expected: number[] = []
    for (const { what, key, value } of operations) {
      const word = toWord(value)
      if (what === 0) expected.push(Number((map.get(key) ?? 0n) !== word))
      if (what === 0 && word === 0n) map.delete(key)
      else if (what === 0) map.set(key, word)
      else if (what === 1) expected.push(...fromWord(map.get(key) ?? 0n))
      else if (what === 2) expected.push(...map.flush().bytes)
    }
    expect(Buffer.from(run(0, operations)).toString("hex")).toBe(Buffer.from(expected).toString("hex"))
  })

  test.each(SEEDS)("HAMT, seed %i", (seed) => {
    const operations = operationsOf(seed, 400, [0, 0, 0, 4, 4, 5, 1, 2, 3])
    const map = Hamt.create(new MemoryBlockstore(), bytesCodec, { bitWidth: 5 })
    const expected: number[] = []
    for (const { what, key, value } of operations) {
      const before = map.get(key)
      if (what === 0) {
        expected.push(Number(before === undefined || toWord(before) !== toWord(value)))
        map.set(key, value)
      } else if (what === 1) expected.push(...(before ?? NONE))
      else if (what === 2) expected.push(...map.flush().bytes)
      else if (what === 4) expected.push(Number(map.delete(key)))
      else if (what === 5) expected.push(Number(map.setIfAbsent(key, value)))
    }
    expect(Buffer.from(run(1, operations)).toString("hex")).toBe(Buffer.from(expected).toString("hex"))
  })

  test.each(SEEDS)("AMT, seed %i", (seed) => {
    const next = random(seed + 1000)
    const operations = operationsOf(seed, 100, [0, 0, 0, 1, 2, 3]).map((operation) => {
      const key = new Uint8Array(32)
      new DataView(key.buffer).setBigUint64(0, BigInt(next(200)) << BigInt(next(8) === 0 ? next(50) : 0), true)
      return { ...operation, key }
    })
    const array = Amt.create(new MemoryBlockstore(), bytesCodec, { bitWidth: 3 })
    const expected: number[] = []
    for (const { what, key, value } of operations) {
      const index = new DataView(key.buffer).getBigUint64(0, true)
      if (what === 0) {
        array.set(index, value)
        expected.push(1)
      } else if (what === 1) expected.push(...(array.get(index) ?? NONE))
      else if (what === 2) expected.push(...array.flush().bytes)
    }
    expect(Buffer.from(run(2, operations)).toString("hex")).toBe(Buffer.from(expected).toString("hex"))
  })
})
