import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "../ipld/blockstore.ts"
import { CidMap } from "../ipld/cid-map.ts"
import { NodeCache } from "../ipld/node-cache.ts"

/** Bytes of blocks kept in memory in one generation; at most twice that. */
const CACHE_BYTES = 8 * 2 ** 20

const size = (bytes: Uint8Array): number => bytes.length

/**
 * The writer's store: what a tipset writes stays in memory until its transaction, and what was read or written lately is answered
 * without the database.
 */
export class WriteBackBlockstore implements Blockstore {
  readonly #base: Blockstore
  readonly #pending = new CidMap<Block>()
  readonly #recent = new NodeCache<Uint8Array>(CACHE_BYTES, size)

  constructor(base: Blockstore) {
    this.#base = base
  }

  get(cid: CID): Uint8Array | undefined {
    const known = this.#pending.get(cid.bytes)?.bytes ?? this.#recent.get(cid.bytes)
    if (known !== undefined) return known
    const bytes = this.#base.get(cid)
    if (bytes !== undefined) this.#recent.set(cid.bytes, bytes)
    return bytes
  }

  has(cid: CID): boolean {
    return this.get(cid) !== undefined
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#putBlock({ cid, bytes })
  }

  putMany(blocks: Iterable<Block>): void {
    for (const block of blocks) this.#putBlock(block)
  }

  /** What was read or written lately is in the base already: empty lists and states that came back are written once. */
  #putBlock(block: Block): void {
    const { bytes: name } = block.cid
    if (this.#recent.get(name) === undefined) this.#pending.set(block, name)
  }

  /** Writes what is pending to the base; to be called in its transaction, and followed by {@link committed} or {@link discard}. */
  writePending(): void {
    this.#base.putMany(this.#pending.values())
  }

  /** The transaction went through: what was pending is in the base now. */
  committed(): void {
    for (const { cid, bytes } of this.#pending.values()) this.#recent.set(cid.bytes, bytes)
    this.#pending.clear()
  }

  /** The transaction did not happen. */
  discard(): void {
    this.#pending.clear()
  }
}
