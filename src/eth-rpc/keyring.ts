import { createECDH } from "node:crypto"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js"
import { type RecoverableSignature, signDigest } from "../fvm-bridge/secp256k1.ts"
import { toHex } from "./codecs/hex.ts"
import { ethError } from "./errors.ts"

/** The Ethereum address of a private key of 32 bytes. @throws Error - It is 0, or not below the order of the curve. */
export function addressOfKey(privateKey: Uint8Array): Uint8Array {
  return keccak_256(publicKeyOf(privateKey, false).subarray(1)).slice(12)
}

/**
 * The public key of a private key on secp256k1, 33 or 65 bytes. By OpenSSL: noble makes tables first, which would be a fifth of the
 * start of a node.
 *
 * @throws Error - The key is 0, or not below the order of the curve.
 */
export function publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array {
  try {
    const ecdh = createECDH("secp256k1")
    ecdh.setPrivateKey(privateKey)
    return new Uint8Array(ecdh.getPublicKey(null, compressed ? "compressed" : "uncompressed"))
  } catch {
    // No such key, which noble says in clearer words; or an OpenSSL without this curve.
    return secp256k1.getPublicKey(privateKey, compressed)
  }
}

/** A key, and the address of 20 bytes that is its. */
export interface Key {
  readonly address: Uint8Array
  /** 32 bytes. */
  readonly privateKey: Uint8Array
}

/** The keys that the node itself has, and the addresses that it plays without a key. For development only. */
export class Keyring {
  readonly #keys = new Map<string, Key>()
  readonly #impersonated = new Set<string>()
  /** Whether every address may be played. */
  impersonateAll = false

  /** @param keys - Their private halves may be worked out when they are asked for. */
  constructor(keys: Iterable<Key>) {
    for (const key of keys) this.#keys.set(bytesToHex(key.address), key)
  }

  /** In the order in which they came. */
  get addresses(): readonly Uint8Array[] {
    return [...this.#keys.values()].map(({ address }) => address)
  }

  /** @returns The address of the key. */
  add(privateKey: Uint8Array): Uint8Array {
    const address = addressOfKey(privateKey)
    this.#keys.set(bytesToHex(address), { address, privateKey })
    return address
  }

  /** @returns Whether there was a key of that address. */
  remove(address: Uint8Array): boolean {
    return this.#keys.delete(bytesToHex(address))
  }

  has(address: Uint8Array): boolean {
    return this.#keys.has(bytesToHex(address))
  }

  impersonate(address: Uint8Array): void {
    this.#impersonated.add(bytesToHex(address))
  }

  /** @returns Whether it was played. */
  stopImpersonating(address: Uint8Array): boolean {
    return this.#impersonated.delete(bytesToHex(address))
  }

  /** Plays nobody any more. */
  stopImpersonatingAll(): void {
    this.#impersonated.clear()
    this.impersonateAll = false
  }

  /** Whether a transaction from this address is taken without its key. */
  isImpersonated(address: Uint8Array): boolean {
    return this.impersonateAll || this.#impersonated.has(bytesToHex(address))
  }

  /**
   * Signs a 32-byte hash.
   *
   * @throws RpcError - The key of this address is not here.
   */
  sign(address: Uint8Array, hash: Uint8Array): RecoverableSignature {
    const key = this.#keys.get(bytesToHex(address))
    if (!key) throw ethError("unknownAccount", { address: toHex(address), unlocked: this.#keys.size })
    return signDigest(hash, key.privateKey)
  }
}

/** r, s and 27 or 28: the 65 bytes that wallets give for a signed text. */
export function encodeSignature({ signature, parity }: RecoverableSignature): Uint8Array {
  return concatBytes(signature, Uint8Array.of(27 + parity))
}
