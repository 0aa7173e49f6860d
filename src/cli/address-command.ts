import { bytesToHex } from "@noble/hashes/utils.js"
import { Address } from "../address/address.ts"
import { AddressError } from "../address/errors.ts"
import { formatEthAddress, isMaskedId, parseEthAddress, toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import { UsageError } from "./errors.ts"

const PROTOCOLS = ["ID", "secp256k1", "actor", "BLS", "delegated"] as const

/** Reads any text form: 0x, f or t, or the bare number of an actor. @throws AddressError */
export function parseAnyAddress(text: string): Address {
  if (/^0x/i.test(text)) return toFilecoinAddress(parseEthAddress(text))
  return /^\d+$/.test(text) ? Address.id(BigInt(text)) : Address.parse(text)
}

/** Every form of one address, by name; those that it does not have are missing. */
export function addressForms(address: Address): Readonly<Record<string, string>> {
  const eth = toEthAddress(address)
  return {
    filecoin: address.toString("f"),
    testnet: address.toString("t"),
    protocol: `${address.protocol} (${PROTOCOLS[address.protocol]})`,
    bytes: `0x${bytesToHex(address.bytes)}`,
    ...(eth && { [isMaskedId(eth) ? "masked" : "ethereum"]: formatEthAddress(eth) }),
    ...(address.protocol === 0 && { actor: `${address.actorId}` }),
    ...(address.protocol === 4 && {
      namespace: `${address.namespace}`,
      subaddress: `0x${bytesToHex(address.subaddress)}`,
    }),
  }
}

/** `fevm address ADDRESS`. @throws UsageError - It is no address. */
export function runAddress(text: string, { json }: { readonly json: boolean }): void {
  let forms: Readonly<Record<string, string>>
  try {
    forms = addressForms(parseAnyAddress(text))
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message, { cause: error })
    throw error
  }
  const lines = Object.entries(forms).map(([name, value]) => `${name.padEnd(10)} ${value}`)
  process.stdout.write(json ? `${JSON.stringify(forms)}\n` : `${lines.join("\n")}\n`)
}
