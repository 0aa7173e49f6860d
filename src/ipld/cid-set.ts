import { hashOfCid, sameBytes } from "./cid.ts"

const FIRST_BITS = 6

/**
 * A set of CIDs, given as bytes[start..end] of any array. Made for the links of blocks, of which hundreds are added for each that is asked
 * for: adding one makes no object and no string.
 *
 * The arrays that are added must not change.
 */
export class CidSet {
  /** log2 of the number of places. */
  #bits = FIRST_BITS
  /** Open addressing: 1 + index of the member that has the place, 0 for none. */
  #places: Int32Array = new Int32Array(1 << FIRST_BITS)
  // The members, in the order in which they came.
  readonly #arrays: Uint8Array[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /** Number of members. */
  get size(): number {
    return this.#arrays.length
  }

  has(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
    return this.#places[this.#find(bytes, start, end)] !== 0
  }

  add(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    const place = this.#find(bytes, start, end)
    if (this.#places[place] !== 0) return
    this.#arrays.push(bytes)
    this.#starts.push(start)
    this.#places[place] = this.#ends.push(end)
    if (this.size * 2 > this.#places.length) this.#widen()
  }

  /** The place of a member, or the free one where it would be. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    const places = this.#places
    const mask = places.length - 1
    // The upper bits: the lower ones of a product depend on the lower ones of its factors only.
    let place = hashOfCid(bytes, end) >>> (32 - this.#bits)
    for (;;) {
      const member = places[place]! - 1
      if (member < 0) return place
      if (sameBytes(this.#arrays[member]!, this.#starts[member]!, this.#ends[member]!, bytes, start, end)) return place
      place = (place + 1) & mask
    }
  }

  #widen(): void {
    this.#bits += 2
    this.#places = new Int32Array(1 << this.#bits)
    for (let i = 0; i < this.size; i++)
      this.#places[this.#find(this.#arrays[i]!, this.#starts[i]!, this.#ends[i]!)] = i + 1
  }
}
