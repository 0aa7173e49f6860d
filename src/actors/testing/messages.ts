/**
 * How scenarios write their messages.
 */
/** A part of a scenario, as `fvm-oracle` reads it. */
export type Json = Record<string, unknown>

/** A value for CBOR: bytes, numbers, text, booleans, null, arrays, f0 addresses, big integers and links. */
export type Item =
  | Uint8Array
  | number
  | bigint
  | string
  | boolean
  | null
  | readonly Item[]
  | IdAddress
  | BigNumber
  | Link

/** An f0 address. */
export class IdAddress {
  readonly id: number
  readonly bytes: Buffer
  constructor(id: number) {
    this.id = id
    const bytes = [0]
    for (; id >= 128; id >>= 7) bytes.push((id & 127) | 128)
    this.bytes = Buffer.from([...bytes, id])
  }
}

/** A big integer: Filecoin's bytes of sign and magnitude. */
export class BigNumber {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** A link to a CID, by its bytes. */
export class Link {
  readonly cid: Uint8Array
  constructor(cid: Uint8Array) {
    this.cid = cid
  }
}

/** The f0 address of an actor. */
export const id = (actor: number): IdAddress => new IdAddress(actor)
/** An amount, attotokens or attoFIL. */
export const amount = (value: number | bigint): BigNumber => new BigNumber(BigInt(value))
/** No bytes. */
export const NOTHING: Uint8Array = Buffer.alloc(0)

function head(major: number, value: bigint): Buffer {
  if (value < 24n) return Buffer.from([(major << 5) | Number(value)])
  if (value < 256n) return Buffer.from([(major << 5) | 24, Number(value)])
  if (value < 65536n) return Buffer.from([(major << 5) | 25, Number(value >> 8n), Number(value & 255n)])
  const bytes = Buffer.alloc(9)
  bytes[0] = (major << 5) | 27
  bytes.writeBigUInt64BE(value, 1)
  return bytes
}

/** As CBOR. */
export function encode(item: Item): Buffer {
  if (item === null) return Buffer.from([0xf6])
  if (typeof item === "boolean") return Buffer.from([item ? 0xf5 : 0xf4])
  if (typeof item === "number" || typeof item === "bigint") {
    const value = BigInt(item)
    return value >= 0n ? head(0, value) : head(1, -1n - value)
  }
  if (typeof item === "string") return Buffer.concat([head(3, BigInt(item.length)), Buffer.from(item)])
  if (item instanceof Uint8Array) return Buffer.concat([head(2, BigInt(item.length)), item])
  if (item instanceof IdAddress) return encode(item.bytes)
  if (item instanceof Link) return Buffer.concat([head(6, 42n), encode(Buffer.from([0, ...item.cid]))])
  if (item instanceof BigNumber) {
    if (item.value === 0n) return encode(NOTHING)
    const digits = (item.value < 0n ? -item.value : item.value).toString(16)
    return encode(Buffer.from(`${item.value < 0n ? "01" : "00"}${digits.length % 2 === 0 ? "" : "0"}${digits}`, "hex"))
  }
  return Buffer.concat([head(4, BigInt(item.length)), ...(item as readonly Item[]).map(encode)])
}

/** How a message names an actor. */
export const to = (actor: number): string => `hex:${id(actor).bytes.toString("hex")}`

/** A message. Without `params` it has none. */
export function call(from: string, actor: number, method: number, params?: Item, more: Json = {}): Json {
  return {
    from,
    to: to(actor),
    method,
    ...(params === undefined ? {} : { params: encode(params).toString("hex") }),
    ...more,
  }
}

/** A message whose parameters are these bytes. */
export const raw = (from: string, actor: number, method: number, params: string): Json => ({
  from,
  to: to(actor),
  method,
  params,
})

/** An implicit message from an actor ID. */
export function implicit(from: number, actor: number, method: number, params?: Item): Json {
  return call(to(from), actor, method, params, { implicit: true })
}

/** Has init create an actor. */
export function create(code: string, params: Item, value = "0"): Json {
  return {
    from: "alice",
    to: to(1),
    method: 2,
    value,
    params_cbor: [{ code }, { hex: encode(params).toString("hex") }],
  }
}

/** A funded account of this name. */
export const account = (name: string): Json => ({
  name,
  code: { builtin: "account" },
  balance: "1000000000000000000000",
})
/** An f1 or f2 address of one repeated byte. */
export const keyAddress = (protocol: number, byte: string): Buffer =>
  Buffer.from(`0${protocol}${byte.repeat(20)}`, "hex")
