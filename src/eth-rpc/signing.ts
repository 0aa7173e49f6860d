import { keccak_256 } from "@noble/hashes/sha3.js"
import { ShapeError } from "../ipld/errors.ts"
import { hashTypedData, type TypedData } from "./codecs/typed-data.ts"
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
