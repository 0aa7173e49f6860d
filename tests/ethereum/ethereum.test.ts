import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import type { EthereumCase } from "./case.ts"
import { judge } from "./judge.ts"

const OURS = fileURLToPath(new URL("../../dist/actors/bundle.car", import.meta.url))
const DATA = fileURLToPath(new URL("../../../shared/data/ethereum-tests", import.meta.url))
const there = existsSync(DATA) && existsSync(OURS)
if (!there) console.warn(`skipped: no cases at ${DATA} or no bundle at ${OURS}, so Ethereum's cases were not run`)

/** Files of which every so-manieth case is run here; `npm run ethereum-tests` runs all of all files. */
const FILES: ReadonlyArray<readonly [name: string, every: number]> = [
  ["Pyspecs-cancun-eip5656_mcopy", 6],
  ["Pyspecs-cancun-eip1153_tstore", 9],
  ["VMTests-vmArithmeticTest", 20],
  ["stCallCodes", 9],
  ["stLogTests", 6],
  ["stShift", 9],
]

describe.skipIf(!there)("Ethereum's cases end as they say, or as @ethereumjs/evm ends by Filecoin's rules", () => {
  for (const [name, every] of FILES)
    it(name, async () => {
      const [ours] = readBundleFiles(OURS)
      if (ours === undefined) throw new Error("the bundle is empty")
      const text = gunzipSync(readFileSync(`${DATA}/${name}.json.gz`)).toString()
      const cases = Object.entries(JSON.parse(text) as Record<string, EthereumCase>)
      for (const [i, [title, test]] of cases.entries()) {
        if (i % every !== 0) continue
        const verdict = await judge(test, ours)
        expect(verdict.kind, `${title}: ${verdict.text}`).not.toBe("failed")
      }
    })
})
