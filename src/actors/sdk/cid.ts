/**
 * CIDs as bytes in memory: a CID is the address of its first byte, since a CID says its own length.
 *
 *     CIDv1 of a block of state: 01 | codec | a0 e4 02 (blake2b-256) | 20 (length) | 32 bytes of digest = 38 bytes
 */
import { equalBytes } from "./memory"

export namespace Codec {
  export const RAW: u64 = 0x55
  export const CBOR: u64 = 0x51
  export const DAG_CBOR: u64 = 0x71
}

export namespace Hash {
  export const IDENTITY: u64 = 0x00
  export const SHA2_256: u64 = 0x12
  export const KECCAK_256: u64 = 0x1b
  export const RIPEMD_160: u64 = 0x1053
  export const BLAKE2B_256: u64 = 0xb220
  export const BLAKE2B_512: u64 = 0xb240
}

/** Length of a CIDv1 with blake2b-256 and a one-byte codec: what all state consists of. */
export const CID_LENGTH: u32 = 38
/** Longest CID that the kernel makes or takes. */
export const MAX_CID_LENGTH: u32 = 100

/** One past the last byte of the varint at `at`; 0 if it does not end before `end`, or is longer than 9 bytes. */
function skipVarint(at: usize, end: usize): usize {
  for (let i = 0; i < 9; i++) {
    if (at >= end) return 0
    const byte = load<u8>(at++)
    if (byte < 0x80) return byte == 0 && i > 0 ? 0 : at
  }
  return 0
}

/** Length of the CID that starts at `at` and ends by `end`; 0 if there is no valid one. */
export function cidLength(at: usize, end: usize): u32 {
  if (at >= end) return 0
  // CIDv0: a bare sha2-256 multihash.
  if (end - at >= 34 && load<u16>(at) == 0x2012) return 34
  if (load<u8>(at) != 1) return 0
  let p = skipVarint(at + 1, end)
  if (p == 0) return 0
  p = skipVarint(p, end)
  if (p == 0 || p >= end) return 0
  const length = load<u8>(p++)
  if (length > 64 || p + length > end) return 0
  return u32(p + length - at)
}

/** Whether two state CIDs (38 bytes each) are the same. */
export function sameCid(a: usize, b: usize): bool {
  return equalBytes(a, b, CID_LENGTH)
}
