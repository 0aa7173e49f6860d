import { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import { decodeCid } from "../ipld/cid.ts"
import { TipsetKey } from "./tipset-key.ts"

/** Tags of what a structured clone would lose: classes become plain objects on the other side. */
const ADDRESS = "$address"
const LINK = "$cid"
const ERROR = "$error"
const TIPSET_KEY = "$tipset"

/**
 * Makes a value fit to be posted to another thread: addresses, CIDs, tipset keys and errors become tagged plain objects, and each byte array gets
 * memory of its own (a view of a large buffer would take the whole buffer with it).
 */
export function pack(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value
  if (value instanceof Uint8Array)
    return value.byteLength === value.buffer.byteLength && value.constructor === Uint8Array
      ? value
      : new Uint8Array(value)
  // A column of numbers goes as it is.
  if (value instanceof Float64Array) return value
  if (value instanceof Address) return { [ADDRESS]: new Uint8Array(value.bytes) }
  if (Array.isArray(value)) return value.map(pack)
  if (value instanceof TipsetKey) return { [TIPSET_KEY]: value.bytes }
  const cid = CID.asCID(value)
  if (cid !== null) return { [LINK]: new Uint8Array(cid.bytes) }
  if (value instanceof Error) return { [ERROR]: { ...packFields(value), name: value.name, message: value.message } }
  return packFields(value)
}

function packFields(value: object): Record<string, unknown> {
  const packed: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) packed[key] = pack(field)
  return packed
}

/** Inverse of {@link pack}. An error comes back as an object with its fields, name and message. */
export function unpack(value: unknown): unknown {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(unpack)
  const fields = value as Record<string, unknown>
  const address = fields[ADDRESS]
  if (address instanceof Uint8Array) return Address.fromBytes(address)
  const link = fields[LINK]
  if (link instanceof Uint8Array) return decodeCid(link)
  const key = fields[TIPSET_KEY]
  if (key instanceof Uint8Array) return TipsetKey.fromBytes(key)
  if (ERROR in fields) return unpack(fields[ERROR])
  const unpacked: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) unpacked[key] = unpack(field)
  return unpacked
}
