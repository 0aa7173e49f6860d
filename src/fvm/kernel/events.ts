import { SyscallError } from "../errors.ts"
import type { EventEntry } from "../receipt.ts"
import type { EventEntryHeader } from "./index.ts"

const MAX_ENTRIES = 255
const MAX_KEY_LENGTH = 31
const MAX_VALUES_LENGTH = 8192
/** Index the key, index the value. */
const KNOWN_FLAGS = 3n
const RAW = 0x55n
const CBOR = 0x51n

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * Cuts keys and values into the entries of an event. Nothing is kept of the arguments.
 *
 * @throws SyscallError LimitExceeded, IllegalArgument, IllegalCodec - In the order in which the reference looks.
 * @see FIP-0049, FIP-0072; ref-fvm fvm/src/kernel/default.rs (emit_event)
 */
export function readEntries(headers: readonly EventEntryHeader[], keys: Uint8Array, values: Uint8Array): EventEntry[] {
  if (headers.length > MAX_ENTRIES) {
    throw new SyscallError(
      "LimitExceeded",
      `an event has ${headers.length} entries, at most ${MAX_ENTRIES} are allowed`,
    )
  }
  if (values.length > MAX_VALUES_LENGTH) {
    throw new SyscallError(
      "LimitExceeded",
      `an event has ${values.length} bytes of values, at most ${MAX_VALUES_LENGTH} are allowed`,
    )
  }
  // Topics are named t1 to t4 and d: nearly always ASCII.
  const isAscii = keys.every((byte) => byte < 0x80)
  if (!isAscii) checkUtf8(keys)
  const entries: EventEntry[] = []
  let keyAt = 0
  let valueAt = 0
  for (const { flags, keyLength, codec, valueLength } of headers) {
    if ((flags & ~KNOWN_FLAGS) !== 0n) throw new SyscallError("IllegalArgument", `unknown event flags ${flags}`)
    if (keyLength > MAX_KEY_LENGTH) {
      throw new SyscallError(
        "LimitExceeded",
        `an event key has ${keyLength} bytes, at most ${MAX_KEY_LENGTH} are allowed`,
      )
    }
    const keyEnd = keyAt + keyLength
    const valueEnd = valueAt + valueLength
    if (keyEnd > keys.length || !isBoundary(keys, keyAt) || !isBoundary(keys, keyEnd)) {
      throw new SyscallError("IllegalArgument", `an event key ends beyond the keys, or inside a character`)
    }
    if (valueEnd > values.length) throw new SyscallError("IllegalArgument", "an event value ends beyond the values")
    if (codec !== RAW && codec !== CBOR)
      throw new SyscallError("IllegalCodec", `event values cannot have codec ${codec}`)
    entries.push({
      flags,
      key: isAscii ? asciiText(keys, keyAt, keyEnd) : utf8.decode(keys.subarray(keyAt, keyEnd)),
      codec,
      value: values.slice(valueAt, valueEnd),
    })
    keyAt = keyEnd
    valueAt = valueEnd
  }
  if (keyAt !== keys.length) throw new SyscallError("IllegalArgument", "the event keys are longer than stated")
  if (valueAt !== values.length) throw new SyscallError("IllegalArgument", "the event values are longer than stated")
  return entries
}

function checkUtf8(keys: Uint8Array): void {
  try {
    strictUtf8.decode(keys)
  } catch {
    throw new SyscallError("IllegalArgument", "the event keys are not UTF-8")
  }
}

/** A few characters: a decoder costs more than they do. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = ""
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/** Says whether a character begins or the text ends at `at`. */
function isBoundary(text: Uint8Array, at: number): boolean {
  return at >= text.length || (text[at]! & 0xc0) !== 0x80
}
