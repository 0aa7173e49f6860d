import { Address } from "../../address/address.ts"
import type { CID } from "../../ipld/cid.ts"
import { decodeCid } from "../../ipld/cid.ts"
import type { Codec } from "../../ipld/codec.ts"
import {
  decode,
  decodeBigInt,
  encode,
  encodeBigInt,
  expectBytes,
  expectLink,
  expectNullable,
  expectTuple,
  expectUint64,
} from "../../ipld/dag-cbor.ts"
import type { ActorState } from "./actor-state.ts"

const ARRAY_OF_5 = 0x85
const TAG = 0xd8
const TAG_LINK = 42
const BYTES_1 = 0x58
const BYTES = 0x40
const NULL = 0xf6
/** A CIDv1 with a blake2b-256 digest in CBOR: tag, byte string head, zero byte, 38 bytes. */
const LINK_LENGTH = 38

/** Reads `[code, state, sequence, balance, delegatedAddress | null]` by the general decoder. */
function decodeGeneral(bytes: Uint8Array): ActorState {
  const [code, state, sequence, balance, delegated] = expectTuple(decode(bytes), 5, "actor")
  const address = expectNullable(delegated, "actor.delegatedAddress", expectBytes)
  return {
    code: expectLink(code, "actor.code"),
    state: expectLink(state, "actor.state"),
    sequence: expectUint64(sequence, "actor.sequence"),
    balance: decodeBigInt(expectBytes(balance, "actor.balance")),
    delegatedAddress: address === undefined ? undefined : Address.fromBytes(address),
  }
}

function encodeGeneral(actor: ActorState): Uint8Array {
  return encode([
    actor.code,
    actor.state,
    actor.sequence,
    encodeBigInt(actor.balance),
    actor.delegatedAddress?.bytes ?? null,
  ])
}

function putLink(out: Uint8Array, at: number, cid: CID): number {
  out[at] = TAG
  out[at + 1] = TAG_LINK
  out[at + 2] = BYTES_1
  out[at + 3] = LINK_LENGTH + 1
  out[at + 4] = 0
  out.set(cid.bytes, at + 5)
  return at + 5 + LINK_LENGTH
}

/** The general encoder costs ten times this; every message writes two actors or more. */
function encodeFast(actor: ActorState): Uint8Array {
  const { code, state, sequence } = actor
  if (code.bytes.length !== LINK_LENGTH || state.bytes.length !== LINK_LENGTH || sequence > 0xffffffffn)
    return encodeGeneral(actor)
  const balance = encodeBigInt(actor.balance)
  if (balance.length > 23) return encodeGeneral(actor)
  const delegated = actor.delegatedAddress?.bytes
  const out = new Uint8Array(1 + 2 * (5 + LINK_LENGTH) + 5 + 24 + 2 + (delegated?.length ?? 0))
  out[0] = ARRAY_OF_5
  let at = putLink(out, putLink(out, 1, code), state)
  const count = Number(sequence)
  if (count < 24) out[at++] = count
  else if (count < 0x100) {
    out[at++] = 0x18
    out[at++] = count
  } else if (count < 0x10000) {
    out[at++] = 0x19
    out[at++] = count >>> 8
    out[at++] = count & 0xff
  } else {
    out[at++] = 0x1a
    out[at++] = count >>> 24
    out[at++] = (count >>> 16) & 0xff
    out[at++] = (count >>> 8) & 0xff
    out[at++] = count & 0xff
  }
  out[at++] = BYTES | balance.length
  out.set(balance, at)
  at += balance.length
  if (delegated === undefined) out[at++] = NULL
  else {
    if (delegated.length < 24) out[at++] = BYTES | delegated.length
    else {
      out[at++] = BYTES_1
      out[at++] = delegated.length
    }
    out.set(delegated, at)
    at += delegated.length
  }
  return out.subarray(0, at)
}

function decodeFast(bytes: Uint8Array): ActorState {
  // Both links in their usual form: the rest is short.
  if (bytes[0] !== ARRAY_OF_5 || !isLink(bytes, 1) || !isLink(bytes, 1 + 5 + LINK_LENGTH)) return decodeGeneral(bytes)
  let at = 1 + 2 * (5 + LINK_LENGTH)
  const head = bytes[at++]!
  let sequence: number
  if (head < 24) sequence = head
  else if (head === 0x18) sequence = bytes[at++]!
  else if (head === 0x19) {
    sequence = (bytes[at]! << 8) | bytes[at + 1]!
    at += 2
  } else return decodeGeneral(bytes)
  const balanceLength = bytes[at++]! - BYTES
  if (!(balanceLength >= 0 && balanceLength <= 23)) return decodeGeneral(bytes)
  const balance = decodeBigInt(bytes.subarray(at, at + balanceLength))
  at += balanceLength
  let delegatedAddress: Address | undefined
  const last = bytes[at++]
  if (last !== NULL) {
    const length = last === BYTES_1 ? bytes[at++]! : last! - BYTES
    if (!(length > 0) || at + length !== bytes.length || (last !== BYTES_1 && length > 23)) return decodeGeneral(bytes)
    delegatedAddress = Address.fromBytes(bytes.subarray(at))
    at += length
  }
  if (at !== bytes.length) return decodeGeneral(bytes)
  return {
    code: decodeCid(bytes.slice(6, 6 + LINK_LENGTH)),
    state: decodeCid(bytes.slice(11 + LINK_LENGTH, 11 + 2 * LINK_LENGTH)),
    sequence: BigInt(sequence),
    balance,
    delegatedAddress,
  }
}

function isLink(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === TAG &&
    bytes[at + 1] === TAG_LINK &&
    bytes[at + 2] === BYTES_1 &&
    bytes[at + 3] === LINK_LENGTH + 1 &&
    bytes[at + 4] === 0
  )
}

/**
 * Actor states as they stand in the state tree.
 *
 * @see ref-fvm shared/src/state.rs (ActorState)
 */
export const actorCodec: Codec<ActorState> = { encode: encodeFast, decode: decodeFast }
