import { blake2b } from "@noble/hashes/blake2.js"
import { base32 } from "multiformats/bases/base32"
import { AddressError } from "./errors.ts"
import { decodeUvarint, encodeUvarint } from "./uvarint.ts"

/** Letter in front of an address text: `f` on mainnet, `t` on test networks. It is no part of the address itself. */
export type NetworkPrefix = "f" | "t"

/** 0 ID, 1 secp256k1 key, 2 actor (hash), 3 BLS key, 4 delegated. */
export type Protocol = 0 | 1 | 2 | 3 | 4

/** Longest subaddress of a delegated address, in bytes. */
export const MAX_SUBADDRESS_LENGTH = 54

const HASH_LENGTH = 20
const BLS_LENGTH = 48
const CHECKSUM_LENGTH = 4
const MAX_UINT64 = (1n << 64n) - 1n
/** Actor IDs stay below 2^63, as the reference's varint reader refuses the 64th bit of an ID payload in text form. */
const MAX_TEXT_ID_DIGITS = 20

const checksum = (bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: CHECKSUM_LENGTH })

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function join(protocol: Protocol, ...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(1 + parts.reduce((length, part) => length + part.length, 0))
  bytes[0] = protocol
  let at = 1
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function quote(text: string): string {
  return text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`
}

/**
 * A Filecoin address: an immutable value.
 *
 * Bytes, the form that is on chain and in state:
 *
 * | protocol | bytes after the protocol byte |
 * |---|---|
 * | 0 ID | the actor ID as unsigned LEB128 (1 to 10 bytes) |
 * | 1 secp256k1 | blake2b-160 of the 65-byte public key |
 * | 2 actor | blake2b-160 of the creation data |
 * | 3 BLS | the 48-byte public key |
 * | 4 delegated | the namespace (an actor ID) as unsigned LEB128, then a subaddress of 0 to 54 bytes |
 *
 * Text: prefix, protocol digit, then the ID in decimal (0), or base32 (RFC 4648, lower case, no padding) of payload and a
 * 4-byte blake2b checksum over the bytes (1 to 3), or the namespace in decimal, `f`, and base32 of subaddress and checksum (4).
 *
 * @see FIP-0048 (f4); ref-fvm shared/src/address/mod.rs
 */
export class Address {
  /** The canonical bytes, protocol byte first. Not to be written to. */
  readonly bytes: Uint8Array
  #key: string | undefined

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /**
   * The address f0`id`.
   *
   * @throws AddressError - `id` is negative or does not fit in 64 bits.
   */
  static id(id: bigint | number): Address {
    const value = BigInt(id)
    if (value < 0n || value > MAX_UINT64) throw new AddressError(`actor ID ${value} is not in 0..2^64-1`)
    return new Address(join(0, encodeUvarint(value)))
  }

  /** The f1 address of a 65-byte uncompressed secp256k1 public key. */
  static secp256k1(publicKey: Uint8Array): Address {
    if (publicKey.length !== 65) throw new AddressError(`secp256k1 public key has ${publicKey.length} bytes, not 65`)
    return new Address(join(1, blake2b(publicKey, { dkLen: HASH_LENGTH })))
  }

  /** The f2 address that the given creation data hashes to. */
  static actor(data: Uint8Array): Address {
    return new Address(join(2, blake2b(data, { dkLen: HASH_LENGTH })))
  }

  /** The f3 address of a 48-byte BLS public key (compressed G1 point; not checked to be on the curve). */
  static bls(publicKey: Uint8Array): Address {
    if (publicKey.length !== BLS_LENGTH) throw new AddressError(`BLS public key has ${publicKey.length} bytes, not 48`)
    return new Address(join(3, publicKey))
  }

  /**
   * The f4 address `subaddress` in the namespace of the address manager actor with ID `namespace`.
   *
   * @throws AddressError - The subaddress is longer than 54 bytes.
   */
  static delegated(namespace: bigint, subaddress: Uint8Array): Address {
    if (namespace < 0n || namespace > MAX_UINT64) throw new AddressError(`namespace ${namespace} is not in 0..2^64-1`)
    if (subaddress.length > MAX_SUBADDRESS_LENGTH)
      throw new AddressError(`subaddress has ${subaddress.length} bytes, at most ${MAX_SUBADDRESS_LENGTH} are allowed`)
    return new Address(join(4, encodeUvarint(namespace), subaddress))
  }

  /**
   * Reads an address from exactly these bytes.
   *
   * @throws AddressError - Unknown protocol, wrong length, a varint that is not minimal, or trailing bytes.
   */
  static fromBytes(bytes: Uint8Array): Address {
    const protocol = bytes[0]
    const payload = bytes.subarray(1)
    switch (protocol) {
      case 0: {
        const { length } = decodeUvarint(payload)
        if (length !== payload.length) throw new AddressError("ID address has trailing bytes")
        break
      }
      case 1:
      case 2:
        if (payload.length !== HASH_LENGTH)
          throw new AddressError(`f${protocol} address has a payload of ${payload.length} bytes, not ${HASH_LENGTH}`)
        break
      case 3:
        if (payload.length !== BLS_LENGTH)
          throw new AddressError(`f3 address has a payload of ${payload.length} bytes, not ${BLS_LENGTH}`)
        break
      case 4: {
        const { length } = decodeUvarint(payload)
        if (payload.length - length > MAX_SUBADDRESS_LENGTH)
          throw new AddressError(
            `subaddress has ${payload.length - length} bytes, at most ${MAX_SUBADDRESS_LENGTH} are allowed`,
          )
        break
      }
      case undefined:
        throw new AddressError("an address needs at least one byte")
      default:
        throw new AddressError(`unknown address protocol ${protocol}`)
    }
    return new Address(bytes.slice())
  }

  /**
   * Reads the text form; both prefixes are taken.
   *
   * @throws AddressError - The text is no address; the message says what is wrong with it.
   */
  static parse(text: string): Address {
    if (text[0] !== "f" && text[0] !== "t") throw new AddressError(`${quote(text)} does not begin with f or t`)
    const protocol = text[1]
    const rest = text.slice(2)
    switch (protocol) {
      case "0":
        if (!/^[0-9]+$/.test(rest) || rest.length > MAX_TEXT_ID_DIGITS)
          throw new AddressError(`${quote(text)} is not an ID address: digits expected after ${text.slice(0, 2)}`)
        return Address.id(BigInt(rest))
      case "1":
      case "2":
      case "3": {
        const payload = splitChecksum(text, rest, (body) => join(Number(protocol) as Protocol, body))
        return Address.fromBytes(join(Number(protocol) as Protocol, payload))
      }
      case "4": {
        const at = rest.indexOf("f")
        const namespace = rest.slice(0, at)
        if (at < 1 || !/^[0-9]+$/.test(namespace) || namespace.length > MAX_TEXT_ID_DIGITS)
          throw new AddressError(
            `${quote(text)} is not a delegated address: a namespace and "f" expected after ${text.slice(0, 2)}`,
          )
        const id = BigInt(namespace)
        const subaddress = splitChecksum(text, rest.slice(at + 1), (body) => Address.delegated(id, body).bytes)
        return Address.delegated(id, subaddress)
      }
      default:
        throw new AddressError(`${quote(text)} has an unknown protocol: 0 to 4 expected after ${text[0]}`)
    }
  }

  get protocol(): Protocol {
    return this.bytes[0] as Protocol // the constructors admit nothing else
  }

  /** All bytes after the protocol byte. */
  get payload(): Uint8Array {
    return this.bytes.subarray(1)
  }

  /** A string that two addresses share exactly if they are equal; for map keys. */
  get key(): string {
    this.#key ??= String.fromCharCode(...this.bytes)
    return this.#key
  }

  /**
   * The actor ID of an f0 address.
   *
   * @throws AddressError - Any other protocol.
   */
  get actorId(): bigint {
    if (this.protocol !== 0) throw new AddressError(`${this} is not an ID address`)
    return decodeUvarint(this.payload).value
  }

  /**
   * The namespace of a delegated address: the actor ID of its address manager.
   *
   * @throws AddressError - Any other protocol.
   */
  get namespace(): bigint {
    if (this.protocol !== 4) throw new AddressError(`${this} is not a delegated address`)
    return decodeUvarint(this.payload).value
  }

  /**
   * The subaddress of a delegated address.
   *
   * @throws AddressError - Any other protocol.
   */
  get subaddress(): Uint8Array {
    if (this.protocol !== 4) throw new AddressError(`${this} is not a delegated address`)
    return this.payload.subarray(decodeUvarint(this.payload).length)
  }

  /** @param prefix - Default: `f`. */
  toString(prefix: NetworkPrefix = "f"): string {
    switch (this.protocol) {
      case 0:
        return `${prefix}0${this.actorId}`
      case 1:
      case 2:
      case 3:
        return `${prefix}${this.protocol}${this.#base32WithChecksum(this.payload)}`
      case 4:
        return `${prefix}4${this.namespace}f${this.#base32WithChecksum(this.subaddress)}`
    }
  }

  toJSON(): string {
    return this.toString()
  }

  equals(other: Address): boolean {
    return equalBytes(this.bytes, other.bytes)
  }

  #base32WithChecksum(body: Uint8Array): string {
    const both = new Uint8Array(body.length + CHECKSUM_LENGTH)
    both.set(body)
    both.set(checksum(this.bytes), body.length)
    return base32.baseEncode(both)
  }
}

function splitChecksum(text: string, encoded: string, bytesOf: (body: Uint8Array) => Uint8Array): Uint8Array {
  let both: Uint8Array
  try {
    both = base32.baseDecode(encoded)
  } catch (cause) {
    throw new AddressError(`${quote(text)} is not base32`, { cause })
  }
  // A second text for the same bytes (stray trailing bits) would make texts useless as names.
  if (base32.baseEncode(both) !== encoded) throw new AddressError(`${quote(text)} is not canonical base32`)
  if (both.length < CHECKSUM_LENGTH) throw new AddressError(`${quote(text)} is too short for a checksum`)
  const body = both.slice(0, both.length - CHECKSUM_LENGTH)
  if (!equalBytes(checksum(bytesOf(body)), both.subarray(both.length - CHECKSUM_LENGTH)))
    throw new AddressError(`${quote(text)} has a wrong checksum`)
  return body
}
