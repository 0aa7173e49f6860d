import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loadBundle } from "../fvm/machine/bundle.ts"
import { cidKey } from "../ipld/cid.ts"
import { encode } from "../ipld/dag-cbor.ts"
import { Chain } from "./chain.ts"
import { isPreparedFrom, prepareBundle, readPrepared } from "./prepared.ts"
import { createEngine } from "./runtime.ts"
import { ChainStore } from "./store.ts"
import { standInBundle, testOptions } from "./testing/stand-ins.ts"

const CAR = standInBundle()
let folder: string
let path: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fevm-prepared-"))
  path = join(folder, "prepared.cbor")
  writeFileSync(path, prepareBundle(CAR, 28))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe("what the build prepares of a bundle", () => {
  it("is of that bundle and no other", () => {
    const prepared = readPrepared(path)!
    expect(isPreparedFrom(prepared, CAR)).toBe(true)
    const other = CAR.slice()
    other[other.length - 1]! ^= 1
    expect(isPreparedFrom(prepared, other)).toBe(false)
  })

  it("is the instrumented code of all its actors, under the keys that the engine asks for", () => {
    const rows = new Map(readPrepared(path)!.code)
    const put = (): void => expect.unreachable("nothing is left to be instrumented")
    const engine = createEngine(28, [], { get: (key) => rows.get(key), put })
    for (const [, code] of loadBundle(CAR).manifest.actors)
      expect(engine.load(cidKey(code), () => expect.unreachable("no Wasm is needed"))).toBeDefined()
  })

  it("is in the database of a new chain of that bundle, and of no other", async () => {
    const keys = async (bundle: Uint8Array, name: string): Promise<string[]> => {
      const dataDir = join(folder, name)
      await (await Chain.open(testOptions({ bundles: [bundle], prepared: path, dataDir }))).close()
      const store = new ChainStore({ path: dataDir, durable: true })
      const list = [...store.codeKeys()]
      await store.close()
      return list
    }
    const prepared = readPrepared(path)!.code.map(([key]) => key)
    expect((await keys(CAR, "same")).sort()).toEqual(prepared.sort())
    expect(await keys(standInBundle({ evm: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) }), "other")).toEqual([])
  })

  it("is ignored when it is missing or damaged", () => {
    expect(readPrepared(join(folder, "nothing"))).toBeUndefined()
    const damaged = join(folder, "damaged")
    for (const bytes of [new Uint8Array(), encode(1), encode([new Uint8Array(32), [["key"]]])]) {
      writeFileSync(damaged, bytes)
      expect(readPrepared(damaged)).toBeUndefined()
    }
  })
})
