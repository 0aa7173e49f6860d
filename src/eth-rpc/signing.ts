import { keccak_256 } from "@noble/hashes/sha3.js"
import { ShapeError } from "../ipld/errors.ts"
import { ethAddress } from "./codecs/hex.ts"
import { hashTypedData, hashTypedList, type TypedData, typedData } from "./codecs/typed-data.ts"
import type { EthNode } from "./context.ts"
import { ethError } from "./errors.ts"
import { encodeSignature } from "./keyring.ts"

/** @throws RpcError - Strangers can reach the node, and it was not started with `--unlocked`. */
export function requireUnlocked({ state }: Pick<EthNode, "state">, method: string): void {
  if (!state.unlocked) throw ethError("keysLocked", { method })
}

/** Signs a text with the prefix of EIP-191. @throws RpcError - The node has no key of that address. */
export function signMessage(node: EthNode, method: string, address: Uint8Array, message: Uint8Array): Uint8Array {
  requireUnlocked(node, method)
  const prefix = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${message.length}`)
  const bytes = new Uint8Array(prefix.length + message.length)
  bytes.set(prefix)
  bytes.set(message, prefix.length)
  return encodeSignature(node.keyring.sign(address, keccak_256(bytes)))
}

/** Signs typed data. @throws RpcError - No key of that address, or a value that does not fit its type. */
export function signTyped(node: EthNode, method: string, address: Uint8Array, message: TypedData): Uint8Array {
  requireUnlocked(node, method)
  let hash: Uint8Array
  try {
    hash = hashTypedData(message)
  } catch (error) {
    if (error instanceof ShapeError) throw ethError("invalidInput", { message: `typed data: ${error.message}` })
    throw error
  }
  return encodeSignature(node.keyring.sign(address, hash))
}

/**
 * Signs typed data in either of its forms: EIP-712, or MetaMask's first one, a list of `{type, name, value}`.
 *
 * @throws RpcError - No key of that address, or a value that does not fit its type.
 */
export function signTypedLegacy(node: EthNode, method: string, address: unknown, message: unknown): Uint8Array {
  requireUnlocked(node, method)
  const signer = ethAddress.schema.safeParse(address)
  if (!signer.success)
    throw ethError("invalidInput", { message: `invalid argument 0 (address): ${ethAddress.expected}` })
  if (!Array.isArray(message)) {
    const parsed = typedData.schema.safeParse(message)
    if (!parsed.success)
      throw ethError("invalidInput", { message: `invalid argument 1 (typedData): ${typedData.expected}` })
    return signTyped(node, method, signer.data, parsed.data)
  }
  try {
    return encodeSignature(node.keyring.sign(signer.data, hashTypedList(message)))
  } catch (error) {
    if (error instanceof ShapeError) throw ethError("invalidInput", { message: `typed data: ${error.message}` })
    throw error
  }
}
