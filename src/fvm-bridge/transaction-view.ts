import { concatBytes } from "@noble/hashes/utils.js"
import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import { isMaskedId, maskedIdAddress, toEthAddress } from "../address/ethereum.ts"
import type { Message } from "../fvm/message.ts"
import { decodeByteString } from "./cbor-bytes.ts"
import { NotAnEthereumTransaction } from "./errors.ts"
import {
  EAM_ADDRESS,
  METHOD_CREATE_EXTERNAL,
  METHOD_INVOKE_EVM,
  SIGNATURE_TYPE_DELEGATED,
  transactionFromMessage,
  transactionHash,
} from "./transaction.ts"

/** A message on chain as Ethereum's tools see it, whoever signed it. Amounts in attoFIL, gas in FVM units. */
export interface TransactionView {
  /** 0 legacy, 2 EIP-1559; native Filecoin messages are shown as 2. */
  readonly type: 0 | 2
  /** 0 for a legacy transaction without a chain id. */
  readonly chainId: bigint
  readonly hash: Uint8Array
  readonly nonce: bigint
  readonly from: Uint8Array
  /** undefined creates a contract. */
  readonly to: Uint8Array | undefined
  readonly value: bigint
  readonly input: Uint8Array
  readonly gasLimit: bigint
  /** The gas price of a legacy transaction. */
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** Whether a native Filecoin message stands behind it: v, r and s are then 0 and the hash is the digest of the message CID. */
  readonly native: boolean
  readonly v: bigint
  readonly r: bigint
  readonly s: bigint
}

/** Asks a state tree: the actor ID of an address, and the delegated address of an actor; undefined where there is none. */
export interface AddressLookup {
  resolve(address: Address): bigint | undefined
  delegatedAddress(id: bigint): Address | undefined
}

/** Stands for a receiver that has no actor: `0xff`, eleven zeros, eight `0xff`. */
export const NO_SUCH_ACTOR: Uint8Array = maskedIdAddress((1n << 64n) - 1n)

/** First four bytes of the calldata that a native message is shown with. */
const NATIVE_SELECTOR = Uint8Array.of(0x86, 0x8e, 0x10, 0xc4)

const CODEC_CBOR = 0x51n
const WORD = 32

/**
 * The Ethereum address that shows an actor: its f410 address if it has one, else its masked ID.
 *
 * @returns undefined when there is no such actor.
 * @see lotus node/impl/eth/utils.go (lookupEthAddress)
 */
export function ethAddressOf(address: Address, state: AddressLookup): Uint8Array | undefined {
  const own = toEthAddress(address)
  if (own !== undefined && !isMaskedId(own)) return own
  const id = address.protocol === 0 ? address.actorId : state.resolve(address)
  return id === undefined ? undefined : ethAddressOfActor(id, state)
}

/** The Ethereum address that shows the actor with this ID, whether or not it exists. */
export function ethAddressOfActor(id: bigint, state: Pick<AddressLookup, "delegatedAddress">): Uint8Array {
  const delegated = state.delegatedAddress(id)
  const own = delegated === undefined ? undefined : toEthAddress(delegated)
  return own !== undefined && !isMaskedId(own) ? own : maskedIdAddress(id)
}

/**
 * Shows a message on chain as an Ethereum transaction.
 *
 * @param cid - The name of the message on chain: of the signed message for secp256k1, of the bare one for BLS.
 * @param state - A state after the message was applied: it has the receiver that the message may have created.
 * @param name - The hash under which an Ethereum transaction came, if it is known. Default: that of its RLP
 * @see lotus node/impl/eth/utils.go (newEthTxFromSignedMessage)
 */
export function viewTransaction(
  { message, signature }: { message: Message; signature: { readonly type: number; readonly data: Uint8Array } },
  cid: CID,
  chainId: bigint,
  state: AddressLookup,
  name?: Uint8Array,
): TransactionView {
  if (signature.type !== SIGNATURE_TYPE_DELEGATED) return viewNativeMessage(message, cid, chainId, state)
  const transaction = transactionFromMessage(message, signature, chainId)
  // Field by field: made for each receipt.
  const { kind, nonce, to, value, input, gasLimit, maxFeePerGas, maxPriorityFeePerGas, v, r, s } = transaction
  return {
    chainId: transaction.chainId,
    nonce,
    to,
    value,
    input,
    gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas,
    v,
    r,
    s,
    type: kind === "eip1559" ? 2 : 0,
    hash: name ?? transactionHash(transaction),
    from: toEthAddress(message.from)!, // transactionFromMessage refuses senders without one
    native: false,
  }
}

function viewNativeMessage(message: Message, cid: CID, chainId: bigint, state: AddressLookup): TransactionView {
  const call = decodeEvmPayload(message)
  const creates = call !== undefined && message.to.equals(EAM_ADDRESS)
  return {
    type: 2,
    chainId,
    hash: cid.multihash.digest,
    nonce: message.sequence,
    from: ethAddressOf(message.from, state) ?? NO_SUCH_ACTOR,
    to: creates ? undefined : (ethAddressOf(message.to, state) ?? NO_SUCH_ACTOR),
    value: message.value,
    input: call ?? encodeNativeCall(message),
    gasLimit: message.gasLimit,
    maxFeePerGas: message.gasFeeCap,
    maxPriorityFeePerGas: message.gasPremium,
    native: true,
    v: 0n,
    r: 0n,
    s: 0n,
  }
}

/** The calldata of an InvokeEVM or CreateExternal message; undefined for other methods and for parameters that do not decode. */
function decodeEvmPayload({ to, method, params }: Message): Uint8Array | undefined {
  const isCall = method === METHOD_INVOKE_EVM
  const isCreation = method === METHOD_CREATE_EXTERNAL && to.equals(EAM_ADDRESS)
  if (!isCall && !isCreation) return undefined
  if (params.length === 0) return new Uint8Array()
  try {
    return decodeByteString(params)
  } catch (error) {
    if (error instanceof NotAnEthereumTransaction) return undefined // anyone may send garbage
    throw error
  }
}

/** `handle_filecoin_method(uint64 method, uint64 codec, bytes params)`, the calldata by which contracts know a native call. */
function encodeNativeCall({ method, params }: Message): Uint8Array {
  return concatBytes(NATIVE_SELECTOR, encodeNativePayload(method, params.length === 0 ? 0n : CODEC_CBOR, params))
}

/**
 * ABI encoding of (uint64, uint64, bytes): a native method with codec and parameters, or an exit code with codec and return data.
 *
 * @see FIP-0054 (handle_filecoin_method)
 */
export function encodeNativePayload(first: bigint, codec: bigint, data: Uint8Array): Uint8Array {
  const words = 4 + Math.ceil(data.length / WORD)
  const bytes = new Uint8Array(words * WORD)
  const view = new DataView(bytes.buffer)
  const heads = [first, codec, BigInt(3 * WORD), BigInt(data.length)]
  heads.forEach((head, i) => {
    view.setBigUint64((i + 1) * WORD - 8, head)
  })
  bytes.set(data, 4 * WORD)
  return bytes
}
