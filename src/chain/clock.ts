import { ChainError } from "./errors.ts"

/** What a clock has to remember; part of a snapshot. */
export interface ClockState {
  readonly offset: number
  readonly next: number | undefined
  readonly interval: number | undefined
}

/** Greatest timestamp that is accepted, in seconds: beyond it tools lose precision. */
const MAX_TIMESTAMP = Number.MAX_SAFE_INTEGER

/**
 * Timestamps of tipsets: the wall clock moved by an offset. They always rise by at least a second from tipset to tipset.
 *
 * A wanted timestamp is used once and moves the clock, so that time goes on from there, as dev-node tools expect.
 */
export class Clock {
  readonly #now: () => number
  #offset = 0
  #next: number | undefined
  #interval: number | undefined

  /** @param now - Wall clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The moved clock, in whole seconds. */
  get seconds(): number {
    return Math.floor(this.#now() / 1000) + this.#offset
  }

  get offset(): number {
    return this.#offset
  }

  /** Timestamp that a tipset after one at `last` would get now. */
  peek(last: number): number {
    if (this.#next !== undefined) return Math.max(this.#next, last + 1)
    if (this.#interval !== undefined) return last + this.#interval
    return Math.max(this.seconds, last + 1)
  }

  /**
   * The same, and uses up the wanted timestamp. Where tipsets came faster than one a second the clock goes along with them, so that
   * an hour more is an hour after the newest tipset.
   */
  take(last: number): number {
    const timestamp = this.peek(last)
    if (this.#next !== undefined || (this.#interval === undefined && timestamp > this.seconds))
      this.#offset = timestamp - Math.floor(this.#now() / 1000)
    this.#next = undefined
    return timestamp
  }

  /** Moves the clock. @returns The whole offset. @throws ChainError - `invalid-option`: negative or not whole. */
  increase(seconds: number): number {
    whole(seconds, "seconds")
    this.#offset += seconds
    if (this.#next !== undefined) this.#next += seconds
    return this.#offset
  }

  /** @throws ChainError - `timestamp-too-low`: not after `last`. */
  setNext(seconds: number, last: number): void {
    whole(seconds, "timestamp")
    if (seconds <= last)
      throw new ChainError(
        "timestamp-too-low",
        `timestamp ${seconds} is not after ${last}, that of the newest tipset: give at least ${last + 1}`,
      )
    this.#next = seconds
  }

  /** Sets the clock; tipsets still get timestamps after their parents'. @returns The whole offset. */
  set(seconds: number): number {
    whole(seconds, "timestamp")
    this.#offset = seconds - Math.floor(this.#now() / 1000)
    this.#next = undefined
    return this.#offset
  }

  setInterval(seconds: number | undefined): void {
    if (seconds !== undefined) {
      whole(seconds, "interval")
      if (seconds === 0) throw new ChainError("invalid-option", "the interval between tipsets is at least 1 second")
    }
    this.#interval = seconds
  }

  get state(): ClockState {
    return { offset: this.#offset, next: this.#next, interval: this.#interval }
  }

  restore(state: ClockState): void {
    this.#offset = state.offset
    this.#next = state.next
    this.#interval = state.interval
  }
}

function whole(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > MAX_TIMESTAMP)
    throw new ChainError("invalid-option", `${what} is ${value}, expected a whole number of seconds from 0 on`)
}
