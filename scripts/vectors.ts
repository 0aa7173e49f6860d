/**
 * Runs folders of kernel vectors (format `fvm-oracle/1`) on our kernel and compares.
 *
 *     npm run vectors -- DIR... [--bundle FILE[:FILE]] [--filter TEXT] [--quiet]
 *
 * Failures are printed by name with their first difference. The last line is `N passed, M failed, K skipped`; the exit status is 1 if any
 * failed. FEVM_BUNDLE is the default of --bundle.
 */
import { parseArgs } from "node:util"
import { readBundleFiles } from "../src/fvm/machine/bundle.ts"
import { runVectors, vectorFiles } from "../tests/vectors/runner.ts"

const usage = "usage: npm run vectors -- DIR... [--bundle FILE[:FILE]] [--filter TEXT] [--quiet]"

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

function readArguments(): { folders: string[]; bundles: string; filter: string | undefined; quiet: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { bundle: { type: "string" }, filter: { type: "string" }, quiet: { type: "boolean" } },
    })
    const bundles = values.bundle ?? process.env.FEVM_BUNDLE ?? ""
    // Here, so that a bundle that cannot be read is one line and not a failure of every vector.
    readBundleFiles(bundles)
    if (positionals.length === 0) fail(usage)
    return { folders: positionals, bundles, filter: values.filter, quiet: values.quiet ?? false }
  } catch (error) {
    fail(error instanceof Error ? `${error.message}\n${usage}` : usage)
  }
}

const { folders, bundles, filter, quiet } = readArguments()
const files = vectorFiles(folders).filter((file) => filter === undefined || file.includes(filter))
const counts = { passed: 0, failed: 0, skipped: 0 }
const skipped = new Map<string, number>()
await runVectors(files, bundles, ({ name, outcome }) => {
  counts[outcome.kind]++
  if (outcome.kind === "failed") process.stdout.write(`FAILED ${name}: ${outcome.difference}\n`)
  if (outcome.kind === "skipped") {
    skipped.set(outcome.reason, (skipped.get(outcome.reason) ?? 0) + 1)
    if (!quiet) process.stdout.write(`skipped ${name}: ${outcome.reason}\n`)
  }
})
for (const [reason, count] of skipped)
  process.stdout.write(`SKIPPED ${count} vectors: ${reason} (--bundle or FEVM_BUNDLE)\n`)
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
