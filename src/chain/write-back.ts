import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "../ipld/blockstore.ts"
import { cidKey } from "../ipld/cid.ts"
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
  readonly #pending = new Map<string, Block>()
  readonly #recent = new NodeCache<Uint8Array>(CACHE_BYTES)

  constructor(base: Blockstore) {
    this.#base = base
  }

  get(cid: CID): Uint8Array | undefined {
    const key = cidKey(cid)
    const known = this.#pending.get(key)?.bytes ?? this.#recent.get(key, size)
    if (known !== undefined) return known
    const bytes = this.#base.get(cid)
    if (bytes !== undefined) this.#recent.set(key, bytes, bytes.length)
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
    const key = cidKey(block.cid)
    if (this.#recent.get(key, size) === undefined) this.#pending.set(key, block)
  }

  /** Writes what is pending to the base; to be called in its transaction, and followed by {@link committed} or {@link discard}. */
  writePending(): void {
    this.#base.putMany(this.#pending.values())
  }

  /** The transaction went through: what was pending is in the base now. */
  committed(): void {
    for (const [key, { bytes }] of this.#pending) this.#recent.set(key, bytes, bytes.length)
    this.#pending.clear()
  }

  /** The transaction did not happen. */
  discard(): void {
    this.#pending.clear()
  }
}
