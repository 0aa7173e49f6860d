/**
 * Lotus' types of parameters: what each takes, and in which words it refuses the rest.
 *
 * @see lotus chain/types/ethtypes/eth_types.go
 */
import {
  decodeHex,
  GoDecodeError,
  type GoType,
  goBool,
  goString,
  kindOf,
  parseUint,
  pointerTo,
  sliceOf,
  structOf,
} from "../../json-rpc/go/values.ts"

/** Hex or decimal in a string, or a number. */
export const ethUint64: GoType<bigint> = {
  name: "ethtypes.EthUint64",
  zero: 0n,
  decode: (value) => {
    const kind = kindOf(value)
    if (kind === "string" || kind === "null") return parseEthUint64((value as string | null | undefined) ?? "")
    if (kind === "number" && Number.isInteger(value) && (value as number) >= 0) return BigInt(value as number)
    throw new GoDecodeError(`cannot interpret ${JSON.stringify(value)} as a hex-encoded uint64, or a number`)
  },
}

/** `EthUint64FromString`. @throws GoDecodeError */
export function parseEthUint64(text: string): bigint {
  return text.startsWith("0x") ? parseUint(text.slice(2), 16) : parseUint(text, 10)
}

const withoutPrefixes = (text: string): string => text.replaceAll("0x", "")

/** Hex digits with a sign, as many as can be read; none is 0. */
export const ethBigInt: GoType<bigint> = {
  name: "ethtypes.EthBigInt",
  zero: 0n,
  decode: (value) => {
    const [, sign, digits = ""] = /^([+-]?)([0-9a-fA-F]*)/.exec(padded(withoutPrefixes(goString.decode(value))))!
    const magnitude = digits === "" ? 0n : BigInt(`0x${digits}`)
    return sign === "-" ? -magnitude : magnitude
  },
}

const padded = (text: string): string => (text.length % 2 === 1 ? `0${text}` : text)

/** Bytes; an odd number of digits gets a zero before it. */
export const ethBytes: GoType<Uint8Array> = {
  name: "ethtypes.EthBytes",
  zero: new Uint8Array(),
  decode: (value) => decodeHex(padded(withoutPrefixes(goString.decode(value)))),
}

const utf8 = new TextEncoder()

/** So many bytes in hex, with 0x, 0X or nothing before them. @throws GoDecodeError */
export function parseFixedHex(text: string, length: number): Uint8Array {
  const digits = padded(/^0[xX]/.test(text) ? text.slice(2) : text)
  const got = utf8.encode(digits).length
  if (got !== 2 * length) throw new GoDecodeError(`expected hex string length sans prefix ${2 * length}, got ${got}`)
  try {
    return decodeHex(digits)
  } catch (error) {
    if (error instanceof GoDecodeError) throw new GoDecodeError(`cannot parse hex value: ${error.message}`)
    throw error
  }
}

function fixed(name: string, length: number): GoType<Uint8Array> {
  return { name, zero: new Uint8Array(length), decode: (value) => parseFixedHex(goString.decode(value), length) }
}

export const ethAddress: GoType<Uint8Array> = fixed("ethtypes.EthAddress", 20)
export const ethHash: GoType<Uint8Array> = fixed("ethtypes.EthHash", 32)
export const ethFilterId: GoType<Uint8Array> = fixed("ethtypes.EthFilterID", 32)
export const ethSubscriptionId: GoType<Uint8Array> = fixed("ethtypes.EthSubscriptionID", 32)

/** How a caller names a block where Lotus takes an EIP-1898 object too; nothing set is refused later. */
export interface LotusBlockRef {
  readonly tag: string | undefined
  readonly number: bigint | undefined
  readonly hash: Uint8Array | undefined
}

const blockObject = structOf("ethtypes.tmpStruct", {
  blockNumber: { type: pointerTo(ethUint64) },
  blockHash: { type: pointerTo(ethHash) },
  requireCanonical: { type: goBool },
})

/** The names of blocks that Lotus knows. */
export const BLOCK_TAGS: readonly string[] = ["earliest", "pending", "latest", "finalized", "safe"]
const NO_BLOCK: LotusBlockRef = { tag: undefined, number: undefined, hash: undefined }
const HASH_TEXT_LENGTH = 66

