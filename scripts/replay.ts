/**
 * Executes recorded Lotus chains again and compares state, receipts and gas of each tipset.
 *
 *     npm run replay -- DIR... [--bundle FILE:FILE] [--limit N]
 *
 * The last line is `N passed, M failed, K skipped` of tipsets; the exit status is 1 if any failed. FEVM_BUNDLE is the default of --bundle.
 */
import { parseArgs } from "node:util"
import { runReplay } from "../src/chain/replay/run.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bundle: { type: "string" }, limit: { type: "string" } },
})
const bundles = values.bundle ?? process.env.FEVM_BUNDLE ?? ""
if (positionals.length === 0 || bundles === "") {
  process.stderr.write("usage: npm run replay -- DIR... --bundle FILE:FILE (or FEVM_BUNDLE) [--limit N]\n")
  process.exit(2)
}
let passed = 0
let failed = 0
for (const folder of positionals) {
  const limit = values.limit === undefined ? {} : { limit: Number(values.limit) }
  const counts = await runReplay({ folder, bundles, ...limit }, ({ height, difference }) => {
    if (difference !== undefined) process.stdout.write(`FAILED tipset ${height}: ${difference}\n`)
  })
  passed += counts.passed
  failed += counts.failed
}
process.stdout.write(`${passed} passed, ${failed} failed, 0 skipped\n`)
process.exitCode = failed > 0 ? 1 : 0
