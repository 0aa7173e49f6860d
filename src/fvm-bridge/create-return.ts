import { decode } from "@ipld/dag-cbor"
import { Address } from "../address/address.ts"

/** What the EAM answers to Create, Create2 and CreateExternal. */
export interface CreateReturn {
  readonly actorId: bigint
  /** The f2 address; undefined when an existing address was resurrected. */
  readonly robustAddress: Address | undefined
  /** 20 bytes. */
  readonly ethAddress: Uint8Array
}

/** Return data of the EAM that is not `[actor ID, f2 address | null, 20 bytes]`. */
export class MalformedCreateReturn extends Error {
  override readonly name = "MalformedCreateReturn"
}

/**
 * Reads `[actor ID, f2 address | null, Ethereum address]`.
 *
 * @throws MalformedCreateReturn - Anything else: the bundle's EAM is not one that we know.
 * @see builtin-actors actors/eam/src/lib.rs (Return)
 */
export function decodeCreateReturn(returnData: Uint8Array): CreateReturn {
  let value: unknown
  try {
    value = decode(returnData)
  } catch (cause) {
    throw new MalformedCreateReturn("the EAM's return data is not CBOR", { cause })
  }
  const [id, robust, eth] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof id !== "number" && typeof id !== "bigint") throw new MalformedCreateReturn("the actor ID is missing")
  if (robust !== null && !(robust instanceof Uint8Array))
    throw new MalformedCreateReturn("the f2 address is neither null nor bytes")
  if (!(eth instanceof Uint8Array) || eth.length !== 20)
    throw new MalformedCreateReturn("the Ethereum address is not 20 bytes")
  return {
    actorId: BigInt(id),
    robustAddress: robust === null ? undefined : Address.fromBytes(robust),
    ethAddress: eth,
  }
}
