import { secp256k1 } from "@noble/curves/secp256k1.js"
import { hexToBytes } from "@noble/hashes/utils.js"
import { Address } from "../address/address.ts"
import { toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import { keccak256 } from "../address/keccak256.ts"
import type { Message } from "../fvm/message.ts"
import { decodeByteString, encodeByteString } from "./cbor-bytes.ts"
import { InvalidTransaction, NotAnEthereumTransaction, type TransactionForm } from "./errors.ts"
import { decodeRlp, encodeRlpItems, encodeRlpList, RlpError, type RlpItem, rlpLength } from "./rlp.ts"
import { recoverPublicKey } from "./secp256k1.ts"

/** Signature type of a delegated (f4) sender in Filecoin's table of signature types. */
export const SIGNATURE_TYPE_DELEGATED = 3

/** `InvokeEVM`, the method of an EVM contract (FRC-0042 number of "InvokeEVM"). */
export const METHOD_INVOKE_EVM = 3844450837n

/** `CreateExternal` of the Ethereum Address Manager. */
export const METHOD_CREATE_EXTERNAL = 4n

/** The Ethereum Address Manager, f010. */
export const EAM_ADDRESS: Address = Address.id(10n)

const CURVE_ORDER = secp256k1.Point.Fn.ORDER
const MARKER_HOMESTEAD = 1
const MARKER_EIP155 = 2
const MAX_UINT64 = (1n << 64n) - 1n
const MAX_UINT256 = (1n << 256n) - 1n

/** A signature as Filecoin stores it: its type and its bytes. */
export interface DelegatedSignature {
  readonly type: typeof SIGNATURE_TYPE_DELEGATED
  /**
   * | transaction | bytes |
   * |---|---|
   * | EIP-1559 | r (32) s (32) parity (1) |
   * | legacy without chain id | 01 r (32) s (32) v (1: 27 or 28) |
   * | legacy, EIP-155 | 02 r (32) s (32) v (as many bytes as it needs, big-endian) |
   */
  readonly data: Uint8Array
}

/** The signed content of an Ethereum transaction. Amounts in attoFIL, gas in FVM units. */
export interface EthTransaction {
  /** `homestead` is a legacy transaction without a chain id, `eip155` one with it. */
  readonly kind: "eip1559" | "eip155" | "homestead"
  /** 0 for `homestead`. */
  readonly chainId: bigint
  readonly nonce: bigint
  /** 20 bytes; undefined creates a contract. */
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly input: Uint8Array
  readonly gasLimit: bigint
  /** The gas price of a legacy transaction. */
  readonly maxFeePerGas: bigint
  /** The gas price of a legacy transaction: all of it is premium on Filecoin. */
  readonly maxPriorityFeePerGas: bigint
  /** 0 or 1 for `eip1559`, 27 or 28 for `homestead`, 35 or 36 + 2 x chain id for `eip155`. */
  readonly v: bigint
  readonly r: bigint
  readonly s: bigint
}

/** A signed transaction, and the Filecoin message that says the same. */
export interface DecodedTransaction {
  readonly transaction: EthTransaction
  /** 20 bytes, recovered from the signature. */
  readonly sender: Uint8Array
  /** keccak-256 of the canonical signed bytes: the Ethereum transaction hash. */
  readonly hash: Uint8Array
  readonly message: Message
  readonly signature: DelegatedSignature
}

/**
 * Which bytes pass: `ethereum` as geth takes them; `lotus` also integers with leading zeros and a high s, as Lotus does (the hash
 * and the sender then follow from the canonical form of the same fields).
 */
export type TransactionRules = "ethereum" | "lotus"

/**
 * Reads a signed raw transaction and builds the message that the network itself builds from it: from f410(sender), to f410 of
 * the recipient (f0 for a masked ID) with InvokeEVM, or to the EAM with CreateExternal; the input as a CBOR byte string, none if
 * empty; a delegated signature that turns back into exactly the canonical RLP.
 *
 * @param chainId - The network's chain id; an EIP-155 or EIP-1559 transaction for another one is refused.
 * @throws InvalidTransaction - Its fault says which field is wrong and why.
 * @see FIP-0055, FIP-0091; lotus chain/types/ethtypes/eth_transactions.go
 */
export function decodeTransaction(
  raw: Uint8Array,
  chainId: bigint,
  rules: TransactionRules = "ethereum",
): DecodedTransaction {
  const { transaction, signed } = parseTransaction(raw, chainId, rules)
  // What passed Ethereum's rules is canonical: it is hashed as it came.
  const isCanonical = rules === "ethereum"
  const digest = isCanonical
    ? keccak256(signedBytes(transaction.kind, transaction.chainId, signed))
    : signingHash(transaction)
  const sender = recoverSender(transaction, digest)
  const message = toMessage(transaction, sender)
  if (message.to.equals(EAM_ADDRESS) && message.method !== METHOD_CREATE_EXTERNAL)
    throw new InvalidTransaction({ kind: "unsupported EAM method" })
  const hash = isCanonical ? keccak256(raw) : transactionHash(transaction)
  return { transaction, sender, hash, message, signature: toSignature(transaction) }
}

/**
 * The Ethereum transaction that a message with a delegated signature was made from.
 *
 * @throws NotAnEthereumTransaction - The message or the signature is of another kind.
 */
export function transactionFromMessage(
  message: Message,
  signature: { readonly type: number; readonly data: Uint8Array },
  chainId: bigint,
): EthTransaction {
  const { data } = signature
  if (signature.type !== SIGNATURE_TYPE_DELEGATED)
    throw new NotAnEthereumTransaction(`signature type is ${signature.type}, not ${SIGNATURE_TYPE_DELEGATED}`)
  if (toEthAddress(message.from) === undefined) throw new NotAnEthereumTransaction("the sender is no Ethereum account")
  const fields = {
    nonce: message.sequence,
    to: recipientOf(message),
    value: message.value,
    input: inputOf(message),
    gasLimit: message.gasLimit,
    maxFeePerGas: message.gasFeeCap,
    maxPriorityFeePerGas: message.gasPremium,
  }
  const number = (from: number, to?: number): bigint => bigIntOf(data.subarray(from, to))
  if (data.length === 65)
    return { kind: "eip1559", chainId, ...fields, r: number(0, 32), s: number(32, 64), v: number(64) }
  const legacy = {
    ...fields,
    maxPriorityFeePerGas: fields.maxFeePerGas,
    r: number(1, 33),
    s: number(33, 65),
    v: number(65),
  }
  if (data.length === 66 && data[0] === MARKER_HOMESTEAD) return { kind: "homestead", chainId: 0n, ...legacy }
  if (data.length > 65 && data[0] === MARKER_EIP155) return { kind: "eip155", chainId, ...legacy }
  throw new NotAnEthereumTransaction(`no Ethereum signature has ${data.length} bytes that begin with ${data[0]}`)
}

/** No calldata is no parameters; the network never builds an empty byte string, so one is not an Ethereum transaction's. */
function inputOf({ params }: Message): Uint8Array {
  if (params.length === 0) return params
  const input = decodeByteString(params)
  if (input.length === 0) throw new NotAnEthereumTransaction("the parameters are an empty byte string")
  return input
}

function recipientOf(message: Message): Uint8Array | undefined {
  if (message.to.equals(EAM_ADDRESS)) {
    if (message.method === METHOD_CREATE_EXTERNAL) return undefined
    throw new NotAnEthereumTransaction(`method ${message.method} of the EAM is not CreateExternal`)
  }
  if (message.method !== METHOD_INVOKE_EVM)
    throw new NotAnEthereumTransaction(`method ${message.method} is not InvokeEVM`)
  const to = toEthAddress(message.to)
  if (to === undefined) throw new NotAnEthereumTransaction(`${message.to} has no Ethereum form`)
  return to
}

/** The message for given transaction fields; `eth_call` and `eth_estimateGas` build theirs by it too. */
export function toMessage(
  fields: Pick<
    EthTransaction,
    "nonce" | "to" | "value" | "input" | "gasLimit" | "maxFeePerGas" | "maxPriorityFeePerGas"
  >,
  sender: Uint8Array,
): Message {
  return {
    version: 0n,
    from: toFilecoinAddress(sender),
    to: fields.to === undefined ? EAM_ADDRESS : toFilecoinAddress(fields.to),
    sequence: fields.nonce,
    value: fields.value,
    method: fields.to === undefined ? METHOD_CREATE_EXTERNAL : METHOD_INVOKE_EVM,
    params: fields.input.length === 0 ? new Uint8Array() : encodeByteString(fields.input),
    gasLimit: fields.gasLimit,
    gasFeeCap: fields.maxFeePerGas,
    gasPremium: fields.maxPriorityFeePerGas,
  }
}

/** The signed bytes, canonical: what the sender gave to `eth_sendRawTransaction`. */
export function encodeTransaction(transaction: EthTransaction): Uint8Array {
  const { kind, v, r, s } = transaction
  const fields = [...unsignedFields(transaction), ...[v, r, s].map(minimalBytes)]
  return encodeRlpList(encodeFields(kind, fields), kind === "eip1559" ? TYPE_PREFIX : undefined)
}

/** keccak-256 of the signed bytes. */
export function transactionHash(transaction: EthTransaction): Uint8Array {
  return keccak256(encodeTransaction(transaction))
}

/** keccak-256 of what the sender signed. */
export function signingHash(transaction: Omit<EthTransaction, "v" | "r" | "s">): Uint8Array {
  return keccak256(encodeUnsigned(transaction))
}

/** The bytes that a sender signs the hash of. */
export function encodeUnsigned(transaction: Omit<EthTransaction, "v" | "r" | "s">): Uint8Array {
  const { kind, chainId } = transaction
  return signedBytes(kind, chainId, encodeFields(kind, unsignedFields(transaction)))
}

/** The bytes that a sender signs the hash of, from the encoded fields before the signature. */
function signedBytes(kind: EthTransaction["kind"], chainId: bigint, fields: Uint8Array): Uint8Array {
  switch (kind) {
    case "eip1559":
      return encodeRlpList(fields, TYPE_PREFIX)
    case "eip155":
      return encodeRlpList(joined(fields, encodeRlpItems([minimalBytes(chainId), new Uint8Array(), new Uint8Array()])))
    case "homestead":
      return encodeRlpList(fields)
  }
}

/**
 * The y parity of the signature point, 0 or 1.
 *
 * @throws InvalidTransaction - v is none of the values of its kind.
 */
export function signatureParity(transaction: EthTransaction): 0 | 1 {
  const { kind, v, chainId } = transaction
  const base = kind === "eip1559" ? 0n : kind === "homestead" ? 27n : 35n + 2n * chainId
  const parity = v - base
  if (parity !== 0n && parity !== 1n)
    throw new InvalidTransaction({ kind: "parity", form: kind === "eip1559" ? "eip1559" : "legacy", v })
  return parity === 0n ? 0 : 1
}

/** The signature in the form that Filecoin stores. */
export function toSignature(transaction: EthTransaction): DelegatedSignature {
  const { kind, r, s, v } = transaction
  const before = kind === "eip1559" ? 0 : 1
  const end = kind === "eip1559" ? Uint8Array.of(Number(v)) : minimalBytes(v)
  const data = new Uint8Array(before + 64 + end.length)
  if (kind !== "eip1559") data[0] = kind === "homestead" ? MARKER_HOMESTEAD : MARKER_EIP155
  writeWord(data, before, r)
  writeWord(data, before + 32, s)
  data.set(end, before + 64)
  return { type: SIGNATURE_TYPE_DELEGATED, data }
}

function recoverSender(transaction: EthTransaction, digest: Uint8Array): Uint8Array {
  const { r, s } = transaction
  if (r > MAX_UINT256 || s > MAX_UINT256) throw new InvalidTransaction({ kind: "signature length" })
  for (const field of ["r", "s"] as const)
    if (transaction[field] === 0n || transaction[field] >= CURVE_ORDER)
      throw new InvalidTransaction({ kind: "signature range", field })
  const signature = new Uint8Array(64)
  writeWord(signature, 0, r)
  writeWord(signature, 32, s)
  const publicKey = recoverPublicKey(digest, signature, signatureParity(transaction))
  // r is the x coordinate of no point: data, not a fault of ours.
  if (publicKey === undefined) throw new InvalidTransaction({ kind: "unrecoverable" })
  return keccak256(publicKey.subarray(1)).slice(12)
}

/** Without the access list of `eip1559`, which is the last one and always empty. */
function unsignedFields(transaction: Omit<EthTransaction, "v" | "r" | "s">): Uint8Array[] {
  const { kind, chainId, nonce, to, value, input, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = transaction
  const recipient = to ?? new Uint8Array()
  return kind === "eip1559"
    ? [
        ...[chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit].map(minimalBytes),
        recipient,
        minimalBytes(value),
        input,
      ]
    : [minimalBytes(nonce), minimalBytes(maxFeePerGas), minimalBytes(gasLimit), recipient, minimalBytes(value), input]
}

/** Fields one after the other; in an `eip1559` transaction the empty access list follows the first eight. */
function encodeFields(kind: EthTransaction["kind"], fields: readonly Uint8Array[]): Uint8Array {
  if (kind !== "eip1559") return encodeRlpItems(fields)
  const signature = fields.slice(ACCESS_LIST)
  return joined(encodeRlpItems(fields.slice(0, ACCESS_LIST)), EMPTY_LIST, encodeRlpItems(signature))
}

const TYPE_EIP2930 = 1
const TYPE_EIP1559 = 2
const FIRST_LIST_BYTE = 0x80
const TYPE_PREFIX = Uint8Array.of(TYPE_EIP1559)
/** Position of the access list. */
const ACCESS_LIST = 8
const EMPTY_LIST = Uint8Array.of(0xc0)

/** A transaction, and the encoded fields before its signature as they came. */
interface ParsedTransaction {
  readonly transaction: EthTransaction
  readonly signed: Uint8Array
}

function parseTransaction(raw: Uint8Array, chainId: bigint, rules: TransactionRules): ParsedTransaction {
  const type = raw[0]
  if (type === undefined) throw new InvalidTransaction({ kind: "empty" })
  if (type === TYPE_EIP2930) throw new InvalidTransaction({ kind: "eip-2930" })
  if (type === TYPE_EIP1559) return parseEip1559(raw, chainId, rules)
  if (type >= FIRST_LIST_BYTE) return parseLegacy(raw, chainId, rules)
  throw new InvalidTransaction({ kind: "unsupported type", type })
}

/** First byte of a list of 55 bytes; that of a longer one says in how many bytes its length follows. */
const LONGEST_SHORT_LIST = 0xf7
const EIP1559_FIELDS = 12
const LEGACY_FIELDS = 9

function parseEip1559(raw: Uint8Array, expectedChainId: bigint, rules: TransactionRules): ParsedTransaction {
  const fields = new Fields("eip1559", raw.subarray(1), EIP1559_FIELDS, rules)
  const chainId = fields.uint64(0, "chainId")
  const transaction = {
    kind: "eip1559",
    chainId,
    nonce: fields.uint64(1, "nonce"),
    maxPriorityFeePerGas: fields.uint256(2, "maxPriorityFeePerGas"),
    maxFeePerGas: fields.uint256(3, "maxFeePerGas"),
    gasLimit: fields.uint64(4, "gasLimit"),
    to: fields.recipient(5),
    value: fields.uint256(6, "value"),
    input: fields.bytes(7, "data"),
    ...fields.emptyAccessList(ACCESS_LIST),
    v: fields.uint256(9, "v"),
    r: fields.uint256(10, "r"),
    s: fields.uint256(11, "s"),
  } satisfies EthTransaction
  signatureParity(transaction)
  fields.checkSignature(transaction)
  if (chainId !== expectedChainId)
    throw new InvalidTransaction({ kind: "chain id", form: "eip1559", got: chainId, expected: expectedChainId })
  return { transaction, signed: fields.beforeSignature() }
}

function parseLegacy(raw: Uint8Array, expectedChainId: bigint, rules: TransactionRules): ParsedTransaction {
  const fields = new Fields("legacy", raw, LEGACY_FIELDS, rules)
  const nonce = fields.uint64(0, "nonce")
  const gasPrice = fields.uint256(1, "gasPrice")
  const common = {
    nonce,
    maxFeePerGas: gasPrice,
    maxPriorityFeePerGas: gasPrice,
    gasLimit: fields.uint64(2, "gasLimit"),
    to: fields.recipient(3),
    value: fields.uint256(4, "value"),
    input: fields.bytes(5, "data"),
    v: fields.uint256(6, "v"),
    r: fields.uint256(7, "r"),
    s: fields.uint256(8, "s"),
  }
  const chainId = chainIdOfV(common.v)
  const transaction: EthTransaction =
    chainId === 0n ? { kind: "homestead", chainId, ...common } : { kind: "eip155", chainId, ...common }
  if (chainId === 0n) signatureParity(transaction)
  else if (chainId !== expectedChainId)
    throw new InvalidTransaction({ kind: "chain id", form: "legacy", got: chainId, expected: expectedChainId })
  fields.checkSignature(transaction)
  return { transaction, signed: fields.beforeSignature() }
}

/** The chain id in v by EIP-155; 0 for 27 and 28. Other small values wrap around at 2^64, as on the network. */
function chainIdOfV(v: bigint): bigint {
  if (v === 27n || v === 28n) return 0n
  return v <= MAX_UINT64 ? BigInt.asUintN(64, v - 35n) / 2n : (v - 35n) / 2n
}

/** The fields of one RLP list, read by position; every error names the field. */
class Fields {
  readonly #form: TransactionForm
  readonly #bytes: Uint8Array
  readonly #items: readonly RlpItem[]
  readonly #rules: TransactionRules

  constructor(form: TransactionForm, bytes: Uint8Array, expected: number, rules: TransactionRules) {
    this.#form = form
    this.#bytes = bytes
    this.#rules = rules
    const item = decodeList(form, bytes)
    if (item instanceof Uint8Array) throw new InvalidTransaction({ kind: "not a list", form })
    // The network's decoder stops at the longest list that any transaction has, and finds bytes left over.
    if (item.length > EIP1559_FIELDS)
      throw new InvalidTransaction({ kind: "rlp", form, reason: "incorrect list length" })
    if (item.length !== expected)
      throw new InvalidTransaction({ kind: "field count", form, count: item.length, expected })
    this.#items = item
  }

  bytes(index: number, field: string): Uint8Array {
    const item = this.#items[index]
    if (!(item instanceof Uint8Array))
      throw new InvalidTransaction({ kind: "field is a list", form: this.#form, field })
    return item
  }

  uint64(index: number, field: string): bigint {
    const bytes = this.bytes(index, field)
    if (bytes.length > 8)
      throw new InvalidTransaction({ kind: "integer too long", form: this.#form, field, bytes: bytes.length })
    return this.#integer(bytes, field)
  }

  uint256(index: number, field: string): bigint {
    const bytes = this.bytes(index, field)
    if (bytes.length > 32 && this.#rules === "ethereum")
      throw new InvalidTransaction({ kind: "integer too large", form: this.#form, field, bits: 256 })
    return this.#integer(bytes, field)
  }

  recipient(index: number): Uint8Array | undefined {
    const bytes = this.bytes(index, "to")
    if (bytes.length === 0) return undefined
    if (bytes.length !== 20)
      throw new InvalidTransaction({ kind: "recipient length", form: this.#form, bytes: bytes.length })
    return bytes
  }

  emptyAccessList(index: number): Record<never, never> {
    const item = this.#items[index]
    if (item instanceof Uint8Array || item?.length !== 0) throw new InvalidTransaction({ kind: "access list" })
    return {}
  }

  /** All encoded fields but the last three, as they came; of a canonical list only. */
  beforeSignature(): Uint8Array {
    const first = this.#bytes[0]!
    const start = first <= LONGEST_SHORT_LIST ? 1 : 1 + first - LONGEST_SHORT_LIST
    const signature = this.#items.slice(-3).reduce((sum, item) => sum + rlpLength(item as Uint8Array), 0)
    return this.#bytes.subarray(start, this.#bytes.length - signature)
  }

  /** Ethereum refuses the second of the two valid values of s (EIP-2); Filecoin does not. */
  checkSignature({ s }: EthTransaction): void {
    if (this.#rules === "ethereum" && s > CURVE_ORDER / 2n && s < CURVE_ORDER)
      throw new InvalidTransaction({ kind: "high s" })
  }

  #integer(bytes: Uint8Array, field: string): bigint {
    if (bytes[0] === 0 && this.#rules === "ethereum")
      throw new InvalidTransaction({ kind: "leading zero", form: this.#form, field })
    return bigIntOf(bytes)
  }
}

function decodeList(form: TransactionForm, bytes: Uint8Array): RlpItem {
  try {
    return decodeRlp(bytes)
  } catch (error) {
    if (error instanceof RlpError) throw new InvalidTransaction({ kind: "rlp", form, reason: error.message })
    throw error
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Bytes of a number that arithmetic of floating point numbers has exactly. */
const EXACT_BYTES = 6

function bigIntOf(bytes: Uint8Array): bigint {
  const { length } = bytes
  if (length <= EXACT_BYTES) {
    let value = 0
    for (let i = 0; i < length; i++) value = value * 256 + bytes[i]!
    return BigInt(value)
  }
  const padded = new Uint8Array(8 * Math.ceil(length / 8))
  padded.set(bytes, padded.length - length)
  const view = new DataView(padded.buffer)
  let value = view.getBigUint64(0)
  for (let at = 8; at < padded.length; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}

function minimalBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array()
  const digits = value.toString(16)
  return hexToBytes(digits.length % 2 === 0 ? digits : `0${digits}`)
}

/** Writes a number below 2^256 as 32 bytes, big-endian, where nothing but zeros stand. */
function writeWord(bytes: Uint8Array, at: number, value: bigint): void {
  const view = new DataView(bytes.buffer, at, 32)
  for (let end = 24, rest = value; rest > 0n; end -= 8, rest >>= 64n) view.setBigUint64(end, rest)
}
