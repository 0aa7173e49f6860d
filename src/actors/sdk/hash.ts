/**
 * Digests, by syscall.
 */
import { Hash } from "./cid"
import { ErrorNumber } from "./error-number"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { RETURN } from "./memory"
import { crypto_hash } from "./syscalls"

/** Writes the digest of `length` bytes at `data`, at most `size` bytes of it, and returns how many were written. */
export function hashInto(code: u64, data: usize, length: u32, digest: usize, size: u32): u32 {
  if (crypto_hash(RETURN, code, data, length, digest, size) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "hash refused")
  return load<u32>(RETURN)
}

/** Writes 32 bytes. */
export function keccak256(data: usize, length: u32, digest: usize): void {
  hashInto(Hash.KECCAK_256, data, length, digest, 32)
}

/** Writes 32 bytes. */
export function blake2b256(data: usize, length: u32, digest: usize): void {
  hashInto(Hash.BLAKE2B_256, data, length, digest, 32)
}

/** Writes 32 bytes. */
export function sha256(data: usize, length: u32, digest: usize): void {
  hashInto(Hash.SHA2_256, data, length, digest, 32)
}
