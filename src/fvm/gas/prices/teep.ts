import type { StepCost } from "./price-data.ts"
import { WATERMELON_PRICES } from "./watermelon.ts"

const steps = (...rows: [start: number, amount: number][]): StepCost =>
  rows.map(([start, amount]) => ({ start, cost: BigInt(amount) * 1000n }))

/** Prices of network versions 25 (Teep) to 29: those of Watermelon, but for seals. */
export const TEEP_PRICES: typeof WATERMELON_PRICES = {
  ...WATERMELON_PRICES,
  // FIP-0100, following FIP-0076: a single seal costs what it takes to verify it.
  verifySealBase: 42_000_000_000n,
  // FIP-0092: non-interactive proofs, 126 times the partitions.
  verifyAggregateSealPer: {
    ...WATERMELON_PRICES.verifyAggregateSealPer,
    StackedDRG32GiBV1P2_Feat_NiPoRep: 44_990_000n * 126n,
    StackedDRG64GiBV1P2_Feat_NiPoRep: 35_928_000n * 126n,
  },
  verifyAggregateSealSteps: {
    ...WATERMELON_PRICES.verifyAggregateSealSteps,
    StackedDRG32GiBV1P2_Feat_NiPoRep: steps(
      [1, 112_356_810],
      [2, 122_912_610],
      [3, 137_559_930],
      [5, 162_039_100],
      [9, 210_960_780],
      [17, 318_351_180],
      [33, 528_274_980],
    ),
    StackedDRG64GiBV1P2_Feat_NiPoRep: steps(
      [1, 110_803_030],
      [2, 120_803_700],
      [3, 134_642_130],
      [5, 157_357_890],
      [9, 203_017_690],
      [17, 304_253_590],
      [33, 509_880_640],
    ),
  },
}
