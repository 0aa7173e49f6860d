import type { CID } from "multiformats/cid"
import { cidOfBlock, DAG_CBOR } from "./cid.ts"
import { CidMap } from "./cid-map.ts"
import { decode, encode, type Ipld } from "./dag-cbor.ts"
import { BlockNotFound } from "./errors.ts"

/** A block: bytes under their name. Neither is to be written to once it is one. */
export type Block = { readonly cid: CID; readonly bytes: Uint8Array }

/**
 * A store of blocks that answers at once, since a syscall needs its block at once.
 *
 * A store believes the CID that it is given: whoever takes blocks from outside checks their hash first (see `car.ts`).
 * A returned array is shared with the store: it is not to be written to.
 */
export interface Blockstore {
  /** The bytes of a block, or undefined when the store does not have it. */
  get(cid: CID): Uint8Array | undefined
  /** Whether the store has the block. */
  has(cid: CID): boolean
  /** Keeps a block. Putting it again is harmless. The store may keep the array itself: the caller gives it away. */
  put(cid: CID, bytes: Uint8Array): void
  /** Keeps several blocks, in one transaction where the store has such a thing: after a failure none of them or some of them are there. */
  putMany(blocks: Iterable<Block>): void
}

/** A blockstore in memory, without bound. */
export class MemoryBlockstore implements Blockstore {
  readonly #blocks = new CidMap<Block>()

  /** Number of blocks. */
  get size(): number {
    return this.#blocks.size
  }

  get(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cid.bytes)?.bytes
  }

  has(cid: CID): boolean {
    return this.#blocks.has(cid.bytes)
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set({ cid, bytes }, cid.bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    for (const { cid, bytes } of blocks) this.put(cid, bytes)
  }

  /** Forgets a block. Returns whether it was there. */
  delete(cid: CID): boolean {
    return this.#blocks.delete(cid.bytes)
  }

  /** All blocks, in the order in which they came. */
  blocks(): IterableIterator<Block> {
    return this.#blocks.values()
  }
}

/** The bytes of a block. @throws BlockNotFound */
export function mustGet(store: Blockstore, cid: CID): Uint8Array {
  const bytes = store.get(cid)
  if (bytes === undefined) throw new BlockNotFound(cid)
  return bytes
}

/** Decodes a DAG-CBOR block. @throws BlockNotFound, CborError */
export function getCbor(store: Blockstore, cid: CID): Ipld {
  return decode(mustGet(store, cid))
}

/** Encodes a value as DAG-CBOR, stores it, and returns its CID (blake2b-256). @throws CborError */
export function putCbor(store: Blockstore, value: Ipld): CID {
  const bytes = encode(value)
  const cid = cidOfBlock(DAG_CBOR, bytes)
  store.put(cid, bytes)
  return cid
}
