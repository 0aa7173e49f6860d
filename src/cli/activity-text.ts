import type { Activity } from "./activity-log.ts"

/** How parts of the text look. */
interface Style {
  readonly title: (text: string) => string
  readonly failed: (text: string) => string
  readonly name: (text: string) => string
  readonly label: (text: string) => string
}

const plain = (text: string): string => text
const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

const PLAIN: Style = { title: plain, failed: plain, name: plain, label: plain }
const COLOURED: Style = { title: sgr(32), failed: sgr(31), name: sgr(36), label: sgr(2) }

const LABEL_WIDTH = 18

/** Something that happened, as lines for people: what it was, then one fact in a line. Ends with a line break. */
export function formatActivity({ title, level, fields }: Activity, coloured: boolean): string {
  const style = coloured ? COLOURED : PLAIN
  const { to, contract, method, signature, created, gasUsed, gasLimit, hash, block, blockHash } = fields
  const isBad = level === "warn" || fields.error !== undefined
  const lines: string[] = []
  const fact = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`  ${style.label(`${label}:`.padEnd(LABEL_WIDTH))} ${value}`)
  }
  fact("Transaction", hash)
  const called = [contract, signature ?? method].filter((part) => part !== undefined).join("#")
  if (to === NEW_CONTRACT) {
    fact("New contract", [contract && style.name(contract), created ?? "(only tried out)"].filter(Boolean).join(" "))
    fact("From", fields.from)
  } else if (to !== undefined) {
    fact("Contract call", called === "" ? undefined : style.name(called))
    fact("From", fields.from)
    fact("To", to)
  }
  fact("Value", fields.value)
  if (gasUsed !== undefined) fact("Gas used", `${group(gasUsed)} of ${group(gasLimit ?? gasUsed)}`)
  if (block !== undefined) fact(`Block #${block}`, blockHash)
  if (fields.console) lines.push("", `  ${style.label("console.log:")}`, ...fields.console.map(indent), "")
  const why = fields.failed ?? fields.error
  if (why !== undefined) lines.push(`  ${style.failed(`Error: ${why}`)}`)
  for (const frame of fields.backtrace ?? []) lines.push(style.label(`    at ${frame}`))
  const head = isBad ? style.failed(title) : style.title(title)
  return lines.length === 0 ? `${head}\n` : `${head}\n${lines.join("\n")}\n\n`
}

/** What `to` says of a creation. */
export const NEW_CONTRACT: string = "(a new contract)"

function indent(line: string): string {
  return line
    .split("\n")
    .map((part) => `    ${part}`)
    .join("\n")
}

/** 1234567 as 1,234,567. */
function group(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",")
}

/** What text can be written to: a terminal, a pipe. */
export interface TextOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Shows what happens to people. Colours on a terminal only, and not if NO_COLOR is set.
 *
 * What comes at once is written at once: one write for each turn of the event loop.
 */
export function createActivityWriter(output: TextOutput): (activity: Activity) => void {
  const coloured = output.isTTY === true && !process.env.NO_COLOR
  let waiting = ""
  const flush = (): void => {
    const text = waiting
    waiting = ""
    if (text !== "") output.write(text)
  }
  process.on("exit", flush)
  return (activity) => {
    if (waiting === "") setImmediate(flush)
    waiting += formatActivity(activity, coloured)
  }
}
