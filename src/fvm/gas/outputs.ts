/**
 * Who gets what of a message's fee cap times gas limit. The four amounts in attoFIL (both burns, tip, refund) add up to it.
 *
 * @see FIP-0032; ref-fvm fvm/src/gas/outputs.rs
 */
export interface GasOutputs {
  /** attoFIL, to f099. */
  readonly baseFeeBurn: bigint
  /** attoFIL, to f099. */
  readonly overEstimationBurn: bigint
  /** attoFIL that the block producer owes for gas the sender did not cover. */
  readonly minerPenalty: bigint
  /** attoFIL, to the reward actor. */
  readonly minerTip: bigint
  /** attoFIL, to the sender. */
  readonly refund: bigint
  /** Whole units of gas. */
  readonly gasRefund: bigint
  /** Whole units of gas burnt for over-estimation. */
  readonly gasBurned: bigint
}

/**
 * Splits the fee of a message. All gas in whole units, fees in attoFIL per unit.
 *
 * Up to 10 % over-estimation costs nothing; from 2.1 times the gas used on, all that is left is burnt.
 */
export function computeGasOutputs(
  gasUsed: bigint,
  gasLimit: bigint,
  baseFee: bigint,
  feeCap: bigint,
  premium: bigint,
): GasOutputs {
  const baseFeeToPay = baseFee > feeCap ? feeCap : baseFee
  let minerPenalty = (baseFee - baseFeeToPay) * gasUsed
  const baseFeeBurn = baseFeeToPay * gasUsed
  const tipPerGas = baseFeeToPay + premium > feeCap ? feeCap - baseFeeToPay : premium
  const minerTip = tipPerGas * gasLimit
  const { gasRefund, gasBurned } = overEstimation(gasUsed, gasLimit)
  const overEstimationBurn = baseFeeToPay * gasBurned
  minerPenalty += (baseFee - baseFeeToPay) * gasBurned
  const refund = feeCap * gasLimit - baseFeeBurn - minerTip - overEstimationBurn
  return { baseFeeBurn, overEstimationBurn, minerPenalty, minerTip, refund, gasRefund, gasBurned }
}

function overEstimation(gasUsed: bigint, gasLimit: bigint): { gasRefund: bigint; gasBurned: bigint } {
  if (gasUsed === 0n) return { gasRefund: 0n, gasBurned: gasLimit }
  let over = gasLimit - (11n * gasUsed) / 10n
  if (over < 0n) over = 0n
  if (over > gasUsed) over = gasUsed
  const remaining = gasLimit > gasUsed ? gasLimit - gasUsed : 0n
  const gasBurned = (remaining * over) / gasUsed
  return { gasRefund: remaining - gasBurned, gasBurned }
}
