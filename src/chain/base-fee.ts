import type { Message } from "../fvm/message.ts"
import type { AttoFil, Gas } from "./types.ts"

/** Gas that fits into one block. @see lotus build/buildconstants/params_shared_vals.go */
export const BLOCK_GAS_LIMIT: Gas = 10_000_000_000n
/** Least base fee, in attoFIL per unit of gas. */
export const MINIMUM_BASE_FEE: AttoFil = 100n
/** First network version in which FIP-0115 rules. */
export const PREMIUM_RULE_NETWORK_VERSION = 28

const BLOCK_GAS_TARGET = BLOCK_GAS_LIMIT / 2n
const MAX_CHANGE_DENOMINATOR = 8n
/** Place in the block, from the highest premium down, at which FIP-0115 looks: what the lowest 20 % of the block pay. */
const PREMIUM_INDEX = (BLOCK_GAS_LIMIT * 80n) / 100n - 1n

type Priced = Pick<Message, "gasLimit" | "gasFeeCap" | "gasPremium">

/** attoFIL per unit of gas that the producer gets from a message. */
export function effectivePremium(message: Priced, baseFee: AttoFil): AttoFil {
  const available = message.gasFeeCap > baseFee ? message.gasFeeCap - baseFee : 0n
  return message.gasPremium < available ? message.gasPremium : available
}

/**
 * Premium at the percentile that FIP-0115 looks at: messages sorted from the highest premium, each as wide as its gas limit;
 * 0 if they do not fill 80 % of a block.
 */
export function percentilePremium(premiums: readonly (readonly [premium: AttoFil, gasLimit: Gas])[]): AttoFil {
  const sorted = [...premiums].sort(([a], [b]) => (a > b ? -1 : a < b ? 1 : 0))
  let filled = 0n
  for (const [premium, gasLimit] of sorted) {
    filled += gasLimit
    if (filled > PREMIUM_INDEX) return premium
  }
  return 0n
}

/**
 * Base fee of the tipset after one with these messages. From network version 28 on by the premiums (FIP-0115), before that by how
 * full the blocks are (as EIP-1559, but by gas limits).
 *
 * @param messages - Unique by sender and sequence.
 * @param blocks - Block headers in the tipset.
 * @see FIP-0115; lotus chain/store/basefee.go
 */
export function nextBaseFee(
  baseFee: AttoFil,
  messages: readonly Priced[],
  blocks: number,
  networkVersion: number,
): AttoFil {
  let next: AttoFil
  if (networkVersion >= PREMIUM_RULE_NETWORK_VERSION) {
    const premium = percentilePremium(messages.map((m) => [effectivePremium(m, baseFee), m.gasLimit]))
    const most = (baseFee + MAX_CHANGE_DENOMINATOR - 1n) / MAX_CHANGE_DENOMINATOR
    const rise = premium - most
    next = baseFee + (most < rise ? most : rise)
  } else {
    let delta = messages.reduce((sum, m) => sum + m.gasLimit, 0n) / BigInt(blocks) - BLOCK_GAS_TARGET
    if (delta > BLOCK_GAS_TARGET) delta = BLOCK_GAS_TARGET
    if (delta < -BLOCK_GAS_TARGET) delta = -BLOCK_GAS_TARGET
    // Go's big.Div is Euclidean: it rounds a negative quotient down, where bigint division cuts it off.
    next = baseFee + floorDivide(floorDivide(baseFee * delta, BLOCK_GAS_TARGET), MAX_CHANGE_DENOMINATOR)
  }
  return next > MINIMUM_BASE_FEE ? next : MINIMUM_BASE_FEE
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor < 0n ? quotient - 1n : quotient
}
