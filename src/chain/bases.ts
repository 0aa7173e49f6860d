import type { Place } from "./places.ts"

/** So many blocks are known at most, some 10 MB of them. */
const MOST_BASES = 8192
/** Twice as many places as there are marks. */
const SLOTS_BITS = 17

/** A block that others may be patches of. */
export interface Base {
  readonly place: Place
  readonly bytes: Uint8Array
  /** See {@link Patcher.marks}. */
  readonly marks: readonly number[]
  /** How many patches it takes to read it. */
  readonly patches: number
}

/**
 * The blocks that were put last, to be found by their marks; one that follows another, as a node of a tree follows the one before it, takes its place.
 *
 * A hint and no more: a mark whose slot another took is not found, and of a slot that says something else than it was set to, nothing but the block's
 * own marks is believed.
 */
export class Bases {
  readonly #bases: Base[] = []
  /** Of each slot one more than the number of the base that was the last to have a mark there. */
  readonly #slots = new Uint16Array(2 ** SLOTS_BITS)
  /** The number of the next base that follows none. */
  #next = 0

  /** The number of the block that has most of these marks, or -1. Some marks, as those of code CIDs, are in a great many. */
  find(marks: readonly number[]): number {
    let best = -1
    let most = 0
    for (const mark of marks) {
      const number = this.#slots[slotOf(mark)]! - 1
      if (number < 0 || number === best) continue
      const common = countCommon(this.#bases[number]!.marks, marks)
      if (common > most) [best, most] = [number, common]
      if (isFollowed(most, marks)) break
    }
    return best
  }

  get(number: number): Base | undefined {
    return this.#bases[number]
  }

  /** From now on blocks that are alike find this one. @param found - What {@link find} said of its marks. */
  learn(base: Base, found: number): void {
    const before = this.#bases[found]
    const follows = before !== undefined && isFollowed(countCommon(before.marks, base.marks), base.marks)
    const number = follows ? found : this.#next
    if (!follows) this.#next = (this.#next + 1) % MOST_BASES
    this.#bases[number] = base
    for (const mark of base.marks) this.#slots[slotOf(mark)] = number + 1
  }

  clear(): void {
    this.#bases.length = 0
    this.#slots.fill(0)
    this.#next = 0
  }
}

/** The first bits of a mark are those that make it one, so they are multiplied away. */
function slotOf(mark: number): number {
  return Math.imul(mark, 0x9e3779b1) >>> (32 - SLOTS_BITS)
}

/** Whether a block with so many marks in common with another is the one after it. */
function isFollowed(common: number, marks: readonly number[]): boolean {
  return common > marks.length / 2
}

function countCommon(a: readonly number[], b: readonly number[]): number {
  let count = 0
  for (const mark of a) if (b.includes(mark)) count++
  return count
}
