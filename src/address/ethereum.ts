import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { Address } from "./address.ts"
import { AddressError } from "./errors.ts"
import { keccak256 } from "./keccak256.ts"

/** Actor ID of the Ethereum Address Manager; the namespace of f410 addresses. */
export const EAM_NAMESPACE = 10n

/** Bytes of an Ethereum address. */
export const ETH_ADDRESS_LENGTH = 20

const MASKED_ID_PREFIX = 0xff
const MASKED_ID_OFFSET = 12

/** Whether this is a masked ID address: 0xff, eleven zero bytes, the actor ID as 8 bytes big-endian. */
export function isMaskedId(eth: Uint8Array): boolean {
  if (eth.length !== ETH_ADDRESS_LENGTH || eth[0] !== MASKED_ID_PREFIX) return false
  for (let i = 1; i < MASKED_ID_OFFSET; i++) if (eth[i] !== 0) return false
  return true
}

/** The masked form of an actor ID, as the EVM shows an actor without an f410 address. */
export function maskedIdAddress(id: bigint): Uint8Array {
  const eth = new Uint8Array(ETH_ADDRESS_LENGTH)
  eth[0] = MASKED_ID_PREFIX
  new DataView(eth.buffer).setBigUint64(MASKED_ID_OFFSET, id)
  return eth
}

/**
 * The Filecoin address that a 20-byte Ethereum address stands for: a masked ID becomes f0, anything else f410.
 *
 * @throws AddressError - Not 20 bytes.
 * @see FIP-0055; lotus chain/types/ethtypes/eth_types.go (EthAddress.ToFilecoinAddress)
 */
export function toFilecoinAddress(eth: Uint8Array): Address {
  if (eth.length !== ETH_ADDRESS_LENGTH)
    throw new AddressError(`an Ethereum address has 20 bytes, this one has ${eth.length}`)
  if (isMaskedId(eth)) return Address.id(new DataView(eth.buffer, eth.byteOffset).getBigUint64(MASKED_ID_OFFSET))
  return Address.delegated(EAM_NAMESPACE, eth)
}

/**
 * The Ethereum address of an f410 or f0 (masked) address.
 *
 * @returns undefined for f1, f2, f3 and for f4 in another namespace or of another length: they have none of their own.
 */
export function toEthAddress(address: Address): Uint8Array | undefined {
  const { bytes } = address
  switch (address.protocol) {
    case 0:
      return maskedIdAddress(address.actorId)
    case 4:
      // The namespace is below 128, so it is one byte.
      return bytes.length === 2 + ETH_ADDRESS_LENGTH && bytes[1] === Number(EAM_NAMESPACE) ? bytes.slice(2) : undefined
    case 1:
    case 2:
    case 3:
      return undefined
  }
}

/** EIP-55 text of a 20-byte Ethereum address. */
export function formatEthAddress(eth: Uint8Array): string {
  const lower = bytesToHex(eth)
  const hash = keccak256(new TextEncoder().encode(lower))
  let text = "0x"
  for (let i = 0; i < lower.length; i++) {
    const nibble = (hash[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 0xf
    text += nibble >= 8 ? lower[i]!.toUpperCase() : lower[i]
  }
  return text
}

/**
 * Reads 0x and 40 hex digits. All-lower and all-upper case pass; mixed case must carry a right EIP-55 checksum.
 *
 * @throws AddressError - Another shape, or a wrong checksum.
 */
export function parseEthAddress(text: string): Uint8Array {
  if (!/^0[xX][0-9a-fA-F]{40}$/.test(text))
    throw new AddressError(`"${text.slice(0, 100)}" is not an Ethereum address: 0x and 40 hex digits expected`)
  const digits = text.slice(2)
  const eth = hexToBytes(digits)
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase()
  if (mixed && formatEthAddress(eth).slice(2) !== digits)
    throw new AddressError(`"${text}" has a wrong EIP-55 checksum: ${formatEthAddress(eth)} expected`)
  return eth
}
