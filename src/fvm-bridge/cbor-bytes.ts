import { decode, encode } from "@ipld/dag-cbor"
import { NotAnEthereumTransaction } from "./errors.ts"

/** A CBOR byte string (major type 2, shortest length): how calldata travels in the parameters of a message. */
export function encodeByteString(bytes: Uint8Array): Uint8Array {
  return encode(bytes)
}

/**
 * The content of parameters that are exactly one CBOR byte string.
 *
 * @throws NotAnEthereumTransaction - Anything else.
 */
export function decodeByteString(params: Uint8Array): Uint8Array {
  let value: unknown
  try {
    value = decode(params)
  } catch (cause) {
    throw new NotAnEthereumTransaction("the parameters are not CBOR", { cause })
  }
  if (!(value instanceof Uint8Array)) throw new NotAnEthereumTransaction("the parameters are not a CBOR byte string")
  return value
}
