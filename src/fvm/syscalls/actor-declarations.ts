import { ERROR_NUMBERS, type ErrorNumber } from "../errors.ts"
import { wiresOf } from "./linker.ts"
import type { ResultKind, Syscall, SyscallModule } from "./schema.ts"

const HEAD = `// Generated from src/fvm/syscalls by scripts/gen-syscalls.ts. Do not edit: change the table and run \`npm run gen\`.
/**
 * Every syscall of the FVM, as the kernel links it: module and name, then the arguments in their order.
 *
 * A syscall answers an error number (0 is success, see error-number.ts). One that returns a value takes, as its first
 * argument, the address where the kernel writes it; nothing is written there unless the answer is 0. Structures are packed and
 * little-endian; their offsets stand in a namespace before the function that fills them. Amounts are 128 bits, low half first.
 */
`
const LINE_WIDTH = 120

/**
 * Writes the declarations of a table in AssemblyScript: one `@external` function `module_name` for each row, and a namespace with the
 * offsets for each result of several fields.
 */
export function renderActorDeclarations(table: Readonly<Record<string, SyscallModule>>): string {
  const parts = [HEAD]
  for (const [module, rows] of Object.entries(table)) {
    parts.push(`// ${module}\n`)
    for (const [name, row] of Object.entries(rows)) parts.push(renderRow(module, name, row))
  }
  return parts.join("\n")
}

function renderRow(module: string, name: string, row: Syscall): string {
  const { result } = row
  const doc = [...wrap(row.summary)]
  if (result !== undefined) doc.push("", ...wrap(`\`ret\`: ${describeResult(result)}.`))
  const errors = Object.entries(row.errors) as [ErrorNumber, string][]
  if (errors.length > 0) doc.push("")
  for (const [error, when] of errors) doc.push(...wrap(`- ${error} (${ERROR_NUMBERS[error]}): ${when}.`, "  "))
  doc.push("", ...wrap(`Source: ${row.source}.`))
  const params = wiresOf(row).map((wire) => `${wire.name}: ${wire.actor}`)
  const head = `export declare function ${module}_${name}(`
  const line = `${head}${params.join(", ")}): u32`
  const declaration =
    line.length <= LINE_WIDTH ? line : `${head}\n${params.map((param) => `  ${param},\n`).join("")}): u32`
  return [
    ...(result !== undefined && isStruct(result) ? [renderOffsets(module, name, result)] : []),
    `/**\n${doc.map((text) => (text === "" ? " *" : ` * ${text}`)).join("\n")}\n */`,
    `@external("${module}", "${name}")`,
    `${declaration}\n`,
  ].join("\n")
}

function isStruct({ fields }: ResultKind<unknown>): boolean {
  return fields.length > 0 && fields[0]!.name !== ""
}

function describeResult(result: ResultKind<unknown>): string {
  const [first] = result.fields
  if (first === undefined) return `${result.size} bytes`
  if (first.name === "") return first.type === "u128" ? "amount, 16 bytes" : first.type
  const fields = result.fields.map(({ name, type, offset }) => `${name} ${type} @${offset}`)
  return `{${fields.join(", ")}}, ${result.size} bytes`
}

function renderOffsets(module: string, name: string, { fields, size }: ResultKind<unknown>): string {
  const title = `${module}_${name}`.replace(/(^|_)([a-z])/g, (_match, _bar, letter: string) => letter.toUpperCase())
  const lines = fields.map((field) => `  export const ${field.name.toUpperCase()}: usize = ${field.offset}`)
  return [
    `/** Offsets in what \`${module}_${name}\` writes. */`,
    `export namespace ${title}Result {`,
    ...lines,
    "  /** Bytes in all. */",
    `  export const BYTES: usize = ${size}`,
    "}",
  ].join("\n")
}

function wrap(text: string, indent: string = ""): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > LINE_WIDTH - 3) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === "" ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
