import { format } from "node:util"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

/** Where the console library of Hardhat and Foundry sends its calls: `console.log` at the end of 20 bytes. */
export const CONSOLE_ADDRESS = "000000000000000000636f6e736f6c652e6c6f67"

const WORD = 32
const TYPES = ["uint256", "string", "bool", "address"] as const
const SINGLE = ["int256", "bytes", ...Array.from({ length: 32 }, (_, i) => `bytes${i + 1}`)]

/** Types of the arguments by selector, 8 hex digits. */
let signatures: ReadonlyMap<string, readonly string[]> | undefined

function collectSignatures(): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, readonly string[]>()
  const add = (types: readonly string[]): void => {
    const text = types.join(",")
    // Releases before 2022 hashed uint and int by their short names.
    for (const name of [text, text.replaceAll("int256", "int")])
      map.set(bytesToHex(keccak_256(utf8ToBytes(`log(${name})`)).subarray(0, 4)), types)
  }
  let lists: readonly (readonly string[])[] = [[]]
  for (let length = 0; length <= 4; length++) {
    for (const list of lists) add(list)
    lists = lists.flatMap((list) => TYPES.map((type) => [...list, type]))
  }
  for (const type of SINGLE) add([type])
  return map
}

/**
 * The line that a contract printed, from the input of its call to the console.
 *
 * @returns undefined for an input that is none of the library's.
 */
export function decodeConsoleLog(input: Uint8Array): string | undefined {
  signatures ??= collectSignatures()
  const types = signatures.get(bytesToHex(input.subarray(0, 4)))
  if (!types) return undefined
  const body = input.subarray(4)
  const values = types.map((type, i) => decodeValue(type, body, i * WORD))
  if (values.includes(undefined)) return undefined
  if (values.length === 0) return ""
  const [first, ...rest] = values
  // Numbers come as text, since they may be longer than those of JavaScript.
  return format(typeof first === "string" ? first.replace(NUMBER_HOLE, "$1%s") : first, ...rest)
}

/** `%d` or `%i` that no other `%` makes a mere text. */
const NUMBER_HOLE = /((?<!%)(?:%%)*)%[di]/g

function decodeValue(type: string, body: Uint8Array, at: number): string | boolean | bigint | undefined {
  const word = body.subarray(at, at + WORD)
  if (word.length < WORD) return undefined
  const value = BigInt(`0x${bytesToHex(word)}`)
  switch (type) {
    case "uint256":
      return `${value}`
    case "int256":
      return `${BigInt.asIntN(256, value)}`
    case "bool":
      return value !== 0n
    case "address":
      return `0x${bytesToHex(word.subarray(12))}`
    case "string":
    case "bytes": {
      const start = Number(value)
      const lengthWord = body.subarray(start, start + WORD)
      if (!Number.isSafeInteger(start) || lengthWord.length < WORD) return undefined
      const length = Number(BigInt(`0x${bytesToHex(lengthWord)}`))
      const bytes = body.subarray(start + WORD, start + WORD + length)
      if (bytes.length !== length) return undefined
      return type === "string" ? new TextDecoder().decode(bytes) : `0x${bytesToHex(bytes)}`
    }
    default:
      return `0x${bytesToHex(word.subarray(0, Number(type.slice("bytes".length))))}`
  }
}
