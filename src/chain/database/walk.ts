import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "../../ipld/blockstore.ts"
import { BLAKE2B_256, CBOR, DAG_CBOR, decodeCid, IDENTITY, RAW, SHA2_256 } from "../../ipld/cid.ts"
import { linksOf, scanLinks } from "../../ipld/links.ts"
import { ChainError } from "../errors.ts"
import type { DigestSet } from "./digest-set.ts"

/** Bytes of a CIDv1 with a digest of 32 bytes before the digest, with blake2b-256. */
const BLAKE2B_HEAD = [0xa0, 0xe4, 0x02, 0x20] as const
const BLAKE2B_CID_LENGTH = 38
const DIGEST_AT = 6

/** Whether blocks of this name are stored at all: data in the name itself is not, nor are pieces and replicas of storage providers. */
export function isStored({ code, multihash }: CID): boolean {
  return multihash.code !== IDENTITY && (code === RAW || code === DAG_CBOR || code === CBOR)
}

/** Marks a block as seen. @returns Whether it is new. @throws ChainError - `damaged`: a name with a hash that no block has here. */
export function mark(seen: DigestSet, cid: CID): boolean {
  const { code, digest } = cid.multihash
  if ((code !== BLAKE2B_256 && code !== SHA2_256) || digest.length !== 32)
    throw new ChainError("damaged", `${cid} has a hash other than blake2b-256: 0x${code.toString(16)}`)
  return seen.add(digest, 0, cid.code)
}

/**
 * All blocks that can be reached from a root and are not marked yet, each before those that it links to; marks them.
 *
 * @param where - What the root is, for the error.
 * @throws ChainError - `damaged`: a block is missing, or is not the CBOR that its name says.
 */
export function* walk(store: Blockstore, root: CID, seen: DigestSet, where: () => string): Generator<Block> {
  const stack: CID[] = []
  const push = (cid: CID): void => {
    if (isStored(cid)) {
      if (mark(seen, cid)) stack.push(cid)
    } else if (cid.multihash.code === IDENTITY && cid.code === DAG_CBOR)
      for (const link of linksOf(cid.multihash.digest)) push(link)
  }
  push(root)
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    const bytes = store.get(cid)
    if (bytes === undefined) throw new ChainError("damaged", `${where()}: block ${cid} is missing`)
    yield { cid, bytes }
    if (cid.code !== DAG_CBOR) continue
    const first = stack.length
    try {
      scanLinks(bytes, (start, end) => {
        // Most links of a state lead to what the state before has too: no CID is made for those.
        if (isCommon(bytes, start, end)) {
          if (seen.add(bytes, start + DIGEST_AT, bytes[start + 1]!)) stack.push(decodeCid(bytes.slice(start, end)))
        } else push(decodeCid(bytes.slice(start, end)))
      })
    } catch (cause) {
      if (cause instanceof ChainError) throw cause
      throw new ChainError("damaged", `${where()}: block ${cid} is not DAG-CBOR: ${(cause as Error).message}`, {
        cause,
      })
    }
    reverse(stack, first)
  }
}

function isCommon(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== BLAKE2B_CID_LENGTH || bytes[start] !== 1) return false
  const codec = bytes[start + 1]
  return (codec === DAG_CBOR || codec === RAW) && BLAKE2B_HEAD.every((byte, i) => bytes[start + 2 + i] === byte)
}

/** So that links come off the stack in the order in which they stand. */
function reverse(stack: CID[], first: number): void {
  for (let i = first, j = stack.length - 1; i < j; i++, j--) {
    const cid = stack[i]!
    stack[i] = stack[j]!
    stack[j] = cid
  }
}
