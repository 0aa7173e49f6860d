import { blake2b } from "@noble/hashes/blake2.js"

/** The 32-byte blake2b-256 digest of the bytes (RFC 7693, no key). The hash of every CID that Filecoin makes. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 })
}
