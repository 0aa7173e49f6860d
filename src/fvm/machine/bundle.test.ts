import { describe, expect, test } from "vitest"
import { encodeCar } from "../../ipld/car.ts"
import { type CID, cidKey, cidOfBlock, DAG_CBOR, RAW } from "../../ipld/cid.ts"
import { encode, type Ipld } from "../../ipld/dag-cbor.ts"
import { BundleError, MachineError } from "../errors.ts"
import { codeOfBundles, isCodeOfBundles, loadBundle, readBundleFiles } from "./bundle.ts"

interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array
}

const NAMES = ["system", "init", "cron", "account", "placeholder", "eam", "ethaccount"]
const cbor = (value: Ipld): Block => {
  const bytes = encode(value)
  return { cid: cidOfBlock(DAG_CBOR, bytes), bytes }
}
const wasm = (name: string): Block => {
  const bytes = new TextEncoder().encode(name)
  return { cid: cidOfBlock(RAW, bytes), bytes }
}

function car(names: readonly string[] = NAMES, options: { version?: number; without?: string } = {}): Uint8Array {
  const data = cbor(names.map((name) => [name, wasm(name).cid]))
  const root = cbor([options.version ?? 1, data.cid])
  const codes = names.filter((name) => name !== options.without).map(wasm)
  return encodeCar([root.cid], [root, data, ...codes])
}

describe("a bundle", () => {
  test("numbers its actors from 1, in its own order", () => {
    const { manifest } = loadBundle(car())
    expect(manifest.typeOf(wasm("cron").cid)).toBe(3)
    expect(manifest.codeOfType(3)?.toString()).toBe(wasm("cron").cid.toString())
    expect([manifest.codeOfType(0), manifest.codeOfType(8)]).toEqual([undefined, undefined])
    expect(manifest.typeOf(wasm("unknown").cid)).toBe(0)
    expect(manifest.is("account", wasm("account").cid)).toBe(true)
    expect(manifest.find("evm")).toBeUndefined()
  })

  test.each([
    ["no CAR", new Uint8Array([1, 2, 3])],
    ["another manifest version", car(NAMES, { version: 2 })],
    ["Wasm that is missing", car(NAMES, { without: "cron" })],
  ])("%s is refused", (_, bytes) => {
    expect(() => loadBundle(bytes)).toThrow(BundleError)
  })

  test("a manifest without an actor that the kernel needs is refused", () => {
    expect(() => loadBundle(car(NAMES.filter((name) => name !== "eam")))).toThrow(MachineError)
  })

  test("code is found in the bundle that has it", () => {
    const bundles = [loadBundle(car())]
    expect(codeOfBundles(bundles)(wasm("init").cid)).toEqual(wasm("init").bytes)
    expect(codeOfBundles(bundles)(wasm("other").cid)).toBeUndefined()
    expect(isCodeOfBundles(bundles)(cidKey(wasm("init").cid))).toBe(true)
    expect(isCodeOfBundles([])(cidKey(wasm("init").cid))).toBe(false)
  })

  test("a file that is not there is named", () => {
    expect(() => readBundleFiles("/nowhere/x.car")).toThrow(/\/nowhere\/x\.car/)
    expect(readBundleFiles("")).toEqual([])
  })
})
