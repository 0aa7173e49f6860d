/** A stream of random numbers that a seed decides (xoshiro128**, seeded by splitmix32). */
export class Random {
  readonly #s: Uint32Array = new Uint32Array(4)

  constructor(seed: number) {
    let state = seed >>> 0
    for (let i = 0; i < 4; i++) {
      state = (state + 0x9e37_79b9) >>> 0
      let z = state
      z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35)
      this.#s[i] = z ^ (z >>> 16)
    }
  }

  /** 32 random bits, unsigned. */
  u32(): number {
    const s = this.#s
    const times5 = Math.imul(s[1]!, 5)
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0
    const t = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= t
    s[3] = (s[3]! << 11) | (s[3]! >>> 21)
    return result
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return this.u32() % limit
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i))
  }
}
