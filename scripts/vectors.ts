/**
 * Runs folders of kernel vectors (format `fvm-oracle/1`) on our kernel and compares.
 *
 *     npm run vectors -- DIR... [--bundle FILE[:FILE]] [--filter TEXT] [--quiet]
 *
 * Failures are printed by name with their first difference. The last line is `N passed, M failed, K skipped`; the exit status is 1 if any
 * failed. FEVM_BUNDLE is the default of --bundle.
 */
import { parseArgs } from "node:util"
import { runVectors, vectorFiles } from "../tests/vectors/runner.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bundle: { type: "string" }, filter: { type: "string" }, quiet: { type: "boolean" } },
})
if (positionals.length === 0) {
  process.stderr.write("usage: npm run vectors -- DIR... [--bundle FILE[:FILE]] [--filter TEXT]\n")
  process.exit(2)
}
const bundles = values.bundle ?? process.env.FEVM_BUNDLE ?? ""
const files = vectorFiles(positionals).filter((file) => values.filter === undefined || file.includes(values.filter))
const counts = { passed: 0, failed: 0, skipped: 0 }
const skipped = new Map<string, number>()
await runVectors(files, bundles, ({ name, outcome }) => {
  counts[outcome.kind]++
  if (outcome.kind === "failed") process.stdout.write(`FAILED ${name}: ${outcome.difference}\n`)
  if (outcome.kind === "skipped") {
    skipped.set(outcome.reason, (skipped.get(outcome.reason) ?? 0) + 1)
    if (!values.quiet) process.stdout.write(`skipped ${name}: ${outcome.reason}\n`)
  }
})
for (const [reason, count] of skipped)
  process.stdout.write(`SKIPPED ${count} vectors: ${reason} (--bundle or FEVM_BUNDLE)\n`)
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
