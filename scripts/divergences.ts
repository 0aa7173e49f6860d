/**
 * Writes docs/divergences.md from the list that the goldens are run by: `node --import tsx scripts/divergences.ts`. With --check it only
 * says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { DIVERGENCES } from "../tests/goldens/divergences.ts"

const path = fileURLToPath(new URL("../docs/divergences.md", import.meta.url))
const cell = (text: string): string => text.replaceAll("|", "\\|")
const rows = DIVERGENCES.map(({ what, lotus, why }) => `| ${cell(what)} | ${cell(lotus)} | ${cell(why)} |`)
const text = `# Where this node differs from Lotus on purpose

Made by \`node --import tsx scripts/divergences.ts\` from \`tests/goldens/divergences.ts\`, the list by which
\`npm run goldens -- DIR --lenient\` judges; do not edit it here. \`--strict-lotus\` switches all of this off: the node then answers the Ethereum
API as Lotus 1.36 does, refusals and their texts included.

| fevm | Lotus | why |
|---|---|---|
${rows.join("\n")}
`
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== text) {
    process.stderr.write("docs/divergences.md is stale: node --import tsx scripts/divergences.ts\n")
    process.exitCode = 1
  }
} else writeFileSync(path, text)
