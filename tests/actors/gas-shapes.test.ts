import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { runOnKernel } from "../ethereum/kernel.ts"
import { gasShapes } from "./gas-shapes.ts"

const OURS = fileURLToPath(new URL("../../dist/actors/bundle.car", import.meta.url))
const { FEVM_BUNDLE: OFFICIAL } = process.env
const there = OFFICIAL !== undefined && existsSync(OFFICIAL) && existsSync(OURS)
if (!there)
  console.warn("skipped: FEVM_BUNDLE names no bundle, so gas of shapes was not held to that of the official actors")

/** Gas of a message, ours / official. */
const [LEAST, MOST] = [0.8, 1.25]
/** What a message costs before it runs, beside 1,300 a byte. */
const INCLUSION = 560_663
const INCLUSION_PER_BYTE = 1300
/** Bytes of a message without its data. */
const ENVELOPE = 90

describe.skipIf(!there)(
  "what a message costs lies between 0.8 and 1.25 of what it costs with the official actors",
  () => {
    const kinds = [...new Set(gasShapes().map(({ kind }) => kind))]
    it.each(kinds)("%s", (wanted) => {
      const [ours] = readBundleFiles(OURS)
      const [official] = readBundleFiles(OFFICIAL ?? "")
      if (ours === undefined || official === undefined) throw new Error("a bundle is empty")
      for (const { name, test } of gasShapes().filter(({ kind }) => kind === wanted)) {
        const [here, far] = [ours, official].map((bundle) => runOnKernel(test, bundle, [ours, official]))
        if (here === undefined || far === undefined) throw new Error("no run")
        expect([here.exitCode, far.exitCode], name).toEqual([0, 0])
        const inclusion = INCLUSION + INCLUSION_PER_BYTE * (ENVELOPE + test.tx.data.length / 2)
        const ratio = (Number(here.gasUsed) + inclusion) / (Number(far.gasUsed) + inclusion)
        expect(ratio, name).toBeGreaterThanOrEqual(LEAST)
        expect(ratio, name).toBeLessThanOrEqual(MOST)
      }
    }, 120_000)
  },
)
