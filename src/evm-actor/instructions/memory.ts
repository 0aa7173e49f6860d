/** Instructions on the EVM's memory. */
import { keccak256 as hash } from "../../actors/sdk/hash"
import { reach, region, regionSize, size, wordAt } from "../memory"
import { fromBytes, isZero, readBytes, set64, writeBytes } from "../u256"

const DIGEST: usize = memory.data(32, 8)

/** [p] = the word at offset [p]. */
// @ts-ignore: decorator
@inline
export function mload(p: usize): void {
  readBytes(p, wordAt(p))
}

/** Writes [p] at offset [p + 32]. */
// @ts-ignore: decorator
@inline
export function mstore(p: usize): void {
  writeBytes(wordAt(p + 32), p)
}

/** Writes the lowest byte of [p] at offset [p + 32]. */
export function mstore8(p: usize): void {
  store<u8>(reach(p + 32, 1), load<u8>(p))
}

/** [p] = bytes of memory in use. */
// @ts-ignore: decorator
@inline
export function msize(p: usize): void {
  set64(p, size)
}

/** Copies [p] bytes from offset [p + 32] to offset [p + 64]; the two may overlap. */
export function mcopy(p: usize): void {
  if (isZero(p)) return
  region(p + 32, p)
  // The second growth can move the memory, so the first address is of no use.
  const to = region(p + 64, p)
  memory.copy(to, region(p + 32, p), regionSize)
}

/** [p] = keccak-256 of [p] bytes at offset [p + 32]. */
export function keccak256(p: usize): void {
  const at = region(p + 32, p)
  hash(at, regionSize, DIGEST)
  fromBytes(p, DIGEST)
}
