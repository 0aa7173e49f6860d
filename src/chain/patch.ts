import type { ByteReader, ByteWriter } from "./bytes.ts"
import { ChainError } from "./errors.ts"

/** Shorter runs cost as much to name as to repeat. */
const LEAST_RUN = 6
const WINDOW_BYTES = 4
/** One window of 2^5 is an anchor: that whose hash begins with these bits, as those of zeros and of the heads of CIDs do not. */
const ANCHOR_BITS = 5
const ANCHOR = 9
/** Anchors by which a block is known again. */
const MARKS = 8

/**
 * A block with its anchors: windows of four bytes whose hash has some value, so that two blocks with the same bytes somewhere have the same anchors
 * there, wherever that is in them.
 */
export class AnchoredBlock {
  readonly bytes: Uint8Array
  /** Where the windows begin, in order. */
  readonly places: readonly number[]
  /** Their hashes. */
  readonly hashes: Int32Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    const places: number[] = []
    const hashes: number[] = []
    let window = 0
    for (let at = 0; at < bytes.length; at++) {
      window = (window << 8) | bytes[at]!
      const hash = Math.imul(window, 0x9e3779b1)
      if (hash >>> (32 - ANCHOR_BITS) !== ANCHOR || at < WINDOW_BYTES - 1) continue
      places.push(at - WINDOW_BYTES + 1)
      hashes.push(hash)
    }
    this.places = places
    this.hashes = Int32Array.from(hashes)
  }

  /** A few of the hashes, the same ones for blocks that have most of them in common: the smallest. */
  marks(): readonly number[] {
    const marks: number[] = []
    for (const hash of this.hashes) {
      if ((marks.length === MARKS && hash >= marks[MARKS - 1]!) || marks.includes(hash)) continue
      let i = Math.min(marks.length, MARKS - 1)
      for (; i > 0 && marks[i - 1]! > hash; i--) marks[i] = marks[i - 1]!
      marks[i] = hash
    }
    return marks
  }
}

/**
 * Writes a block as a patch of another: runs of bytes of its own and runs of the other's, found by anchors that both have. A node of a tree of
 * which one link changed is 45 bytes then instead of a thousand and more.
 *
 * The format: own bytes with their length, then place and length of a run in the base, in turns, until all bytes of the block are said.
 *
 * @returns Whether it was not longer than `most` bytes; if it was, what was written is of no use.
 */
export function writePatch(
  writer: ByteWriter,
  { bytes, places, hashes }: AnchoredBlock,
  base: AnchoredBlock,
  most: number,
): boolean {
  const limit = writer.length + most
  let anchor = 0
  let own = 0
  for (let at = 0, from = 0; ; ) {
    const run = commonRun(bytes, at, base.bytes, from)
    if (run >= LEAST_RUN) {
      writer.bytes(bytes.subarray(own, at)).small(from).small(run)
      at += run
      own = at
    }
    while (anchor < places.length && places[anchor]! < at) anchor++
    let found = -1
    for (; anchor < places.length; anchor++) {
      found = base.hashes.indexOf(hashes[anchor]!)
      if (found >= 0) break
    }
    if (found < 0 || writer.length > limit) break
    const [next, there] = [places[anchor]!, base.places[found]!]
    anchor++
    // What stands before it is mostly the same too.
    let back = 0
    while (back < next - own && back < there && bytes[next - back - 1] === base.bytes[there - back - 1]) back++
    at = next - back
    from = there - back
  }
  let end = 0
  while (end < bytes.length - own && end < base.bytes.length && bytes.at(-1 - end) === base.bytes.at(-1 - end)) end++
  if (end < LEAST_RUN) end = 0
  if (own < bytes.length) writer.bytes(bytes.subarray(own, bytes.length - end))
  if (end > 0) writer.small(base.bytes.length - end).small(end)
  return writer.length <= limit
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
