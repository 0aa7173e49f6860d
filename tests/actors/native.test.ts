import { existsSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { beforeAll, describe, expect, test } from "vitest"
import { type Bundle, loadBundle } from "../../src/fvm/machine/bundle.ts"
import { differences } from "../support/compare-results.ts"
import { runVector } from "../support/run-vector.ts"
import type { Vector } from "../vectors/format.ts"

// What the official actors (v18) did on the reference FVM: recorded by src/actors/testing/record.ts.
const recorded = ["native", "datacap", "verifreg", "evm", "named"].flatMap(
  (set) =>
    JSON.parse(
      gunzipSync(readFileSync(new URL(`./${set}-vectors.json.gz`, import.meta.url))).toString("utf8"),
    ) as Vector[],
)

const BUNDLE = new URL("../../dist/actors/bundle.car", import.meta.url)

describe("our actors do what the official ones do, state included", () => {
  let bundle: Bundle
  beforeAll(() => {
    if (!existsSync(BUNDLE)) throw new Error("dist/actors/bundle.car is not there: npm run build")
    bundle = loadBundle(new Uint8Array(readFileSync(BUNDLE)))
  })

  test.each(recorded.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
    const ours = runVector(vector, bundle)
    expect(differences(vector as unknown as Parameters<typeof differences>[0], ours)).toEqual([])
  })
})
