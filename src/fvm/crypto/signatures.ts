import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { Address } from "../../address/address.ts"
import { blake2b256 } from "../../ipld/blake2b.ts"
import { bytesKey } from "../../ipld/cid.ts"

/** Bytes of a BLS signature: a compressed point of G2. */
export const BLS_SIGNATURE_LENGTH = 96
/** Bytes of a BLS public key: a compressed point of G1. */
export const BLS_PUBLIC_KEY_LENGTH = 48
/** Bytes of a secp256k1 signature: r, s and the recovery ID. */
export const SECP_SIGNATURE_LENGTH = 65
/** Bytes of an uncompressed secp256k1 public key. */
export const SECP_PUBLIC_KEY_LENGTH = 65

/** Signature types as messages and actors number them. */
export const SIGNATURE_TYPES = { SECP256K1: 1, BLS: 2 } as const

const SECP_ORDER = secp256k1.Point.Fn.ORDER
const SECP_HALF_ORDER = SECP_ORDER >> 1n

/** Signatures of Filecoin: public keys in G1, signatures in G2, hashed as the basic scheme's null domain says. */
const bls = bls12_381.longSignatures

/**
 * Recovers the public key that signed a hash.
 *
 * A high s is replaced by its negative, and the parity with it, as Ethereum's signatures need.
 *
 * @param hash - 32 bytes.
 * @param signature - r and s, big-endian, then the recovery ID: 0 to 3.
 * @returns 65 bytes, uncompressed; undefined if there is no such key.
 * @see ref-fvm shared/src/crypto/signature.rs (recover_secp_public_key)
 */
export function recoverSecp256k1(hash: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  const r = readBigEndian(signature, 0)
  let s = readBigEndian(signature, 32)
  let recoveryId = signature[64]!
  if (r === 0n || r >= SECP_ORDER || s === 0n || s >= SECP_ORDER) return undefined
  if (s > SECP_HALF_ORDER) {
    s = SECP_ORDER - s
    recoveryId ^= 1
  }
  if (recoveryId > 3) return undefined
  try {
    const point = new secp256k1.Signature(r, s, recoveryId).recoverPublicKey(hash)
    return point.toBytes(false)
  } catch {
    // No point of the curve has this x, or the key would be the point at infinity.
    return undefined
  }
}

/**
 * Verifies a signature over a message by a key address.
 *
 * @param type - See {@link SIGNATURE_TYPES}.
 * @param signer - An f1 or f3 address; one that does not fit the type verifies nothing.
 */
export function verifySignature(type: number, signature: Uint8Array, message: Uint8Array, signer: Address): boolean {
  if (type === SIGNATURE_TYPES.BLS) {
    if (signer.protocol !== 3 || signature.length !== BLS_SIGNATURE_LENGTH) return false
    return verifyBlsAggregate(signature, [signer.payload], [message])
  }
  if (signer.protocol !== 1 || signature.length !== SECP_SIGNATURE_LENGTH) return false
  const key = recoverSecp256k1(blake2b256(message), signature)
  return key !== undefined && Address.secp256k1(key).equals(signer)
}

/**
 * Verifies one BLS signature over a message of each key. Nobody has signed nothing: that holds.
 *
 * @param signature - 96 bytes.
 * @param publicKeys - 48 bytes each.
 * @param messages - One for each key, and no two alike.
 * @returns false also if a point is not one, or not in its subgroup.
 * @see draft-irtf-cfrg-bls-signature (ciphersuite BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_)
 */
export function verifyBlsAggregate(
  signature: Uint8Array,
  publicKeys: readonly Uint8Array[],
  messages: readonly Uint8Array[],
): boolean {
  if (publicKeys.length === 0) return true
  try {
    const point = bls.Signature.fromBytes(signature)
    const keys = publicKeys.map((key) => bls12_381.G1.Point.fromBytes(key))
    for (const key of [point, ...keys]) key.assertValidity()
    // Equal messages would let a key be made up from the others (draft, section 3.1).
    if (new Set(messages.map(bytesKey)).size !== messages.length) return false
    return bls.verifyBatch(
      point,
      keys.map((publicKey, i) => ({ publicKey, message: bls.hash(messages[i]!) })),
    )
  } catch {
    // The bytes are no point: as good as a wrong signature.
    return false
  }
}

function readBigEndian(bytes: Uint8Array, offset: number): bigint {
  let value = 0n
  for (let i = 0; i < 32; i += 4) {
    const at = offset + i
    const word = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
    value = (value << 32n) | BigInt(word)
  }
  return value
}