export const ethBlockNumberOrHash: GoType<LotusBlockRef> = {
  name: "ethtypes.EthBlockNumberOrHash",
  zero: NO_BLOCK,
  decode: (value) => {
    const object = orUndefined(() => blockObject.decode(value))
    if (object) {
      const { blockNumber, blockHash } = object
      if (blockNumber !== undefined && blockHash !== undefined)
        throw new GoDecodeError("cannot specify both blockNumber and blockHash")
      return { ...NO_BLOCK, number: blockNumber, hash: blockHash }
    }
    const text = goString.decode(value)
    if (BLOCK_TAGS.includes(text)) return { ...NO_BLOCK, tag: text }
    if (text.length === HASH_TEXT_LENGTH && text.startsWith("0x")) return { ...NO_BLOCK, hash: parseFixedHex(text, 32) }
    const number = orUndefined(() => parseEthUint64(text))
    if (number === undefined) throw new GoDecodeError("invalid block param")
    return { ...NO_BLOCK, number }
  },
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof GoDecodeError) return undefined
    throw error
  }
}

/** A call, as `eth_call` and `eth_estimateGas` take it. */
export interface LotusCall {
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly data: Uint8Array
}

const callObject = structOf("ethtypes.EthCallDecode", {
  input: { type: pointerTo(ethBytes) },
  from: { type: pointerTo(ethAddress), path: "EthCallRaw.from" },
  to: { type: pointerTo(ethAddress), path: "EthCallRaw.to" },
  gas: { type: ethUint64, path: "EthCallRaw.gas" },
  gasPrice: { type: ethBigInt, path: "EthCallRaw.gasPrice" },
  value: { type: ethBigInt, path: "EthCallRaw.value" },
  data: { type: ethBytes, path: "EthCallRaw.data" },
})

export const ethCall: GoType<LotusCall> = {
  name: "ethtypes.EthCall",
  zero: { from: undefined, to: undefined, value: 0n, data: new Uint8Array() },
  decode: (value) => {
    const { from, to, value: amount, data, input } = callObject.decode(value)
    return { from, to, value: amount, data: input ?? data }
  },
}

/** One or a list. */
function oneOrMore(name: string, inner: GoType<Uint8Array>): GoType<readonly Uint8Array[] | undefined> {
  const list = sliceOf(inner)
  return {
    name,
    zero: undefined,
    decode: (value) => {
      if (value === null || value === undefined) return undefined
      return Array.isArray(value) ? list.decode(value) : [inner.decode(value)]
    },
  }
}

const addressList = oneOrMore("ethtypes.EthAddressList", ethAddress)
const topicSpec = sliceOf(oneOrMore("ethtypes.EthHashList", ethHash), "ethtypes.EthTopicSpec")

export const ethFilterSpec: GoType<LotusFilterSpec> = structOf("ethtypes.EthFilterSpec", {
  fromBlock: { type: pointerTo(goString) },
  toBlock: { type: pointerTo(goString) },
  address: { type: addressList },
  topics: { type: topicSpec },
  blockHash: { type: pointerTo(ethHash) },
})

/** What `eth_getLogs` and `eth_newFilter` look for. */
export interface LotusFilterSpec {
  readonly fromBlock: string | undefined
  readonly toBlock: string | undefined
  readonly address: readonly Uint8Array[] | undefined
  readonly topics: readonly (readonly Uint8Array[] | undefined)[] | undefined
  readonly blockHash: Uint8Array | undefined
}

export const ethSubscriptionParams: GoType<Pick<LotusFilterSpec, "address" | "topics">> = structOf(
  "ethtypes.EthSubscriptionParams",
  {
    topics: { type: topicSpec },
    address: { type: addressList },
  },
)

export const ethTraceFilterCriteria: GoType<LotusTraceFilter> = structOf("ethtypes.EthTraceFilterCriteria", {
  fromBlock: { type: pointerTo(goString) },
  toBlock: { type: pointerTo(goString) },
  fromAddress: { type: addressList },
  toAddress: { type: addressList },
  after: { type: pointerTo(ethUint64) },
  count: { type: pointerTo(ethUint64) },
})

/** What `trace_filter` looks for. */
export interface LotusTraceFilter {
  readonly fromBlock: string | undefined
  readonly toBlock: string | undefined
  readonly fromAddress: readonly Uint8Array[] | undefined
  readonly toAddress: readonly Uint8Array[] | undefined
  readonly after: bigint | undefined
  readonly count: bigint | undefined
}
