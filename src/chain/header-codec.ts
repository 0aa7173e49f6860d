import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import { CborWriter } from "../ipld/cbor.ts"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import {
  decode,
  expectBigInt,
  expectBytes,
  expectInt,
  expectLink,
  expectList,
  expectNullable,
  expectTuple,
  expectUint,
  expectUint64,
} from "../ipld/dag-cbor.ts"
import { ChainError } from "./errors.ts"
import { decodeSignature, encodeSignature } from "./message-codec.ts"
import type { BlockHeader, Signature } from "./types.ts"

const writer = new CborWriter()

/** CBOR of a block header: a tuple of 16. @see lotus chain/types/cbor_gen.go (BlockHeader) */
export function encodeHeader(header: BlockHeader): Uint8Array {
  writer.reset()
  writer.arrayHeader(16).bytes(header.miner.bytes)
  if (header.ticket === undefined) writer.null()
  else writer.arrayHeader(1).bytes(header.ticket)
  const { electionProof } = header
  if (electionProof === undefined) writer.null()
  else writer.arrayHeader(2).integer(electionProof.winCount).bytes(electionProof.vrfProof)
  writer.arrayHeader(header.beaconEntries.length)
  for (const { round, data } of header.beaconEntries) writer.arrayHeader(2).integer(round).bytes(data)
  writer.arrayHeader(header.winPoStProof.length)
  for (const { postProof, proofBytes } of header.winPoStProof)
    writer.arrayHeader(2).integer(postProof).bytes(proofBytes)
  writer.arrayHeader(header.parents.length)
  for (const parent of header.parents) writer.link(parent)
  writer.bigInt(header.parentWeight).integer(header.epoch)
  writer.link(header.parentStateRoot).link(header.parentMessageReceipts).link(header.messages)
  putSignature(header.blsAggregate)
  writer.integer(header.timestamp)
  putSignature(header.blockSignature)
  return writer.integer(header.forkSignaling).bigInt(header.parentBaseFee).finish()
}

function putSignature(signature: Signature | undefined): void {
  if (signature === undefined) writer.null()
  else writer.bytes(encodeSignature(signature))
}

/**
 * CBOR of a header with a signature that is made of the header without one.
 *
 * @param unsigned - What {@link encodeHeader} makes of it without a signature.
 */
export function signHeader(header: BlockHeader, unsigned: Uint8Array, signature: Signature): Uint8Array {
  writer.reset()
  // Behind the signature stand these two; without one, a null stands in its place.
  const end = writer.integer(header.forkSignaling).bigInt(header.parentBaseFee).finish()
  return writer
    .raw(unsigned, 0, unsigned.length - end.length - 1)
    .bytes(encodeSignature(signature))
    .raw(end)
    .finish()
}

/** Inverse of {@link encodeHeader}. @throws ChainError - `invalid-encoding` */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  try {
    const t = expectTuple(decode(bytes), 16, "header")
    return {
      miner: Address.fromBytes(expectBytes(t[0], "miner")),
      ticket: expectNullable(t[1], "ticket", (v, path) => expectBytes(expectTuple(v, 1, path)[0], path)),
      electionProof: expectNullable(t[2], "electionProof", (v, path) => {
        const proof = expectTuple(v, 2, path)
        return {
          winCount: expectInt(proof[0], `${path}.winCount`),
          vrfProof: expectBytes(proof[1], `${path}.vrfProof`),
        }
      }),
      beaconEntries: expectList(t[3] ?? [], "beaconEntries", (v, path) => {
        const entry = expectTuple(v, 2, path)
        return { round: expectUint64(entry[0], `${path}.round`), data: expectBytes(entry[1], `${path}.data`) }
      }),
      winPoStProof: expectList(t[4] ?? [], "winPoStProof", (v, path) => {
        const proof = expectTuple(v, 2, path)
        return {
          postProof: BigInt(expectInt(proof[0], `${path}.postProof`)),
          proofBytes: expectBytes(proof[1], `${path}.proofBytes`),
        }
      }),
      parents: expectList(t[5] ?? [], "parents", expectLink),
      parentWeight: expectBigInt(t[6], "parentWeight"),
      epoch: expectInt(t[7], "epoch"),
      parentStateRoot: expectLink(t[8], "parentStateRoot"),
      parentMessageReceipts: expectLink(t[9], "parentMessageReceipts"),
      messages: expectLink(t[10], "messages"),
      blsAggregate: expectNullable(t[11], "blsAggregate", (v, path) => decodeSignature(expectBytes(v, path))),
      timestamp: expectUint(t[12], "timestamp"),
      blockSignature: expectNullable(t[13], "blockSignature", (v, path) => decodeSignature(expectBytes(v, path))),
      forkSignaling: expectUint64(t[14], "forkSignaling"),
      parentBaseFee: expectBigInt(t[15], "parentBaseFee"),
    }
  } catch (cause) {
    throw new ChainError("invalid-encoding", `no block header: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}

/** CID of a header. */
export function headerCid(header: BlockHeader): CID {
  return cidOfBlock(DAG_CBOR, encodeHeader(header))
}
