import type { CID } from "multiformats/cid"
import { type Block, type Blockstore, MemoryBlockstore } from "../blockstore.ts"

/** What a {@link TrackingBlockstore} throws when its time has come. */
export class InjectedFault extends Error {
  override readonly name = "InjectedFault"
}

/** A store in memory that counts, and that can be told to fail at the n-th call. */
export class TrackingBlockstore implements Blockstore {
  readonly inner: MemoryBlockstore
  reads = 0
  writes = 0
  bytesRead = 0
  bytesWritten = 0
  /** Calls of any kind that still succeed; then one fails. Undefined: all succeed. */
  failAfter: number | undefined

  constructor(inner: MemoryBlockstore = new MemoryBlockstore()) {
    this.inner = inner
  }

  #tick(): void {
    if (this.failAfter === undefined) return
    if (this.failAfter === 0) {
      this.failAfter = undefined
      throw new InjectedFault("injected")
    }
    this.failAfter--
  }

  get(cid: CID): Uint8Array | undefined {
    this.#tick()
    const bytes = this.inner.get(cid)
    this.reads++
    this.bytesRead += bytes?.length ?? 0
    return bytes
  }

  has(cid: CID): boolean {
    this.#tick()
    return this.inner.has(cid)
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#tick()
    this.writes++
    this.bytesWritten += bytes.length
    this.inner.put(cid, bytes)
  }

  putMany(blocks: Iterable<Block>): void {
    for (const { cid, bytes } of blocks) this.put(cid, bytes)
  }

  /** The counts in the order of the reference's statistics: reads, writes, bytes read, bytes written. */
  get stats(): { r: number; w: number; br: number; bw: number } {
    return { r: this.reads, w: this.writes, br: this.bytesRead, bw: this.bytesWritten }
  }
}

/** UTF-8 bytes of a text or a number. */
export function utf8(text: string | number): Uint8Array {
  return new TextEncoder().encode(String(text))
}

/** A generator of numbers in 0..2^32-1 that always gives the same (xorshift32). */
export function createRandom(seed: number): () => number {
  let state = seed || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** A copy in another order. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed)
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random() % (i + 1)
    ;[result[i], result[j]] = [result[j] as T, result[i] as T]
  }
  return result
}
