import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { Address } from "../../src/address/address.ts"
import { messageCid } from "../../src/chain/message-codec.ts"
import type { SignedMessage } from "../../src/chain/types.ts"
import type { Message } from "../../src/fvm/message.ts"
import { blake2b256 } from "../../src/ipld/blake2b.ts"

const { longSignatures } = bls12_381
const DOMAIN = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"

/** Signs native messages of its address. */
export interface Wallet {
  readonly address: Address
  sign(message: Message): SignedMessage
}

/** An f1 account of this private key. */
export function secpWallet(key: Uint8Array): Wallet {
  return {
    address: Address.secp256k1(secp256k1.getPublicKey(key, false)),
    sign: (message) => {
      const hash = blake2b256(messageCid(message).bytes)
      const made = secp256k1.sign(hash, key, { prehash: false, format: "recovered" })
      return { message, signature: { type: 1, data: new Uint8Array([...made.slice(1), made[0]!]) } }
    },
  }
}

/** An f3 account of this private key. */
export function blsWallet(key: Uint8Array): Wallet {
  return {
    address: Address.bls(longSignatures.getPublicKey(key).toBytes()),
    sign: (message) => {
      const hash = longSignatures.hash(messageCid(message).bytes, DOMAIN)
      return { message, signature: { type: 2, data: longSignatures.sign(hash, key).toBytes() } }
    },
  }
}
