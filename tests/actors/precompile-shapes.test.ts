import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { callPrecompile } from "../ethereum/precompile-call.ts"
import {
  bls12381Shapes,
  bn254Shapes,
  hashShapes,
  modexpShapes,
  type PrecompileShape,
  signatureShapes,
} from "../ethereum/precompile-shapes.ts"

const OURS = fileURLToPath(new URL("../../dist/actors/bundle.car", import.meta.url))
const { FEVM_BUNDLE: OFFICIAL } = process.env
const there = OFFICIAL !== undefined && existsSync(OFFICIAL) && existsSync(OURS)
if (!there) console.warn("skipped: FEVM_BUNDLE names no bundle, so precompiles were not held to the official ones")

/** Gas of a message to a precompile, ours / official. */
const MOST = 2

const LISTS: ReadonlyArray<readonly [name: string, shapes: () => readonly PrecompileShape[]]> = [
  ["hashes", hashShapes],
  ["signatures", signatureShapes],
  ["modexp", () => modexpShapes([1, 8, 33])],
  ["BN254", bn254Shapes],
  ["BLS12-381", bls12381Shapes],
]

describe.skipIf(!there)("a precompile answers as the official one, for at most twice its gas", () => {
  it.each(LISTS)(
    "%s",
    (_, shapes) => {
      const [ours] = readBundleFiles(OURS)
      const [official] = readBundleFiles(OFFICIAL ?? "")
      if (ours === undefined || official === undefined) throw new Error("a bundle is empty")
      for (const { address, name, input } of shapes()) {
        const [here, there] = [callPrecompile(address, input, ours), callPrecompile(address, input, official)]
        expect([here.got, here.exitCode], name).toEqual([there.got, there.exitCode])
        expect(Number(here.gasUsed) / Number(there.gasUsed), name).toBeLessThanOrEqual(MOST)
      }
    },
    120_000,
  )
})
