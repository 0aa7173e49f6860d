import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import {
  decode,
  encode,
  encodeBigInt,
  expectBigInt,
  expectBytes,
  expectInt,
  expectLink,
  expectList,
  expectNullable,
  expectTuple,
  expectUint,
  expectUint64,
  type Ipld,
} from "../ipld/dag-cbor.ts"
import { ChainError } from "./errors.ts"
import { decodeSignature, encodeSignature } from "./message-codec.ts"
import type { BlockHeader } from "./types.ts"

/** CBOR of a block header: a tuple of 16. @see lotus chain/types/cbor_gen.go (BlockHeader) */
export function encodeHeader(header: BlockHeader): Uint8Array {
  const tuple: Ipld = [
    header.miner.bytes,
    header.ticket === undefined ? null : [header.ticket],
    header.electionProof === undefined ? null : [header.electionProof.winCount, header.electionProof.vrfProof],
    header.beaconEntries.map((entry) => [entry.round, entry.data]),
    header.winPoStProof.map((proof) => [proof.postProof, proof.proofBytes]),
    header.parents,
    encodeBigInt(header.parentWeight),
    header.epoch,
    header.parentStateRoot,
    header.parentMessageReceipts,
    header.messages,
    header.blsAggregate === undefined ? null : encodeSignature(header.blsAggregate),
    header.timestamp,
    header.blockSignature === undefined ? null : encodeSignature(header.blockSignature),
    header.forkSignaling,
    encodeBigInt(header.parentBaseFee),
  ]
  return encode(tuple)
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
