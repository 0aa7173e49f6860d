#!/usr/bin/env node
// What forge takes for a compiler: standard JSON in, standard JSON out, by the npm package. Nothing is downloaded.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const solc = createRequire(import.meta.url)("solc")
process.stdout.write(
  process.argv.includes("--version")
    ? `solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`
    : solc.compile(readFileSync(0, "utf8")),
)
