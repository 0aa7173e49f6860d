import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { readBundleFiles } from "../../../src/fvm/machine/bundle.ts"
import type { EthereumCase } from "../../ethereum/case.ts"
import { Random } from "../kernel/random.ts"
import { compareCase } from "./compare.ts"
import { caseOf, Maker } from "./program.ts"

const OURS = fileURLToPath(new URL("../../../dist/actors/bundle.car", import.meta.url))
const REGRESSIONS = fileURLToPath(new URL("./regressions", import.meta.url))
const PROGRAMS = 25

describe("a random program does the same on our EVM actor as on @ethereumjs/evm", () => {
  it.skipIf(!existsSync(OURS))(`seeds 1 to ${PROGRAMS}`, async () => {
    const [ours] = readBundleFiles(OURS)
    const [official] = process.env.FEVM_BUNDLE === undefined ? [] : readBundleFiles(process.env.FEVM_BUNDLE)
    if (ours === undefined) throw new Error("the bundle is empty")
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const { kind, text } = await compareCase(caseOf(new Maker(new Random(seed)).program()), ours, { official })
      expect(kind, `seed ${seed}: ${text}`).not.toBe("different")
    }
  })

  it.skipIf(!existsSync(OURS) || !existsSync(REGRESSIONS))("programs that once did not", async () => {
    const [ours] = readBundleFiles(OURS)
    const [official] = process.env.FEVM_BUNDLE === undefined ? [] : readBundleFiles(process.env.FEVM_BUNDLE)
    if (ours === undefined) throw new Error("the bundle is empty")
    for (const file of readdirSync(REGRESSIONS)) {
      const cases = JSON.parse(readFileSync(`${REGRESSIONS}/${file}`, "utf8")) as Record<string, EthereumCase>
      for (const [name, test] of Object.entries(cases)) {
        const { kind, text } = await compareCase(test, ours, { official })
        expect(kind, `${name}: ${text}`).not.toBe("different")
      }
    }
  })
})
