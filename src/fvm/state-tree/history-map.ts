interface Change<K, V> {
  readonly key: K
  /** What was there before; undefined: nothing. */
  readonly before: V | undefined
}

/**
 * A map that can be taken back to an earlier point. Values must not be undefined.
 *
 * @see ref-fvm fvm/src/history_map.rs
 */
export class HistoryMap<K, V> {
  readonly #map = new Map<K, V>()
  #history: Change<K, V>[] = []

  /** Number of changes so far: a point to go back to. */
  get height(): number {
    return this.#history.length
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): void {
    this.#history.push({ key, before: this.#map.get(key) })
    this.#map.set(key, value)
  }

  /** Sets without a way back: for what is true at any point, such as a value read from below. */
  cache(key: K, value: V): void {
    this.#map.set(key, value)
  }

  /** Undoes all changes after `height`. A height that was never reached undoes nothing. */
  rollback(height: number): void {
    for (let at = this.#history.length - 1; at >= height; at--) {
      const change = this.#history[at]!
      if (change.before === undefined) this.#map.delete(change.key)
      else this.#map.set(change.key, change.before)
    }
    if (this.#history.length > height) this.#history.length = height
  }

  /** Keeps the map as it is and forgets how it came to be. */
  forgetHistory(): void {
    if (this.#history.length > 0) this.#history = []
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries()
  }
}
