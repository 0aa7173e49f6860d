interface Row<V> {
  readonly value: V
  readonly weight: number
}

/** A map that forgets what was not asked for longest when it is full. */
export class Lru<K, V> {
  readonly #map = new Map<K, Row<V>>()
  readonly #size: number
  #weight = 0

  /** @param size - What it holds weighs so much together, at most; the newest is held whatever it weighs. */
  constructor(size: number) {
    this.#size = size
  }

  get(key: K): V | undefined {
    const row = this.#map.get(key)
    if (row === undefined) return undefined
    this.#map.delete(key)
    this.#map.set(key, row)
    return row.value
  }

  /** @param weight - Default: 1, so that the size is a number of values */
  set(key: K, value: V, weight: number = 1): void {
    this.delete(key)
    this.#map.set(key, { value, weight })
    this.#weight += weight
    while (this.#weight > this.#size && this.#map.size > 1) this.delete(this.#map.keys().next().value!)
  }

  delete(key: K): void {
    const row = this.#map.get(key)
    if (row === undefined) return
    this.#map.delete(key)
    this.#weight -= row.weight
  }
}
