/**
 * Records what the official actors make of the scenarios, on the reference FVM, all or those of the sets that are named:
 *
 *     FEVM_ORACLE=fvm-oracle FEVM_BUNDLE=builtin-actors-mainnet.car node --import tsx src/actors/testing/record.ts [native datacap]
 */
import { writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { DATACAP_SCENARIOS } from "./datacap-scenarios.ts"
import type { Json } from "./messages.ts"
import { NATIVE_SCENARIOS } from "./native-scenarios.ts"
import { Oracle } from "./oracle.ts"
import { VERIFREG_SCENARIOS } from "./verifreg-scenarios.ts"

const SETS: Readonly<Record<string, readonly Json[]>> = {
  native: NATIVE_SCENARIOS,
  datacap: DATACAP_SCENARIOS,
  verifreg: VERIFREG_SCENARIOS,
}

const { FEVM_ORACLE: program, FEVM_BUNDLE: bundle } = process.env
if (program === undefined || bundle === undefined) throw new RangeError("set FEVM_ORACLE and FEVM_BUNDLE")
const wanted = process.argv.slice(2)
const oracle = new Oracle(program, bundle)
for (const [name, scenarios] of Object.entries(SETS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const vectors: unknown[] = []
  for (const scenario of scenarios) vectors.push(await oracle.run({ bundle: true, trace: "none", ...scenario }))
  const file = new URL(`../../../tests/actors/${name}-vectors.json.gz`, import.meta.url)
  writeFileSync(file, gzipSync(JSON.stringify(vectors), { level: 9 }))
  process.stderr.write(`${name}: ${vectors.length} scenarios recorded\n`)
}
oracle.close()
