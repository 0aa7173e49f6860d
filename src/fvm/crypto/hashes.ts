import { ripemd160 } from "@noble/hashes/legacy.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { keccak256 } from "../../address/keccak256.ts"
import { blake2b, blake2b256 } from "../../ipld/blake2b.ts"
import type { HashName } from "../gas/prices/price-data.ts"

/** A hash function that actors can ask for. */
export interface HashFunction {
  /** Multihash code. */
  readonly code: number
  /** Its name in the price list. */
  readonly name: HashName
  digest(data: Uint8Array): Uint8Array
}

/**
 * The hash functions of the ABI, by the name that the price list has for them.
 *
 * @see FIP-0058; ref-fvm fvm/src/kernel/hash.rs
 */
export const HASH_FUNCTIONS: { readonly [N in HashName]: HashFunction & { readonly name: N } } = {
  Sha2_256: { code: 0x12, name: "Sha2_256", digest: sha256 },
  Blake2b256: { code: 0xb220, name: "Blake2b256", digest: blake2b256 },
  Blake2b512: { code: 0xb240, name: "Blake2b512", digest: (data) => blake2b(data, 64) },
  Keccak256: { code: 0x1b, name: "Keccak256", digest: keccak256 },
  Ripemd160: { code: 0x1053, name: "Ripemd160", digest: ripemd160 },
}

const BY_CODE: ReadonlyMap<number, HashFunction> = new Map(
  Object.values(HASH_FUNCTIONS).map((hash) => [hash.code, hash]),
)

/** The hash function with this multihash code; undefined if the ABI has none. */
export function hashFunctionOf(code: bigint): HashFunction | undefined {
  return code > 0xffffn ? undefined : BY_CODE.get(Number(code))
}
