import { OPCODES } from "../../../src/evm-actor/opcodes.ts"

const CODES = new Map(OPCODES.map(({ name, code }) => [name, code]))

/**
 * Assembles a line of EVM instructions: names as in src/evm-actor/opcodes.ts; a number or 0x data pushes itself as short as it goes;
 * `:name` is a JUMPDEST, `@name` pushes its place in two bytes; `raw:` puts bytes there as they are.
 */
export function assemble(source: string): string {
  const places = new Map<string, number>()
  let hex = ""
  for (const last of [false, true]) {
    hex = ""
    for (const word of source.split(/\s+/).filter((text) => text !== "")) {
      if (word.startsWith(":")) {
        places.set(word.slice(1), hex.length / 2)
        hex += "5b"
      } else if (word.startsWith("@")) {
        const place = places.get(word.slice(1))
        if (last && place === undefined) throw new Error(`no place ${word}`)
        hex += `61${(place ?? 0).toString(16).padStart(4, "0")}`
      } else if (word.startsWith("raw:")) hex += word.slice(4)
      else if (/^[0-9]/.test(word)) hex += push(word)
      else {
        const code = CODES.get(word)
        if (code === undefined) throw new Error(`no instruction ${word}`)
        hex += code.toString(16).padStart(2, "0")
      }
    }
  }
  return `0x${hex}`
}

function push(word: string): string {
  let digits = word.startsWith("0x") ? word.slice(2) : BigInt(word).toString(16)
  if (digits.length % 2) digits = `0${digits}`
  if (BigInt(`0x${digits}`) === 0n && digits === "00") return "5f"
  return (0x5f + digits.length / 2).toString(16) + digits
}

/** Init code that deploys this code. */
export function initCode(runtime: string): string {
  const length = (runtime.length - 2) / 2
  return (
    assemble(`0x${length.toString(16).padStart(4, "0")} DUP1 @code 0 CODECOPY 0 RETURN`.replace("@code", "0x000b")) +
    runtime.slice(2)
  )
}
