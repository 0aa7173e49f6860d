/** 0x01: the address whose key made a secp256k1 signature. Never fails: what is no signature has no output. */
import { ErrorNumber } from "../../actors/sdk/error-number"
import { keccak256 } from "../../actors/sdk/hash"
import { crypto_recover_secp_public_key } from "../../actors/sdk/syscalls"
import { output } from "../precompile"
import { overflow, readFrom, readPadded, readU64, readWord } from "../reader"
import { isZero, less, toBytes } from "../u256"

/** Order of the curve, as a word. */
const ORDER: usize = memory.data<u64>([0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff])

const DIGEST: usize = memory.data(32, 8)
/** r, s, recovery: 65 bytes. */
const SIGNATURE: usize = memory.data(72, 8)
const R: usize = memory.data(32, 8)
const S: usize = memory.data(32, 8)
/** Uncompressed key, 65 bytes. */
const PUBLIC_KEY: usize = memory.data(72, 8)

// @ts-ignore: decorator
@inline
function inRange(p: usize): bool {
  return !isZero(p) && less(p, ORDER)
}

export function ecrecover(input: usize, length: u32): bool {
  readFrom(input, length)
  readPadded(DIGEST, 32)
  const v = readU64()
  readWord(R)
  readWord(S)
  if (overflow || (v != 27 && v != 28) || !inRange(R) || !inRange(S)) return true
  toBytes(SIGNATURE, R)
  toBytes(SIGNATURE + 32, S)
  store<u8>(SIGNATURE, v - 27, 64)
  if (crypto_recover_secp_public_key(PUBLIC_KEY, DIGEST, SIGNATURE) != ErrorNumber.OK) return true
  const at = output(32)
  keccak256(PUBLIC_KEY + 1, 64, at)
  memory.fill(at, 0, 12)
  return true
}
