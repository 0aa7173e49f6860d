import { createHmac, pbkdf2Sync } from "node:crypto"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { validateMnemonic } from "@scure/bip39"
import { wordlist } from "@scure/bip39/wordlists/english.js"
import type { Address } from "../address/address.ts"
import { formatEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import { addressOfKey, publicKeyOf } from "../eth-rpc/keyring.ts"
import { UsageError } from "./errors.ts"

/** The words that every development node begins with. Everybody knows their keys: never send real money there. */
export const DEFAULT_MNEMONIC = "test test test test test test test test test test test junk"

/** Where the accounts of a mnemonic lie: the n-th at this path and n. */
export const DERIVATION_PATH = "m/44'/60'/0'/0"

/** An account that the node has the key of. */
export interface Account {
  readonly privateKey: Uint8Array
  /** 20 bytes. */
  readonly address: Uint8Array
  /** With EIP-55 checksum. */
  readonly ethAddress: string
  /** Its f410 address. */
  readonly filecoinAddress: Address
}

/**
 * The first accounts of a mnemonic.
 *
 * @throws UsageError - The words are no BIP-39 mnemonic.
 * @see BIP-32, BIP-39, BIP-44
 */
export function deriveAccounts(mnemonic: string, count: number): Account[] {
  const words = mnemonic.normalize("NFKD").trim().split(/\s+/).join(" ")
  if (!validateMnemonic(words, wordlist))
    throw new UsageError(
      `--mnemonic "${words.split(" ").length} words" is no BIP-39 mnemonic: 12 to 24 English words with a right checksum expected`,
    )
  const seed = pbkdf2Sync(words, "mnemonic", 2048, 64, "sha512")
  let parent = split(hmac512(MASTER_KEY, seed))
  for (const step of DERIVATION_PATH.split("/").slice(1))
    parent = deriveChild(parent, step.endsWith("'") ? HARDENED + Number(step.slice(0, -1)) : Number(step))
  return Array.from({ length: count }, (_, index) => createAccount(deriveChild(parent, index).key))
}

const MASTER_KEY = new TextEncoder().encode("Bitcoin seed")
const HARDENED = 2 ** 31
/** Order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** A private key and the chain code with which its children are made, 32 bytes each. */
interface ExtendedKey {
  readonly key: Uint8Array
  readonly chainCode: Uint8Array
}

/** One step of BIP-32. A key that does not exist (one in 2^127) is refused rather than passed over. */
function deriveChild({ key, chainCode }: ExtendedKey, index: number): ExtendedKey {
  const data = new Uint8Array(37)
  if (index >= HARDENED) data.set(key, 1)
  else data.set(publicKeyOf(key, true))
  new DataView(data.buffer).setUint32(33, index)
  const child = split(hmac512(chainCode, data))
  const tweak = toBigInt(child.key)
  const sum = (tweak + toBigInt(key)) % ORDER
  if (tweak >= ORDER || sum === 0n) throw new UsageError(`step ${index} of the mnemonic's path has no key`)
  return { key: hexToBytes(sum.toString(16).padStart(64, "0")), chainCode: child.chainCode }
}

function hmac512(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha512", key).update(data).digest())
}

function split(bytes: Uint8Array): ExtendedKey {
  return { key: bytes.slice(0, 32), chainCode: bytes.slice(32) }
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`)
}

/** The account of a private key of 32 bytes. */
export function createAccount(privateKey: Uint8Array): Account {
  const address = addressOfKey(privateKey)
  return {
    privateKey,
    address,
    ethAddress: formatEthAddress(address),
    filecoinAddress: toFilecoinAddress(address),
  }
}
