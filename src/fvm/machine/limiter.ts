import type { MemoryLimiter } from "./index.ts"

/**
 * Counts the memory of all instances on one message's call stack.
 *
 * @see ref-fvm fvm/src/machine/limiter.rs
 */
export class MessageMemoryLimiter implements MemoryLimiter {
  readonly #max: number
  /** Bytes in use; whoever opens a frame sets it back when the frame ends. */
  memoryUsed = 0

  /** @param maxMemoryBytes - Of all instances together. */
  constructor(maxMemoryBytes: number) {
    this.#max = maxMemoryBytes
  }

  growMemory(bytes: number): boolean {
    const total = this.memoryUsed + bytes
    if (total > this.#max) return false
    this.memoryUsed = total
    return true
  }
}
