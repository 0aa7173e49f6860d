/** How long a connection counts after its last request. */
const RECENT_MILLISECONDS = 250

/** Who asked lately: whether one connection has the node for itself. */
export class Crowd {
  readonly #now: () => number
  #since: number
  #recent = new Set<object>()
  #before = new Set<object>()
  #last: number

  constructor(now: () => number = Date.now) {
    this.#now = now
    this.#since = now()
    this.#last = now()
  }

  /** Notes a request of a connection. */
  note(connection: object): void {
    this.#turn()
    this.#recent.add(connection)
    this.#last = this.#now()
  }

  /** Milliseconds since the last request, or since the beginning. */
  get quietMilliseconds(): number {
    return this.#now() - this.#last
  }

  /** Connections with a request in the last half second, about. */
  get size(): number {
    this.#turn()
    let size = this.#recent.size
    for (const connection of this.#before) if (!this.#recent.has(connection)) size++
    return size
  }

  #turn(): void {
    const elapsed = this.#now() - this.#since
    if (elapsed < RECENT_MILLISECONDS) return
    this.#before = elapsed < 2 * RECENT_MILLISECONDS ? this.#recent : new Set()
    this.#recent = new Set()
    this.#since = this.#now()
  }
}
