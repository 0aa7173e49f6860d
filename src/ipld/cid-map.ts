import { hashOfCid, sameBytes } from "./cid.ts"

/** A value under the bytes of a CID: bytes[start..end]. */
class Row<V> {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  value: V
  /** The next row with the same hash, of which there is hardly ever one. */
  next: Row<V> | undefined

  constructor(bytes: Uint8Array, start: number, end: number, value: V, next: Row<V> | undefined) {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.value = value
    this.next = next
  }

  isOf(bytes: Uint8Array, start: number, end: number): boolean {
    return sameBytes(this.bytes, this.start, this.end, bytes, start, end)
  }
}

/**
 * A map whose keys are CIDs, given as bytes[start..end] of any array. Where a `Map` under `cidKey` makes a string for each question, this
 * compares bytes, and for what it does not hold, which is most of what a walk over links asks, it does not even do that.
 *
 * The arrays of keys that are held must not change. Fewer than four bytes are no CID and must not be given.
 */
export class CidMap<V> {
  readonly #rows = new Map<number, Row<V>>()
  #size = 0

  /** Number of keys. */
  get size(): number {
    return this.#size
  }

  get(bytes: Uint8Array, start: number = 0, end: number = bytes.length): V | undefined {
    let row = this.#rows.get(hashOfCid(bytes, end))
    while (row !== undefined && !row.isOf(bytes, start, end)) row = row.next
    return row?.value
  }

  has(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
    let row = this.#rows.get(hashOfCid(bytes, end))
    while (row !== undefined && !row.isOf(bytes, start, end)) row = row.next
    return row !== undefined
  }

  /** Gives a key its value. The map keeps the array `bytes`. */
  set(value: V, bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    const hash = hashOfCid(bytes, end)
    const first = this.#rows.get(hash)
    for (let row = first; row !== undefined; row = row.next) {
      if (!row.isOf(bytes, start, end)) continue
      row.value = value
      return
    }
    const row = new Row(bytes, start, end, value, undefined)
    // At the end of those with the same hash: the first keeps its place among all.
    if (first === undefined) this.#rows.set(hash, row)
    else {
      let last = first
      while (last.next !== undefined) last = last.next
      last.next = row
    }
    this.#size++
  }

  /** Removes a key. Returns whether it was there. */
  delete(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
    const hash = hashOfCid(bytes, end)
    let before: Row<V> | undefined
    let row = this.#rows.get(hash)
    while (row !== undefined && !row.isOf(bytes, start, end)) {
      before = row
      row = row.next
    }
    if (row === undefined) return false
    if (before !== undefined) before.next = row.next
    else if (row.next !== undefined) this.#rows.set(hash, row.next)
    else this.#rows.delete(hash)
    this.#size--
    return true
  }

  clear(): void {
    if (this.#size === 0) return
    this.#rows.clear()
    this.#size = 0
  }

  /** All values, in the order in which their keys came, but for keys with the same hash: they stand together. */
  *values(): Generator<V, undefined> {
    for (let row of this.#rows.values()) {
      yield row.value
      while (row.next !== undefined) {
        row = row.next
        yield row.value
      }
    }
  }
}
