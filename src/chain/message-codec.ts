import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import type { Message } from "../fvm/message.ts"
import { CborWriter } from "../ipld/cbor.ts"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import { decode, expectBigInt, expectBytes, expectTuple, expectUint64 } from "../ipld/dag-cbor.ts"
import { ChainError } from "./errors.ts"
import type { Signature, SignatureType, SignedMessage } from "./types.ts"

const SIGNATURE_TYPES: readonly number[] = [1, 2, 3]

const writer = new CborWriter()

/** @throws CborError - A figure does not fit; the writer is empty again. */
function written(write: () => void): Uint8Array {
  try {
    write()
    return writer.finish()
  } catch (error) {
    writer.finish()
    throw error
  }
}

function writeMessage(message: Message): void {
  const { version, to, from, sequence, value, gasLimit, gasFeeCap, gasPremium, method, params } = message
  writer.arrayHeader(10).integer(version).bytes(to.bytes).bytes(from.bytes).integer(sequence).bigInt(value)
  writer.integer(gasLimit).bigInt(gasFeeCap).bigInt(gasPremium).integer(method).bytes(params)
}

function fromTuple(value: unknown): Message {
  const t = expectTuple(value, 10, "message")
  return {
    version: expectUint64(t[0], "version"),
    to: Address.fromBytes(expectBytes(t[1], "to")),
    from: Address.fromBytes(expectBytes(t[2], "from")),
    sequence: expectUint64(t[3], "nonce"),
    value: expectBigInt(t[4], "value"),
    gasLimit: expectUint64(t[5], "gasLimit"),
    gasFeeCap: expectBigInt(t[6], "gasFeeCap"),
    gasPremium: expectBigInt(t[7], "gasPremium"),
    method: expectUint64(t[8], "method"),
    params: expectBytes(t[9], "params"),
  }
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ChainError("invalid-encoding", `no ${what}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/**
 * CBOR of a bare message: `[version, to, from, nonce, value, gasLimit, gasFeeCap, gasPremium, method, params]`; addresses as their
 * bytes, amounts as Filecoin big integers.
 *
 * @see lotus chain/types/cbor_gen.go (Message)
 */
export function encodeMessage(message: Message): Uint8Array {
  return written(() => writeMessage(message))
}

/** Inverse of {@link encodeMessage}. @throws ChainError - `invalid-encoding` */
function decodeMessage(bytes: Uint8Array): Message {
  return reading("message", () => fromTuple(decode(bytes)))
}

/** Type byte and data, as a signature stands in CBOR. */
export function encodeSignature(signature: Signature): Uint8Array {
  const bytes = new Uint8Array(1 + signature.data.length)
  bytes[0] = signature.type
  bytes.set(signature.data, 1)
  return bytes
}

/** Inverse of {@link encodeSignature}. @throws ChainError - `invalid-encoding`: empty, or a type other than 1 to 3. */
export function decodeSignature(bytes: Uint8Array): Signature {
  const type = bytes[0]
  if (type === undefined || !SIGNATURE_TYPES.includes(type))
    throw new ChainError("invalid-encoding", `signature type is ${type ?? "missing"}, expected 1, 2 or 3`)
  return { type: type as SignatureType, data: bytes.slice(1) }
}

/** CBOR of a signed message: `[message, signature]`. @see lotus chain/types/cbor_gen.go (SignedMessage) */
export function encodeSignedMessage(signed: SignedMessage): Uint8Array {
  return written(() => {
    writer.arrayHeader(2)
    writeMessage(signed.message)
    writer.bytes(encodeSignature(signed.signature))
  })
}

/** Inverse of {@link encodeSignedMessage}. @throws ChainError - `invalid-encoding` */
export function decodeSignedMessage(bytes: Uint8Array): SignedMessage {
  return reading("signed message", () => {
    const t = expectTuple(decode(bytes), 2, "signed message")
    return { message: fromTuple(t[0]), signature: decodeSignature(expectBytes(t[1], "signature")) }
  })
}

/** A message as it stands on chain. */
export interface ChainMessage {
  readonly cid: CID
  /** The block that `cid` names; its length is what inclusion is charged for. */
  readonly bytes: Uint8Array
}

/**
 * The form in which a message is stored: of BLS the bare message (the signature goes into the block's aggregate), of the others the
 * signed one.
 *
 * @see lotus chain/types/signedmessage.go
 */
export function toChainMessage(signed: SignedMessage): ChainMessage {
  const bytes = signed.signature.type === 2 ? encodeMessage(signed.message) : encodeSignedMessage(signed)
  return { cid: cidOfBlock(DAG_CBOR, bytes), bytes }
}

/** CID of the bare message. */
export function messageCid(message: Message): CID {
  return cidOfBlock(DAG_CBOR, encodeMessage(message))
}

/** Reads a message block of a tipset: bare ones are BLS messages and get an empty signature. @throws ChainError - `invalid-encoding` */
export function fromChainMessage(bytes: Uint8Array): SignedMessage {
  // A signed message is a list of 2 (0x82), a bare one of 10 (0x8a).
  if (bytes[0] === 0x82) return decodeSignedMessage(bytes)
  return { message: decodeMessage(bytes), signature: { type: 2, data: new Uint8Array(0) } }
}
