/**
 * Filecoin addresses as bytes: protocol, then payload.
 *
 *     0 | actor ID as unsigned LEB128      1 | 20 bytes (hash of a secp256k1 key)    2 | 20 bytes (hash, an actor's)
 *     3 | 48 bytes (BLS key)               4 | namespace as LEB128 | subaddress, 0 to 54 bytes
 *
 * and Ethereum addresses, 20 bytes. An address is where its bytes are, and a length.
 */
import { Reader } from "./cbor"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { alloc } from "./memory"

export namespace Protocol {
  export const ID: u8 = 0
  export const SECP256K1: u8 = 1
  export const ACTOR: u8 = 2
  export const BLS: u8 = 3
  export const DELEGATED: u8 = 4
}

/** Longest address: protocol, ten bytes of namespace, 54 of subaddress. */
export const MAX_ADDRESS_LENGTH: u32 = 65
export const MAX_SUBADDRESS_LENGTH: u32 = 54

/** The value that `readUvarint` read. */
export let uvarint: u64 = 0

/** Reads an unsigned LEB128 number, shortest form only; bits of a tenth byte beyond 64 are lost, as there. Returns the bytes it takes, 0 if it is malformed. */
export function readUvarint(at: usize, length: u32): u32 {
  let value: u64 = 0
  for (let i: u32 = 0; i < min<u32>(length, 10); i++) {
    const byte = u64(load<u8>(at + i))
    value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) {
      if (byte == 0 && i > 0) return 0
      uvarint = value
      return i + 1
    }
  }
  return 0
}

/** Writes an unsigned LEB128 number (at most 10 bytes) and returns its length. */
export function writeUvarint(into: usize, value: u64): u32 {
  let at = into
  while (value >= 0x80) {
    store<u8>(at++, value | 0x80)
    value >>= 7
  }
  store<u8>(at++, value)
  return u32(at - into)
}

/** Whether the bytes are an address. */
export function isAddress(at: usize, length: u32): bool {
  if (length < 2) return false
  const protocol = load<u8>(at)
  if (protocol == Protocol.SECP256K1 || protocol == Protocol.ACTOR) return length == 21
  if (protocol == Protocol.BLS) return length == 49
  const size = readUvarint(at + 1, length - 1)
  if (size == 0) return false
  if (protocol == Protocol.ID) return size + 1 == length
  return protocol == Protocol.DELEGATED && length - 1 - size <= MAX_SUBADDRESS_LENGTH
}

/** Reads an address from CBOR; the length is in `reader.length`. */
export function readAddress(reader: Reader): usize {
  const at = reader.bytes()
  if (!isAddress(at, reader.length)) reader.fail()
  return at
}

/** Writes the f0 address of an ID (at most 11 bytes) and returns its length. */
export function writeIdAddress(into: usize, id: u64): u32 {
  store<u8>(into, Protocol.ID)
  return 1 + writeUvarint(into + 1, id)
}

/** Writes the f410 address of an Ethereum address (22 bytes). */
export function writeEthereumAddress(into: usize, ethereum: usize): void {
  store<u16>(into, 0x0a04)
  memory.copy(into + 2, ethereum, ETHEREUM_LENGTH)
}

export const ETHEREUM_LENGTH: u32 = 20
/** Length of an f410 address. */
export const F410_LENGTH: u32 = 22

/** Whether the bytes are an address in the EAM's namespace, with any length of subaddress. */
export function isEthereumNamespace(at: usize, length: u32): bool {
  return length >= 2 && load<u16>(at) == 0x0a04
}

/** Writes the masked ID address: ff, eleven zeros, the ID big-endian. 20 bytes. */
export function writeMaskedId(into: usize, id: u64): void {
  store<u64>(into, 0xff)
  store<u32>(into, 0, 8)
  store<u64>(into, bswap<u64>(id), 12)
}

/** Whether 20 bytes are a masked ID. */
export function isMaskedId(ethereum: usize): bool {
  return load<u64>(ethereum) == 0xff && load<u32>(ethereum, 8) == 0
}

/** The ID in a masked ID address. */
export function maskedId(ethereum: usize): u64 {
  return bswap<u64>(load<u64>(ethereum, 12))
}

/** Whether 20 bytes are zero up to the last, or fe and zeros up to the last: the reserved ranges of the precompiles. */
export function isReserved(ethereum: usize): bool {
  const first = load<u8>(ethereum)
  if (first != 0 && first != 0xfe) return false
  return (
    load<u64>(ethereum) >> 8 == 0 && load<u64>(ethereum, 8) == 0 && (load<u32>(ethereum, 16) & 0xffffff) == 0
  )
}

/** Ends the invocation if the bytes are no address. */
export function requireAddress(at: usize, length: u32): void {
  if (!isAddress(at, length)) abort(ExitCode.USR_SERIALIZATION, "not an address")
}

/** The f0 address of an ID in fresh memory; its length is in `idAddressLength`. */
export function idAddress(id: u64): usize {
  const at = alloc(11)
  idAddressLength = writeIdAddress(at, id)
  return at
}
export let idAddressLength: u32 = 0
