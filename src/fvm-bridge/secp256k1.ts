import { createRequire } from "node:module"
import { secp256k1 } from "@noble/curves/secp256k1.js"

/** A signature of 64 bytes, r (32) and the lower s (32), and the parity of the y of its point. */
export interface RecoverableSignature {
  readonly signature: Uint8Array
  readonly parity: 0 | 1
}

/** Recovery and signing by one library. */
export interface Secp256k1 {
  readonly recover: typeof recoverPublicKey
  readonly sign: typeof signDigest
}

/** The part of the npm package `secp256k1` (libsecp256k1 as a prebuilt addon) that is used here. */
interface NativeSecp256k1 {
  ecdsaRecover(signature: Uint8Array, parity: number, digest: Uint8Array, compressed: boolean): Uint8Array
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
}

/**
 * libsecp256k1, where it is installed and has a build for this machine: recovers a key in a twentieth of the time that noble takes,
 * which was a third of the time of a token transfer (bench/PROFILE.md). Loaded when it is needed first, not at the start.
 */
function loadNative(): Secp256k1 | undefined {
  let native: NativeSecp256k1
  try {
    native = createRequire(import.meta.url)("secp256k1/bindings.js") as NativeSecp256k1
  } catch {
    return undefined // an optional dependency: noble does the same everywhere
  }
  return {
    recover: (digest, signature, parity) => {
      try {
        return native.ecdsaRecover(signature, parity, digest, false)
      } catch {
        return undefined
      }
    },
    sign: (digest, privateKey) => {
      const { signature, recid } = native.ecdsaSign(digest, privateKey)
      return { signature, parity: recid === 1 ? 1 : 0 }
    },
  }
}

const portable: Secp256k1 = {
  recover: (digest, signature, parity) => {
    try {
      const { Signature } = secp256k1
      return Signature.fromBytes(signature, "compact").addRecoveryBit(parity).recoverPublicKey(digest).toBytes(false)
    } catch {
      return undefined
    }
  },
  sign: (digest, privateKey) => {
    // The recovery byte, then r and s.
    const bytes = secp256k1.sign(digest, privateKey, { prehash: false, format: "recovered" })
    return { signature: bytes.subarray(1), parity: bytes[0] === 1 ? 1 : 0 }
  },
}

let loaded: { readonly native: Secp256k1 | undefined } | undefined

/** The native way and the portable one, for tests that compare them; `native` is undefined where there is none. */
export const LIBRARIES: Readonly<Record<"native" | "portable", Secp256k1 | undefined>> = {
  get native() {
    loaded ??= { native: loadNative() }
    return loaded.native
  },
  portable,
}

/**
 * The public key that made a signature.
 *
 * @param digest - 32 bytes.
 * @param signature - r (32) and s (32), big-endian, each above 0 and below the order of the curve; s may be the high one.
 * @param parity - Of the y of the signature's point.
 * @returns 65 bytes, 04 first; undefined if r is the x coordinate of no point, or the key is no point.
 * @see SEC 1, 4.1.6
 */
export function recoverPublicKey(digest: Uint8Array, signature: Uint8Array, parity: 0 | 1): Uint8Array | undefined {
  return (LIBRARIES.native ?? portable).recover(digest, signature, parity)
}

/**
 * Signs a digest, always with the same signature.
 *
 * @param digest - 32 bytes.
 * @param privateKey - 32 bytes, above 0 and below the order of the curve.
 * @see RFC 6979
 */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): RecoverableSignature {
  return (LIBRARIES.native ?? portable).sign(digest, privateKey)
}
