/**
 * Remembers decoded nodes by name, so that a tree loaded anew from a known root decodes nothing.
 *
 * Two generations: what is asked for moves to the young one; when the young one is full it becomes the old one, and what was
 * in the old one and not asked for is forgotten. So it holds at most twice its limit, and a look-up is one or two Map accesses.
 * Nodes are immutable and content-addressed, so sharing them between trees and stores changes no result.
 */
export class NodeCache<N> {
  readonly #limit: number
  #young = new Map<string, N>()
  #old = new Map<string, N>()
  #bytes = 0

  /** @param limit - Bytes of encoded nodes in one generation. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(name: string, size: (node: N) => number): N | undefined {
    const young = this.#young.get(name)
    if (young !== undefined) return young
    const old = this.#old.get(name)
    if (old !== undefined) this.set(name, old, size(old))
    return old
  }

  /** @param size - Length of the encoded node in bytes. */
  set(name: string, node: N, size: number): void {
    if (this.#bytes + size > this.#limit) {
      this.#old = this.#young
      this.#young = new Map()
      this.#bytes = 0
    }
    this.#young.set(name, node)
    this.#bytes += size
  }

  /** Forgets everything. For tests that count reads of the store. */
  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#bytes = 0
  }
}
