/** Writes docs/command.md: the flags of `fevm node` as a table. */
import { readFileSync, writeFileSync } from "node:fs"
import { Command, type Option } from "commander"
import { addNodeOptions } from "../src/cli/options.ts"

const FILE = new URL("../docs/command.md", import.meta.url)
const cell = (text: string): string => text.replaceAll("|", "\\|")

function defaultOf({ defaultValue, defaultValueDescription, negate, description }: Option): string {
  if (negate || defaultValue === false || defaultValue === undefined || description.includes("(default:")) return ""
  return `\`${defaultValueDescription ?? String(defaultValue)}\``
}

function rowOf(option: Option): string {
  const choices =
    option.argChoices && !option.description.includes("(default:") ? `: ${option.argChoices.join(", ")}` : ""
  const variable = option.envVar === undefined ? "" : `; or the variable ${option.envVar}`
  return `| \`${option.flags}\` | ${defaultOf(option)} | ${cell(option.description)}${choices}${variable} |`
}

const { options } = addNodeOptions(new Command("node"))
const text = [
  "# fevm node: flags",
  "",
  "Written by `npm run gen` from the flags themselves. `npm start -- ARGS` is `fevm node ARGS` from a checkout; `node` may be left out.",
  "",
  "| flag | default | what |",
  "|---|---|---|",
  ...options.map(rowOf),
  "",
  "On stdout stands what it is, and last `Listening on HOST:PORT`. The log goes to stderr: for people, or with `--json` one object in a line.",
  "Exit codes: 2 for a wrong command line, 1 for what went wrong after that. SIGINT and SIGTERM end it in order; a second one at once.",
  "",
].join("\n")
if (readFileSync(FILE, { encoding: "utf8", flag: "a+" }) !== text) writeFileSync(FILE, text)
