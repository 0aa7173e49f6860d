import type { bls12_381 as Bls } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { Address } from "../address/address.ts"
import { blake2b256 } from "../ipld/blake2b.ts"
import { MempoolError } from "./errors.ts"
import { messageCid } from "./message-codec.ts"
import type { SignedMessage } from "./types.ts"

/**
 * Checks the signature of a native message: over the bytes of the message's CID.
 *
 * | type | bytes |
 * |---|---|
 * | 1 secp256k1 | r (32) s (32) recovery (1), over blake2b-256 |
 * | 2 BLS | a compressed G2 point (96) |
 *
 * @throws MempoolError - `invalid-signature`: it is not the sender's. Delegated signatures are not for this room.
 * @see lotus chain/messagepool (VerifyMsgSig), lib/sigs
 */
export async function checkSignature({ message, signature }: SignedMessage): Promise<void> {
  const payload = messageCid(message).bytes
  const { from } = message
  let valid = false
  try {
    if (signature.type === 1 && from.protocol === 1 && signature.data.length === 65) {
      const key = secp256k1.Signature.fromBytes(signature.data.subarray(0, 64), "compact")
        .addRecoveryBit(signature.data[64] as number)
        .recoverPublicKey(blake2b256(payload))
      valid = Address.secp256k1(key.toBytes(false)).equals(from)
    } else if (signature.type === 2 && from.protocol === 3) {
      const { longSignatures } = await loadBls()
      const point = longSignatures.Signature.fromBytes(signature.data)
      valid = longSignatures.verify(point, longSignatures.hash(payload, BLS_DOMAIN), from.payload)
    }
  } catch (cause) {
    throw new MempoolError("invalid-signature", `the signature is malformed: ${(cause as Error).message}`)
  }
  if (!valid)
    throw new MempoolError(
      "invalid-signature",
      `the signature (type ${signature.type}) is not that of the sender ${from} over this message`,
    )
}

/** Most chains never see a BLS message, and the curve's tables take their time at every start. */
async function loadBls(): Promise<typeof Bls> {
  return (await import("@noble/curves/bls12-381.js")).bls12_381
}

/** The basic scheme with hashing to G2, without augmentation. @see draft-irtf-cfrg-bls-signature */
const BLS_DOMAIN = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
