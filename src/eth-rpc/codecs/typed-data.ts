import { keccak_256 } from "@noble/hashes/sha3.js"
import { z } from "zod"
import { ShapeError } from "../../ipld/errors.ts"
import type { Decoder } from "../../json-rpc/method.ts"
import { parseData, parseQuantity } from "./hex.ts"

/** Typed structured data. @see EIP-712 */
export interface TypedData {
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>
  readonly primaryType: string
  readonly domain: Readonly<Record<string, unknown>>
  readonly message: Readonly<Record<string, unknown>>
}

const shape = z.looseObject({
  types: z.record(z.string(), z.array(z.looseObject({ name: z.string(), type: z.string() }))),
  primaryType: z.string(),
  domain: z.record(z.string(), z.any()),
  message: z.record(z.string(), z.any()),
})

/** An object, or its JSON text, as wallets send it. */
export const typedData: Decoder<TypedData> = {
  expected: "typed data: {types, primaryType, domain, message}, or its JSON text",
  schema: z
    .union([
      shape,
      z.string().transform((text, context): unknown => {
        try {
          return JSON.parse(text)
        } catch {
          context.issues.push({ code: "custom", message: "JSON of typed data", input: text })
          return z.NEVER
        }
      }),
    ])
    .pipe(shape),
}

const WORD = 32

/**
 * The hash that is signed for typed data.
 *
 * @throws ShapeError - A value does not fit its type, or a type is not there.
 * @see EIP-712
 */
export function hashTypedData({ types, primaryType, domain, message }: TypedData): Uint8Array {
  const withDomain = types.EIP712Domain ? types : { ...types, EIP712Domain: domainFields(domain) }
  const parts: Uint8Array[] = [Uint8Array.of(0x19, 0x01), hashStruct("EIP712Domain", domain, withDomain)]
  if (primaryType !== "EIP712Domain") parts.push(hashStruct(primaryType, message, withDomain))
  return hashOf(parts)
}

const DOMAIN_FIELDS: readonly { readonly name: string; readonly type: string }[] = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
  { name: "salt", type: "bytes32" },
]

function domainFields(domain: TypedData["domain"]): TypedData["types"][string] {
  return DOMAIN_FIELDS.filter(({ name }) => domain[name] !== undefined)
}

type Types = TypedData["types"]

function hashStruct(type: string, value: unknown, types: Types): Uint8Array {
  if (typeof value !== "object" || value === null) throw new ShapeError(type, "an object", typeof value)
  const encoded: Uint8Array[] = [keccak_256(new TextEncoder().encode(encodeType(type, types)))]
  for (const field of types[type] ?? [])
    encoded.push(
      encodeValue(field.type, (value as Record<string, unknown>)[field.name], types, `${type}.${field.name}`),
    )
  return hashOf(encoded)
}

/** The type with its fields, and after it, sorted, the types that they use. */
function encodeType(type: string, types: Types): string {
  const used = new Set<string>()
  const collect = (name: string): void => {
    const base = name.replace(/\[.*$/, "")
    if (!types[base] || used.has(base)) return
    used.add(base)
    for (const field of types[base]) collect(field.type)
  }
  collect(type)
  if (!used.has(type)) throw new ShapeError("types", `the type ${type}`, "none of that name")
  used.delete(type)
  return [type, ...[...used].sort()]
    .map((name) => `${name}(${types[name]!.map((field) => `${field.type} ${field.name}`).join(",")})`)
    .join("")
}

/** One word. */
function encodeValue(type: string, value: unknown, types: Types, path: string): Uint8Array {
  const array = /^(.*)\[(\d*)\]$/.exec(type)
  if (array) {
    if (!Array.isArray(value) || (array[2] !== "" && value.length !== Number(array[2])))
      throw new ShapeError(path, `a list (${type})`, String(value))
    return hashOf(value.map((item, i) => encodeValue(array[1]!, item, types, `${path}[${i}]`)))
  }
  if (types[type]) return value === null || value === undefined ? new Uint8Array(WORD) : hashStruct(type, value, types)
  if (type === "string") {
    if (typeof value !== "string") throw new ShapeError(path, "a text", typeof value)
    return keccak_256(new TextEncoder().encode(value))
  }
  if (type === "bytes") return keccak_256(bytesOf(value, path))
  if (type === "bool") return wordOf(value === true || value === "true" ? 1n : 0n)
  if (type === "address") return padLeft(bytesOf(value, path, 20))
  const fixed = /^bytes(\d+)$/.exec(type)
  if (fixed) {
    const word = new Uint8Array(WORD)
    word.set(bytesOf(value, path, Number(fixed[1])))
    return word
  }
  if (/^u?int\d*$/.test(type)) return wordOf(integerOf(value, path))
  throw new ShapeError(path, "a type of Solidity or of types", type)
}

function integerOf(value: unknown, path: string): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value)
  const negative = typeof value === "string" && value.startsWith("-")
  const magnitude = parseQuantity(negative ? value.slice(1) : value)
  if (magnitude === undefined) throw new ShapeError(path, "an integer", String(value))
  return negative ? -magnitude : magnitude
}

function bytesOf(value: unknown, path: string, length?: number): Uint8Array {
  const bytes = parseData(value)
  if (!bytes || (length !== undefined && bytes.length !== length))
    throw new ShapeError(
      path,
      length === undefined ? "0x and hex digits" : `${length} bytes as 0x and hex digits`,
      String(value),
    )
  return bytes
}

function wordOf(value: bigint): Uint8Array {
  const word = new Uint8Array(WORD)
  let rest = BigInt.asUintN(256, value)
  for (let i = WORD - 1; rest > 0n; i--) {
    word[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return word
}

function padLeft(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(WORD)
  word.set(bytes, WORD - bytes.length)
  return word
}

/** Part by part: there may be more of them than a call takes arguments. */
function hashOf(parts: readonly Uint8Array[]): Uint8Array {
  const hash = keccak_256.create()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/**
 * The hash that is signed for a list of `{type, name, value}`: keccak of the hash of all types with names, and the hash of all values,
 * each packed tightly.
 *
 * @throws ShapeError - An item is something else.
 * @see MetaMask eth-sig-util, signTypedData version V1
 */
export function hashTypedList(items: readonly unknown[]): Uint8Array {
  const schema: Uint8Array[] = []
  const values: Uint8Array[] = []
  items.forEach((item, i) => {
    const { type, name, value } = (item ?? {}) as { type?: unknown; name?: unknown; value?: unknown }
    if (typeof type !== "string" || typeof name !== "string")
      throw new ShapeError(`[${i}]`, "{type, name, value}", typeof item)
    schema.push(new TextEncoder().encode(`${type} ${name}`))
    values.push(packValue(type, value, `[${i}].value`))
  })
  return hashOf([hashOf(schema), hashOf(values)])
}

/** A value without padding, as Solidity's `abi.encodePacked` has it. */
function packValue(type: string, value: unknown, path: string): Uint8Array {
  if (type === "string") return new TextEncoder().encode(String(value))
  if (type === "bytes") return bytesOf(value, path)
  if (type === "bool") return Uint8Array.of(value === true ? 1 : 0)
  const word = encodeValue(type, value, {}, path)
  if (type === "address") return word.subarray(WORD - 20)
  const bits = /^u?int(\d*)$/.exec(type)
  if (bits) return word.subarray(WORD - Number(bits[1] || 256) / 8)
  return word.subarray(0, Number(type.slice("bytes".length)))
}
