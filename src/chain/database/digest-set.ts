/** Words of a digest that are kept: 128 bits, so that two blocks are never taken for one. */
const WORDS = 4
const FIRST_SLOTS = 1 << 12

/**
 * A set of blocks, by the first 16 bytes of their digests and their codec: 16 bytes each at two thirds full, where a `Set` of CIDs
 * takes some hundred. So a chain of a million messages can be walked in a quarter of a gigabyte.
 */
export class DigestSet {
  #slots = new Uint32Array(FIRST_SLOTS * WORDS)
  #capacity = FIRST_SLOTS
  #size = 0

  get size(): number {
    return this.#size
  }

  /**
   * Puts a digest in.
   *
   * @param bytes - Where the digest stands, at least 16 bytes from `at` on.
   * @param codec - Blocks of the same bytes under two codecs are two.
   * @returns Whether it is new.
   */
  add(bytes: Uint8Array, at: number, codec: number): boolean {
    if (this.#size * 3 >= this.#capacity * 2) this.#grow()
    const a = word(bytes, at)
    const b = word(bytes, at + 4)
    const c = word(bytes, at + 8)
    // No digest is taken for an empty slot: the last word is never 0.
    const d = (word(bytes, at + 12) ^ Math.imul(codec, 0x9e3779b1)) >>> 0 || 1
    const slot = this.#find(a, b, c, d)
    if (this.#slots[slot + 3] !== 0) return false
    this.#slots.set([a, b, c, d], slot)
    this.#size++
    return true
  }

  has(bytes: Uint8Array, at: number, codec: number): boolean {
    const d = (word(bytes, at + 12) ^ Math.imul(codec, 0x9e3779b1)) >>> 0 || 1
    return this.#slots[this.#find(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8), d) + 3] !== 0
  }

  /** The slot that holds these words, or the free one where they belong. */
  #find(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots
    for (let i = a % this.#capacity; ; i = i + 1 === this.#capacity ? 0 : i + 1) {
      const slot = i * WORDS
      if (slots[slot + 3] === 0) return slot
      if (slots[slot] === a && slots[slot + 1] === b && slots[slot + 2] === c && slots[slot + 3] === d) return slot
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#capacity *= 2
    this.#slots = new Uint32Array(this.#capacity * WORDS)
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 3] === 0) continue
      const slot = this.#find(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!)
      this.#slots.set(old.subarray(at, at + WORDS), slot)
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
