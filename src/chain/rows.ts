import type { CID } from "multiformats/cid"
import type { Address } from "../address/address.ts"
import type { EventEntry } from "../fvm/receipt.ts"
import { cidOfDigest, DAG_CBOR, decodeCid } from "../ipld/cid.ts"
import { ByteReader, ByteWriter } from "./bytes.ts"
import { TipsetKey } from "./tipset-key.ts"
import type { AttoFil, Gas } from "./types.ts"

const DIGEST_LENGTH = 32
const NO_ALIAS = new Uint8Array(DIGEST_LENGTH)

/** A message's names in a tipset's row. */
export interface MessageName {
  readonly cid: CID
  readonly alias: Uint8Array | undefined
}

/** What the database knows of a tipset beyond its headers. */
export interface TipsetRow {
  readonly key: TipsetKey
  readonly stateRoot: CID
  readonly receiptsRoot: CID
  readonly gasUsed: Gas
  readonly gasLimit: Gas
  readonly eventCount: number
  /** attoFIL in circulation that its messages saw. */
  readonly circulatingSupply: AttoFil
  /** In order of execution. */
  readonly messages: readonly MessageName[]
}

/** Key and roots with their lengths, figures as LEB128, then 64 bytes a message: digest of its CID, second name or zeros. */
export function encodeTipsetRow(row: TipsetRow): Uint8Array {
  const writer = new ByteWriter()
  writer.bytes(row.key.bytes).bytes(row.stateRoot.bytes).bytes(row.receiptsRoot.bytes)
  writer.varint(row.gasUsed).varint(row.gasLimit).small(row.eventCount).varint(row.circulatingSupply)
  writer.small(row.messages.length)
  for (const { cid, alias } of row.messages) writer.raw(cid.multihash.digest).raw(alias ?? NO_ALIAS)
  return writer.finish()
}

/** Inverse of {@link encodeTipsetRow}. @throws ChainError - `invalid-encoding` */
export function decodeTipsetRow(bytes: Uint8Array): TipsetRow {
  const reader = new ByteReader(bytes)
  const key = TipsetKey.fromBytes(reader.bytes())
  const stateRoot = decodeCid(reader.bytes())
  const receiptsRoot = decodeCid(reader.bytes())
  const gasUsed = reader.varint()
  const gasLimit = reader.varint()
  const eventCount = reader.small()
  const circulatingSupply = reader.varint()
  const count = reader.small()
  const messages: MessageName[] = []
  for (let i = 0; i < count; i++) {
    const cid = cidOfDigest(DAG_CBOR, reader.raw(DIGEST_LENGTH))
    const alias = reader.raw(DIGEST_LENGTH)
    messages.push({ cid, alias: alias.some((byte) => byte !== 0) ? alias : undefined })
  }
  return { key, stateRoot, receiptsRoot, gasUsed, gasLimit, eventCount, circulatingSupply, messages }
}

/** The names of one message in a tipset's row, without the rest; undefined if it has not that many. @throws As {@link decodeTipsetRow}. */
export function decodeMessageName(bytes: Uint8Array, index: number): MessageName | undefined {
  const reader = new ByteReader(bytes)
  for (let strings = 0; strings < 3; strings++) reader.skip(reader.small())
  for (let figures = 0; figures < 4; figures++) reader.skipVarint()
  if (index >= reader.small()) return undefined
  reader.skip(index * 2 * DIGEST_LENGTH)
  const cid = cidOfDigest(DAG_CBOR, reader.raw(DIGEST_LENGTH))
  const alias = reader.raw(DIGEST_LENGTH)
  return { cid, alias: alias.some((byte) => byte !== 0) ? alias : undefined }
}

/** A log with the names of its message; epoch and position say where it is. */
export interface LogRow {
  readonly messageIndex: number
  readonly messageCid: CID
  readonly alias: Uint8Array | undefined
  readonly emitter: bigint
  readonly emitterAddress: Address | undefined
  readonly entries: readonly EventEntry[]
}
