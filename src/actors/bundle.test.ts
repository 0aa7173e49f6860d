import { existsSync, readFileSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import { type Bundle, loadBundle } from "../fvm/machine/bundle.ts"

const BUNDLE = new URL("../../dist/actors/bundle.car", import.meta.url)

// Actor types, from 1. Source: builtin-actors vm_api/src/builtin.rs.
const NAMES = [
  "system",
  "init",
  "cron",
  "account",
  "storagepower",
  "storageminer",
  "storagemarket",
  "paymentchannel",
  "multisig",
  "reward",
  "verifiedregistry",
  "datacap",
  "placeholder",
  "evm",
  "eam",
  "ethaccount",
]

describe("the embedded bundle", () => {
  let bundle: Bundle
  beforeAll(() => {
    if (!existsSync(BUNDLE)) throw new Error("dist/actors/bundle.car is not there: npm run build")
    bundle = loadBundle(new Uint8Array(readFileSync(BUNDLE)))
  })

  test("gives each actor the type that the network gives it", () => {
    const types = NAMES.map((name) => bundle.manifest.typeOf(bundle.manifest.find(name)!))
    expect(types).toEqual(NAMES.map((_, at) => at + 1))
  })

  test("has a code CID for each actor, so that a CID names one type", () => {
    const codes = NAMES.map((name) => bundle.manifest.find(name)!.toString())
    expect(new Set(codes).size).toBe(NAMES.length)
  })
})
