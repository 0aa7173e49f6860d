// npm run test:clients [NAME...] [--light] [--list]: real clients, unchanged, against the built command.
import { parseArgs } from "node:util"
import { CLIENTS, runClient } from "../tests/clients-e2e/clients.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { light: { type: "boolean" }, list: { type: "boolean" }, verbose: { type: "boolean" } },
})
const unknown = positionals.filter((name) => !CLIENTS.some((client) => client.name === name))
if (unknown.length > 0) {
  console.error(`no client ${unknown.join(", ")}; there are ${CLIENTS.map(({ name }) => name).join(", ")}`)
  process.exit(2)
}
const chosen = CLIENTS.filter(
  ({ name, weight }) =>
    (positionals.length === 0 || positionals.includes(name)) && (!values.light || weight === "light"),
)
if (values.list) {
  for (const { name, weight, proves, folder } of chosen) console.log(`${name} (${weight}, ${folder}): ${proves}`)
  process.exit(0)
}

let passed = 0
let failed = 0
let skipped = 0
for (const client of chosen) {
  const start = performance.now()
  const outcome = await runClient(client)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (outcome.kind === "skipped") {
    skipped += 1
    console.log(`${client.name}: skipped: ${outcome.reason}`)
    continue
  }
  if (outcome.failed > 0 || values.verbose) console.log(outcome.output)
  console.log(`${client.name}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds} s)`)
  passed += outcome.passed
  failed += outcome.failed
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed > 0 ? 1 : 0)
