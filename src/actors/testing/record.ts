/**
 * Records what the official actors make of the native scenarios, on the reference FVM:
 *
 *     FEVM_ORACLE=fvm-oracle FEVM_BUNDLE=builtin-actors-mainnet.car node --import tsx src/actors/testing/record.ts
 */
import { writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { NATIVE_SCENARIOS } from "./native-scenarios.ts"
import { Oracle } from "./oracle.ts"

const { FEVM_ORACLE: program, FEVM_BUNDLE: bundle } = process.env
if (program === undefined || bundle === undefined) throw new RangeError("set FEVM_ORACLE and FEVM_BUNDLE")
const oracle = new Oracle(program, bundle)
const vectors: unknown[] = []
for (const scenario of NATIVE_SCENARIOS) vectors.push(await oracle.run({ bundle: true, trace: "none", ...scenario }))
oracle.close()
const file = new URL("../../../tests/actors/native-vectors.json.gz", import.meta.url)
writeFileSync(file, gzipSync(JSON.stringify(vectors), { level: 9 }))
process.stderr.write(`${vectors.length} scenarios recorded\n`)
