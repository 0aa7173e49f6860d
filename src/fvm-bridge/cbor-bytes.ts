import { decode, encode } from "@ipld/dag-cbor"
import { NotAnEthereumTransaction } from "./errors.ts"

/** First bytes of a CBOR byte string: 0x40 and the length below 24, or one of these and the length in 1 or 2 bytes. */
const BYTES = 0x40
const BYTES_LENGTH_1 = 0x58
const BYTES_LENGTH_2 = 0x59
const MAX_LENGTH_0 = 23

/** A CBOR byte string (major type 2, shortest length): how calldata travels in the parameters of a message. */
export function encodeByteString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  if (length > 0xffff) return encode(bytes)
  const start = length <= MAX_LENGTH_0 ? 1 : length <= 0xff ? 2 : 3
  const encoded = new Uint8Array(start + length)
  if (start === 1) encoded[0] = BYTES + length
  else {
    encoded[0] = start === 2 ? BYTES_LENGTH_1 : BYTES_LENGTH_2
    if (start === 3) encoded[1] = length >> 8
    encoded[start - 1] = length & 0xff
  }
  encoded.set(bytes, start)
  return encoded
}

/**
 * The content of parameters that are exactly one CBOR byte string.
 *
 * @throws NotAnEthereumTransaction - Anything else.
 */
export function decodeByteString(params: Uint8Array): Uint8Array {
  const start = contentStart(params)
  if (start > 0) return params.slice(start)
  let value: unknown
  try {
    value = decode(params)
  } catch (cause) {
    throw new NotAnEthereumTransaction("the parameters are not CBOR", { cause })
  }
  if (!(value instanceof Uint8Array)) throw new NotAnEthereumTransaction("the parameters are not a CBOR byte string")
  return value
}

/** Where the content of a byte string of common length begins; 0 for all that is no such thing, or not in the shortest form. */
function contentStart(params: Uint8Array): number {
  const first = params[0] ?? 0
  if (first >= BYTES && first <= BYTES + MAX_LENGTH_0) return params.length === 1 + first - BYTES ? 1 : 0
  if (first === BYTES_LENGTH_1) {
    const length = params[1] ?? 0
    return length > MAX_LENGTH_0 && params.length === 2 + length ? 2 : 0
  }
  if (first !== BYTES_LENGTH_2) return 0
  const length = ((params[1] ?? 0) << 8) | (params[2] ?? 0)
  return length > 0xff && params.length === 3 + length ? 3 : 0
}
