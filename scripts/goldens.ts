/**
 * Plays the story of the goldens on our node and compares what it answers with what a live Lotus answered.
 *
 *     npm run goldens -- DIR [--bundle FILE] [--only METHOD] [--lenient] [--verbose]
 *
 * Failures are printed by name with their first difference. The last line is `N passed, M failed, K skipped`; the exit status is 1 if any
 * failed. FEVM_BUNDLE is the default of --bundle; gas is that of the recordings with the official bundle only. `--lenient` asks the
 * node as it is without `--strict-lotus`: then cases that differ on purpose count as passed, by the list in tests/goldens/divergences.ts.
 */
import { delimiter } from "node:path"
import { parseArgs } from "node:util"
import { DIVERGENCES, divergenceOf, isKnownField } from "../tests/goldens/divergences.ts"
import { readGoldens } from "../tests/goldens/files.ts"
import { runGoldens } from "../tests/goldens/run.ts"

const usage = "usage: npm run goldens -- DIR [--bundle FILE] [--only METHOD] [--lenient] [--verbose]"

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        bundle: { type: "string" },
        only: { type: "string" },
        lenient: { type: "boolean" },
        verbose: { type: "boolean" },
      },
    })
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`)
  }
})()
const [folder] = positionals
if (folder === undefined) fail(usage)
const lenient = values.lenient ?? false
const bundles = (values.bundle ?? process.env.FEVM_BUNDLE ?? "").split(delimiter).filter((path) => path !== "")
if (bundles.length === 0)
  process.stdout.write(
    "NOTE: without --bundle or FEVM_BUNDLE the embedded bundle runs: gas, and all that depends on it, will differ\n",
  )

const counts = { passed: 0, failed: 0, skipped: 0 }
const reasons = new Map<string, number>()
const divergent = new Map<string, number>()
await runGoldens(await readGoldens(folder), {
  bundles,
  strictLotus: !lenient,
  only: values.only,
  ...(lenient && { isKnownField }),
  report: ({ file, case: golden, outcome }) => {
    const name = `${file}: ${golden.name}`
    if (outcome.kind === "failed") {
      const rule = lenient ? divergenceOf(file, golden, outcome.difference, outcome.refused) : undefined
      if (rule !== undefined) {
        counts.passed++
        divergent.set(rule.what, (divergent.get(rule.what) ?? 0) + 1)
        return
      }
      const { path, expected, actual } = outcome.difference
      process.stdout.write(`FAILED ${name}: ${path}: expected ${shorten(expected)}, got ${shorten(actual)}\n`)
    }
    if (outcome.kind === "skipped") {
      reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1)
      if (values.verbose) process.stdout.write(`skipped ${name}: ${outcome.reason}\n`)
    }
    counts[outcome.kind]++
  },
})
for (const { what } of DIVERGENCES)
  if (divergent.has(what)) process.stdout.write(`DIFFERENT ON PURPOSE ${divergent.get(what)}: ${what}\n`)
for (const [reason, count] of reasons) process.stdout.write(`SKIPPED ${count}: ${reason}\n`)
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 400 ? `${text.slice(0, 400)}...` : text
}
