import { bytesToHex } from "@noble/hashes/utils.js"
import { decodeByteString } from "./cbor-bytes.ts"
import { NotAnEthereumTransaction } from "./errors.ts"

/** Exit code of the EVM actor for REVERT; the only one whose return data a caller outside sees. */
export const EXIT_CODE_REVERT = 33

const WORD = 32
const ERROR_SELECTOR = "08c379a0"
const PANIC_SELECTOR = "4e487b71"

/** Names of Solidity's panic codes, as Lotus gives them and as Hardhat and Foundry word them. */
const PANICS: Record<string, { readonly lotus: string; readonly text: string } | undefined> = {
  "0x0": { lotus: "Panic()", text: "generic panic" },
  "0x1": { lotus: "Assert()", text: "assertion failed" },
  "0x11": { lotus: "ArithmeticOverflow()", text: "arithmetic underflow or overflow" },
  "0x12": { lotus: "DivideByZero()", text: "division or modulo by zero" },
  "0x21": { lotus: "InvalidEnumVariant()", text: "conversion into a non-existent enum value" },
  "0x22": { lotus: "InvalidStorageArray()", text: "incorrectly encoded storage byte array" },
  "0x31": { lotus: "PopEmptyArray()", text: "pop() on an empty array" },
  "0x32": { lotus: "ArrayIndexOutOfBounds()", text: "array index out of bounds" },
  "0x41": { lotus: "OutOfMemory()", text: "out of memory" },
  "0x51": { lotus: "CalledUninitializedFunction()", text: "call of an uninitialized internal function" },
}

/** Why a contract reverted. */
export type RevertReason =
  | { readonly kind: "none" }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "panic"; readonly code: bigint }
  /** A custom error or bytes of any other shape. */
  | { readonly kind: "custom"; readonly data: Uint8Array }

/** The bytes that a contract reverted with; empty for an exit without any, or when the return data is no CBOR byte string. */
export function revertData(returnData: Uint8Array): Uint8Array {
  if (returnData.length === 0) return returnData
  try {
    return decodeByteString(returnData)
  } catch (error) {
    if (error instanceof NotAnEthereumTransaction) return new Uint8Array() // a native actor's own return data
    throw error
  }
}

/** Reads `Error(string)` and `Panic(uint256)` as Solidity encodes them. */
export function decodeRevertReason(data: Uint8Array): RevertReason {
  if (data.length === 0) return { kind: "none" }
  const selector = bytesToHex(data.subarray(0, 4))
  const body = data.subarray(4)
  if (selector === PANIC_SELECTOR && body.length >= WORD)
    return { kind: "panic", code: BigInt(`0x${bytesToHex(body.subarray(0, WORD))}`) }
  if (selector === ERROR_SELECTOR) {
    const message = decodeAbiString(body)
    if (message !== undefined) return { kind: "error", message }
  }
  return { kind: "custom", data }
}

/** What a panic code of Solidity means. */
export function describePanic(code: bigint): string {
  return PANICS[`0x${code.toString(16)}`]?.text ?? "unknown panic code"
}

/** The text after "execution reverted", as geth, Anvil and Hardhat give it; empty without a reason. */
export function describeRevert(reason: RevertReason): string {
  switch (reason.kind) {
    case "none":
      return ""
    case "error":
      return reason.message
    case "panic": {
      const code = `0x${reason.code.toString(16)}`
      const known = PANICS[code]
      return known === undefined ? `panic: unknown code ${code}` : `panic: ${known.text} (${code})`
    }
    case "custom":
      return `custom error 0x${bytesToHex(reason.data)}`
  }
}

/**
 * The text that Lotus puts after "revert reason=".
 *
 * @see lotus chain/types/ethtypes/eth_types.go (ParseEthRevert)
 */
export function describeRevertAsLotus(reason: RevertReason): string {
  switch (reason.kind) {
    case "none":
      return "none"
    case "error":
      return `Error(${reason.message})`
    case "panic": {
      const code = `0x${reason.code.toString(16)}`
      return PANICS[code]?.lotus ?? `Panic(${code})`
    }
    case "custom":
      return `0x${bytesToHex(reason.data)}`
  }
}

function decodeAbiString(body: Uint8Array): string | undefined {
  const offset = smallWord(body, 0)
  if (offset === undefined) return undefined
  const length = smallWord(body, offset)
  if (length === undefined || offset + WORD + length > body.length) return undefined
  return new TextDecoder().decode(body.subarray(offset + WORD, offset + WORD + length))
}

/** The word at `at` if it is there and small enough to be a length or an offset within the data. */
function smallWord(bytes: Uint8Array, at: number): number | undefined {
  if (at + WORD > bytes.length) return undefined
  const value = BigInt(`0x${bytesToHex(bytes.subarray(at, at + WORD))}`)
  return value <= BigInt(bytes.length) ? Number(value) : undefined
}
