import type { GoldenCase } from "./case.ts"
import type { Difference } from "./compare.ts"

/** Where the default dialect differs from Lotus on purpose. */
export interface Divergence {
  readonly what: string
  readonly why: string
  readonly covers: (file: string, golden: GoldenCase, difference: Difference) => boolean
}

export const DIVERGENCES: readonly Divergence[] = []

export function divergenceOf(file: string, golden: GoldenCase, difference: Difference): Divergence | undefined {
  return DIVERGENCES.find(({ covers }) => covers(file, golden, difference))
}
