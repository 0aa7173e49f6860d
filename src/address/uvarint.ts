import { AddressError } from "./errors.ts"

const MAX_UVARINT64_BYTES = 10

/** Unsigned LEB128 of a value below 2^64; 1 to 10 bytes, least significant group first. */
export function encodeUvarint(value: bigint): Uint8Array {
  if (value < 0x80n) return Uint8Array.of(Number(value))
  const groups: number[] = []
  let rest = value
  while (rest >= 0x80n) {
    groups.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  groups.push(Number(rest))
  return Uint8Array.from(groups)
}

/**
 * Reads an unsigned LEB128 number from the start of `bytes`.
 *
 * @returns The value, and the number of bytes it took.
 * @throws AddressError - Cut off, longer than needed (a trailing zero group), or beyond 64 bits.
 */
export function decodeUvarint(bytes: Uint8Array): { value: bigint; length: number } {
  const first = bytes[0]
  if (first !== undefined && first < 0x80) return { value: BigInt(first), length: 1 }
  let value = 0n
  for (let i = 0; i < MAX_UVARINT64_BYTES; i++) {
    const byte = bytes[i]
    if (byte === undefined) throw new AddressError("varint is cut off")
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) {
      if (byte === 0 && i > 0) throw new AddressError("varint is not minimal")
      if (value >> 64n !== 0n) throw new AddressError("varint does not fit in 64 bits")
      return { value, length: i + 1 }
    }
  }
  throw new AddressError("varint does not fit in 64 bits")
}
