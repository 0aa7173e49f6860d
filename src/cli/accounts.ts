import { pbkdf2Sync } from "node:crypto"
import { HDKey } from "@scure/bip32"
import { validateMnemonic } from "@scure/bip39"
import { wordlist } from "@scure/bip39/wordlists/english.js"
import type { Address } from "../address/address.ts"
import { formatEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import { addressOfKey } from "../eth-rpc/keyring.ts"
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
  const parent = HDKey.fromMasterSeed(seed).derive(DERIVATION_PATH)
  return Array.from({ length: count }, (_, index) => {
    const { privateKey } = parent.deriveChild(index)
    if (!privateKey) throw new UsageError(`account ${index} of the mnemonic has no key`)
    return createAccount(privateKey)
  })
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
