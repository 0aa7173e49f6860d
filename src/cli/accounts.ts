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

/**
 * The first addresses of {@link DEFAULT_MNEMONIC}. Working them out costs a tenth of the start of a node, and they are the same for ever: a
 * test compares them.
 */
const DEFAULT_ADDRESSES: readonly string[] = [
  "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
  "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
  "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
  "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
  "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
  "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
  "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
  "0xBcd4042DE499D14e55001CcbB24a551F3b954096",
  "0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
  "0xFABB0ac9d68B0B445fB7357272Ff202C5651694a",
  "0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec",
  "0xdF3e18d64BC6A983f673Ab319CCaE4f1a57C7097",
  "0xcd3B766CCDd6AE721141F452C550Ca635964ce71",
  "0x2546BcD3c84621e976D8185a91A922aE77ECEc30",
  "0xbDA5747bFD65F08deb54cb465eB87D40e51B197E",
  "0xdD2FD4581271e230360230F9337D5c0430Bf44C0",
  "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199",
]

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
  const isDefault = words === DEFAULT_MNEMONIC
  if (!isDefault && !validateMnemonic(words, wordlist))
    throw new UsageError(
      `--mnemonic "${words.split(" ").length} words" is no BIP-39 mnemonic: 12 to 24 English words with a right checksum expected`,
    )
  let parent: ExtendedKey | undefined
  let publicKey: Uint8Array | undefined
  return Array.from({ length: count }, (_, index) => {
    const derive = (): Uint8Array => {
      parent ??= deriveParent(words)
      publicKey ??= publicKeyOf(parent.key, true)
      return deriveChild(parent, index, publicKey).key
    }
    const known = isDefault ? DEFAULT_ADDRESSES[index] : undefined
    return known === undefined ? createAccount(derive()) : new KnownAccount(known, derive)
  })
}

/** An account whose address is known; its key is derived when it is asked for. */
class KnownAccount implements Account {
  readonly address: Uint8Array
  readonly ethAddress: string
  readonly filecoinAddress: Address
  readonly #derive: () => Uint8Array
  #privateKey: Uint8Array | undefined

  constructor(ethAddress: string, derive: () => Uint8Array) {
    this.ethAddress = ethAddress
    this.address = hexToBytes(ethAddress.slice(2))
    this.filecoinAddress = toFilecoinAddress(this.address)
    this.#derive = derive
  }

  get privateKey(): Uint8Array {
    this.#privateKey ??= this.#derive()
    return this.#privateKey
  }
}

/** The key at {@link DERIVATION_PATH}. */
function deriveParent(words: string): ExtendedKey {
  const seed = pbkdf2Sync(words, "mnemonic", 2048, 64, "sha512")
  let parent = split(hmac512(MASTER_KEY, seed))
  for (const step of DERIVATION_PATH.split("/").slice(1))
    parent = deriveChild(parent, step.endsWith("'") ? HARDENED + Number(step.slice(0, -1)) : Number(step))
  return parent
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

/**
 * One step of BIP-32. A key that does not exist (one in 2^127) is refused rather than passed over.
 *
 * @param publicKey - Of the parent, compressed; wanted below {@link HARDENED} only. Default: worked out
 */
function deriveChild({ key, chainCode }: ExtendedKey, index: number, publicKey?: Uint8Array): ExtendedKey {
  const data = new Uint8Array(37)
  if (index >= HARDENED) data.set(key, 1)
  else data.set(publicKey ?? publicKeyOf(key, true))
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
