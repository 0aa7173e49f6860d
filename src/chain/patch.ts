import type { ByteReader, ByteWriter } from "./bytes.ts"
import { ChainError } from "./errors.ts"

/** Shorter runs cost as much to name as to repeat. */
const LEAST_RUN = 6
const WINDOW_BYTES = 4
/** One window of 2^5 is an anchor: that whose hash begins with these bits, as those of zeros and of the heads of CIDs do not. */
const ANCHOR_BITS = 5
const ANCHOR = 9
/** In so few bytes of its own no run of another block is looked for. */
const LEAST_SOUGHT = 96
const NO_BYTES = new Uint8Array(0)
/** Anchors by which a block is known again. */
const MARKS = 8

/**
 * The anchors of a block: windows of four bytes whose hash has some value, so that two blocks with the same bytes somewhere have the same anchors
 * there, wherever that is in them. Looks at one block after the other, in the same memory.
 */
class Anchors {
  /** Where the windows begin, in order. */
  places = new Int32Array(256)
  /** Their hashes. */
  hashes = new Int32Array(256)
  count = 0

  find(bytes: Uint8Array): void {
    this.count = 0
    let window = 0
    for (let at = 0; at < bytes.length; at++) {
      window = (window << 8) | bytes[at]!
      const hash = Math.imul(window, 0x9e3779b1)
      if (hash >>> (32 - ANCHOR_BITS) !== ANCHOR || at < WINDOW_BYTES - 1) continue
      if (this.count === this.places.length) this.#grow()
      this.places[this.count] = at - WINDOW_BYTES + 1
      this.hashes[this.count++] = hash
    }
  }

  /** Number of the first anchor with a hash, or -1. */
  indexOf(hash: number): number {
    for (let i = 0; i < this.count; i++) if (this.hashes[i] === hash) return i
    return -1
  }

  #grow(): void {
    const { places, hashes } = this
    this.places = new Int32Array(2 * places.length)
    this.hashes = new Int32Array(2 * hashes.length)
    this.places.set(places)
    this.hashes.set(hashes)
  }
}

/** Writes blocks as patches of others that are alike. */
export class Patcher {
  readonly #own = new Anchors()
  readonly #bases = new Anchors()

  /** A few numbers by which the block is known again in one that has most of its bytes: the smallest hashes of its anchors. */
  marks(bytes: Uint8Array): readonly number[] {
    this.#own.find(bytes)
    const marks: number[] = []
    for (let i = 0; i < this.#own.count; i++) {
      const hash = this.#own.hashes[i]!
      if ((marks.length === MARKS && hash >= marks[MARKS - 1]!) || marks.includes(hash)) continue
      let at = Math.min(marks.length, MARKS - 1)
      for (; at > 0 && marks[at - 1]! > hash; at--) marks[at] = marks[at - 1]!
      marks[at] = hash
    }
    return marks
  }

  /**
   * Writes the block whose marks were asked for last as a patch of another: runs of bytes of its own and runs of the other's, found by anchors
   * that both have. A node of a tree of which one link changed is 45 bytes then instead of a thousand and more.
   *
   * The format: own bytes with their length, then place and length of a run in the base, in turns, until all bytes of the block are said.
   *
   * @returns Whether it was not longer than `most` bytes; if it was, what was written is of no use.
   */
  write(writer: ByteWriter, bytes: Uint8Array, base: Uint8Array, most: number): boolean {
    const limit = writer.length + most
    // A link or a number changed in one place, as mostly: there is nothing to look for.
    const head = commonRun(bytes, 0, base, 0)
    const tail = commonEnd(bytes, base, Math.min(bytes.length, base.length) - head)
    if (bytes.length - head - tail <= LEAST_SOUGHT) {
      if (head > 0) writer.bytes(NO_BYTES).small(0).small(head)
      if (head < bytes.length) writer.bytes(bytes.subarray(head, bytes.length - tail))
      if (tail > 0) writer.small(base.length - tail).small(tail)
      return writer.length <= limit
    }
    const own = this.#own
    const others = this.#bases
    others.find(base)
    let anchor = 0
    /** What is not said yet begins here. */
    let rest = 0
    for (let at = 0, from = 0; ; ) {
      const run = commonRun(bytes, at, base, from)
      if (run >= LEAST_RUN) {
        writer.bytes(bytes.subarray(rest, at)).small(from).small(run)
        at += run
        rest = at
      }
      while (anchor < own.count && own.places[anchor]! < at) anchor++
      let found = -1
      for (; anchor < own.count; anchor++) {
        found = others.indexOf(own.hashes[anchor]!)
        if (found >= 0) break
      }
      if (found < 0 || writer.length > limit) break
      const next = own.places[anchor++]!
      const there = others.places[found]!
      // What stands before it is mostly the same too.
      let back = 0
      while (back < next - rest && back < there && bytes[next - back - 1] === base[there - back - 1]) back++
      at = next - back
      from = there - back
    }
    let end = commonEnd(bytes, base, Math.min(bytes.length - rest, base.length))
    if (end < LEAST_RUN) end = 0
    if (rest < bytes.length) writer.bytes(bytes.subarray(rest, bytes.length - end))
    if (end > 0) writer.small(base.length - end).small(end)
    return writer.length <= limit
  }
}

/** The block of `length` bytes that a patch makes of its base. @throws ChainError - `damaged`: it does not fit the base. */
export function applyPatch(patch: ByteReader, base: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const own = patch.bytes()
    if (own.length > length - at) throw misfit()
    bytes.set(own, at)
    at += own.length
    if (at === length) break
    const from = patch.small()
    const run = patch.small()
    if (run > length - at || from + run > base.length || (run === 0 && own.length === 0)) throw misfit()
    bytes.set(base.subarray(from, from + run), at)
    at += run
  }
  return bytes
}

function misfit(): ChainError {
  return new ChainError("damaged", "a block is stored as a patch that does not fit what it is a patch of")
}

/** How many bytes are the same from two places on. */
function commonRun(a: Uint8Array, at: number, b: Uint8Array, from: number): number {
  const most = Math.min(a.length - at, b.length - from)
  let run = 0
  while (run < most && a[at + run] === b[from + run]) run++
  return run
}

/** How many bytes are the same at both ends, of `most` bytes. */
function commonEnd(a: Uint8Array, b: Uint8Array, most: number): number {
  let end = 0
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return end
}
