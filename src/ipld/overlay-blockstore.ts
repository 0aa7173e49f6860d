import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "./blockstore.ts"
import {
  BLAKE2B_256,
  CBOR,
  DAG_CBOR,
  decodeCid,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
  IDENTITY,
  isUsualCid,
  RAW,
} from "./cid.ts"
import { CidMap } from "./cid-map.ts"
import { UnexpectedLink } from "./errors.ts"
import { scanLinks } from "./links.ts"

/**
 * A store before another: reads fall through to the base, writes stay here until they are flushed. For a message that may fail, and for calls
 * whose writes nobody keeps. Overlays can stand on overlays.
 *
 * @see ref-fvm fvm/src/blockstore/buffered.rs
 */
export class OverlayBlockstore implements Blockstore {
  readonly base: Blockstore
  readonly #blocks = new CidMap<Block>()

  constructor(base: Blockstore) {
    this.base = base
  }

  /** Number of blocks that are held back. */
  get size(): number {
    return this.#blocks.size
  }

  get(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cid.bytes)?.bytes ?? this.base.get(cid)
  }

  has(cid: CID): boolean {
    return this.#blocks.has(cid.bytes) || this.base.has(cid)
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set({ cid, bytes }, cid.bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    for (const block of blocks) this.#blocks.set(block, block.cid.bytes)
  }

  /** The blocks that are held back, in the order in which they came. */
  blocks(): IterableIterator<Block> {
    return this.#blocks.values()
  }

  /**
   * The blocks held back that can be reached from `root`, the root first. A link that is not among them ends there: it and all below it
   * are taken to be in the base. Commitments (pieces and replicas) are not followed; of identity CIDs only the links inside count.
   *
   * @throws UnexpectedLink - A link has a codec other than raw, CBOR, DAG-CBOR, or a hash other than blake2b-256 and identity.
   * @throws CborError, CidError - A DAG-CBOR block that is none.
   */
  reachable(root: CID): Block[] {
    const found = new Set<Block>()
    /** DAG-CBOR whose links were not followed yet. */
    const unread: Uint8Array[] = []
    let bytes: Uint8Array = root.bytes
    // A new block has dozens of links, and nearly all lead to the base: none becomes an object or a key.
    const follow = (start: number, end: number): void => {
      if (isUsualCid(bytes, start, end)) {
        const codec = bytes[start + 1]
        if (codec !== RAW && codec !== DAG_CBOR && codec !== CBOR) refuseCodec(decodeCid(bytes.slice(start, end)))
      } else {
        const cid = decodeCid(bytes.slice(start, end))
        const { code, multihash } = cid
        if (code === FIL_COMMITMENT_UNSEALED || code === FIL_COMMITMENT_SEALED) return
        if (code !== RAW && code !== DAG_CBOR && code !== CBOR) refuseCodec(cid)
        if (multihash.code === IDENTITY) {
          if (code === DAG_CBOR) unread.push(multihash.digest)
          return
        }
        if (multihash.code !== BLAKE2B_256 || multihash.digest.length !== 32)
          throw new UnexpectedLink(cid, `hash 0x${multihash.code.toString(16)} of ${multihash.digest.length} bytes`)
      }
      const block = this.#blocks.get(bytes, start, end)
      if (block === undefined || found.has(block)) return
      found.add(block)
      if (block.cid.code === DAG_CBOR) unread.push(block.bytes)
    }
    follow(0, bytes.length)
    for (let next = unread.pop(); next !== undefined; next = unread.pop()) {
      bytes = next
      scanLinks(bytes, follow)
    }
    return [...found]
  }

  /**
   * Moves the blocks that can be reached from `root` to the base, in one `putMany`; the others stay. After an error all stay.
   *
   * @returns Number of blocks moved.
   * @throws As {@link reachable}, and whatever the base throws.
   */
  flushReachable(root: CID): number {
    const blocks = this.reachable(root)
    if (blocks.length > 0) this.base.putMany(blocks)
    if (blocks.length === this.#blocks.size) this.#blocks.clear()
    else for (const { cid } of blocks) this.#blocks.delete(cid.bytes)
    return blocks.length
  }

  /** Moves all blocks to the base, reachable or not. */
  flushAll(): void {
    if (this.#blocks.size > 0) this.base.putMany(this.#blocks.values())
    this.#blocks.clear()
  }

  /** Forgets all blocks that were held back. */
  discard(): void {
    this.#blocks.clear()
  }
}

function refuseCodec(cid: CID): never {
  throw new UnexpectedLink(cid, `codec 0x${cid.code.toString(16)}`)
}

/**
 * A store that asks a second one for what it lacks, and keeps what it gets: a cache before a slow or remote store. Writes go to the
 * first only.
 */
export class ReadThroughBlockstore implements Blockstore {
  readonly #near: Blockstore
  readonly #far: Pick<Blockstore, "get" | "has">

  /**
   * @param near - Where blocks are kept.
   * @param far - Where missing blocks come from. What it gives is believed: check hashes inside it if it is not trusted.
   */
  constructor(near: Blockstore, far: Pick<Blockstore, "get" | "has">) {
    this.#near = near
    this.#far = far
  }

  get(cid: CID): Uint8Array | undefined {
    const known = this.#near.get(cid)
    if (known !== undefined) return known
    const bytes = this.#far.get(cid)
    if (bytes !== undefined) this.#near.put(cid, bytes)
    return bytes
  }

  has(cid: CID): boolean {
    return this.#near.has(cid) || this.#far.has(cid)
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#near.put(cid, bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    this.#near.putMany(blocks)
  }
}
