import type { CID } from "multiformats/cid"
import { CborReader, CborWriter } from "./cbor.ts"
import { decode, encode, type Ipld } from "./dag-cbor.ts"

/**
 * How a value of a HAMT, AMT or KAMT is written. One codec object should serve all trees of its kind: what it has decoded once is
 * remembered beside the bytes under its name, and handed to everyone who asks again. So a decoded value must never be changed.
 */
export interface Codec<V> {
  /** The value as exactly one DAG-CBOR item; equal values give equal bytes. */
  encode(value: V): Uint8Array
  /** Inverse. `item` is a view of a block: it stays as it is for ever and must not be written to. May throw any IpldError. */
  decode(item: Uint8Array): V
}

/** A codec by way of plain IPLD values: short to write, slower than one on CborReader and CborWriter. */
export function cborCodec<V>(toIpld: (value: V) => Ipld, fromIpld: (value: Ipld) => V): Codec<V> {
  return { encode: (value) => encode(toIpld(value)), decode: (item) => fromIpld(decode(item)) }
}

/** Values are plain IPLD. */
export const ipldCodec: Codec<Ipld> = { encode, decode }

/** Values are encoded items themselves, passed through unread. */
export const rawCodec: Codec<Uint8Array> = { encode: (item) => item.slice(), decode: (item) => item.slice() }

const writer = new CborWriter()

/** Values are byte strings. What is decoded is a view of the block. */
export const bytesCodec: Codec<Uint8Array> = {
  encode: (value) => writer.bytes(value).finish(),
  decode(item) {
    const reader = new CborReader(item)
    const value = reader.bytesView("value")
    reader.finish("value")
    return value
  },
}

/** Values are links. */
export const linkCodec: Codec<CID> = {
  encode: (value) => writer.link(value).finish(),
  decode(item) {
    const reader = new CborReader(item)
    const value = reader.link("value")
    reader.finish("value")
    return value
  },
}

/** Values are unsigned 64-bit integers. */
export const uint64Codec: Codec<bigint> = {
  encode: (value) => writer.integer(value).finish(),
  decode(item) {
    const reader = new CborReader(item)
    const value = reader.uint64("value")
    reader.finish("value")
    return value
  },
}
