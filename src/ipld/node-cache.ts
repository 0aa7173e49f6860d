import { CidMap } from "./cid-map.ts"

/**
 * Remembers nodes or blocks by CID, so that a tree loaded anew from a known root decodes nothing.
 *
 * Two generations: what is asked for moves to the young one; when the young one is full it becomes the old one, and what was
 * in the old one and not asked for is forgotten. So it holds at most twice its limit, and a look-up is one or two Map accesses.
 * Nodes are immutable and content-addressed, so sharing them between trees and stores changes no result.
 */
export class NodeCache<N> {
  readonly #limit: number
  readonly #sizeOf: (node: N) => number
  #young = new CidMap<N>()
  #old = new CidMap<N>()
  #bytes = 0

  /**
   * @param limit - Bytes of encoded nodes in one generation.
   * @param sizeOf - Length of the encoded node in bytes.
   */
  constructor(limit: number, sizeOf: (node: N) => number) {
    this.#limit = limit
    this.#sizeOf = sizeOf
  }

  /** The node whose CID is bytes[start..end]. */
  get(bytes: Uint8Array, start: number = 0, end: number = bytes.length): N | undefined {
    const young = this.#young.get(bytes, start, end)
    if (young !== undefined) return young
    const old = this.#old.get(bytes, start, end)
    // A copy: the array asked with may be a large one that would be held for its few bytes here.
    if (old !== undefined) this.set(bytes.slice(start, end), old)
    return old
  }

  /** @param cid - The bytes of a CID, which are kept. */
  set(cid: Uint8Array, node: N): void {
    const size = this.#sizeOf(node)
    if (this.#bytes + size > this.#limit) {
      this.#old = this.#young
      this.#young = new CidMap()
      this.#bytes = 0
    }
    this.#young.set(node, cid)
    this.#bytes += size
  }

  /** Forgets everything. For tests that count reads of the store. */
  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#bytes = 0
  }
}
