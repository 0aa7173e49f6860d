/**
 * Amounts of the syscalls: 128 bits, unsigned, attoFIL, in 16 bytes, low half first. Signed and larger numbers, as native
 * actors calculate with them, are in big-int.ts.
 */
import { Reader, Writer } from "./cbor"

/** The amount 0. */
export const ZERO: usize = memory.data(16, 8)

export function isZeroAmount(at: usize): bool {
  return (load<u64>(at) | load<u64>(at, 8)) == 0
}

/** Writes an amount as CBOR: bytes of sign 00 and magnitude, big-endian without leading zeros; 0 is the empty string. */
export function writeAmount(writer: Writer, at: usize): void {
  const low = load<u64>(at)
  const high = load<u64>(at, 8)
  const bits = high != 0 ? 128 - u32(clz(high)) : 64 - u32(clz(low))
  const size = (bits + 7) >> 3
  if (size == 0) {
    store<u8>(writer.at++, 0x40)
    return
  }
  store<u8>(writer.at, 0x41 + size)
  store<u8>(writer.at, 0, 1)
  let to = writer.at + 2
  for (let i: i32 = i32(size) - 1; i >= 0; i--) store<u8>(to++, load<u8>(at + i))
  writer.at = to
}

/**
 * Reads such a byte string into 16 bytes at `into`.
 *
 * @returns false if the number is negative or takes more than 128 bits.
 */
export function readAmount(reader: Reader, into: usize): bool {
  let at = reader.bytes()
  let length = reader.length
  store<u64>(into, 0)
  store<u64>(into, 0, 8)
  if (length == 0) return true
  const sign = load<u8>(at)
  if (sign > 1 || length > 128) reader.fail()
  at++
  length--
  while (length > 0 && load<u8>(at) == 0) {
    at++
    length--
  }
  if (length > 16) return false
  for (let i: u32 = 0; i < length; i++) store<u8>(into + i, load<u8>(at + length - 1 - i))
  return sign == 0 || length == 0
}
