import type { Chain } from "../chain/chain.ts"
import type { Tipset } from "../chain/types.ts"
import type { BlockReader } from "./block-reader.ts"
import { ethError } from "./errors.ts"

/** attoFIL per gas below which no tip is suggested, as in Lotus. @see lotus node/impl/gasutils */
export const MIN_PREMIUM = 100_000n

/** Blocks that a suggestion learns from. */
const LOOKBACK = 10

/** Gas that a block is meant to have; a block with less had room for any tip. */
const BLOCK_GAS_TARGET = 5_000_000_000n

/**
 * The tip that gets a message into the next block.
 *
 * While blocks have room, twice the least one, as Lotus gives it for the next block, but without Lotus' random noise; else
 * the median of what those who filled the blocks paid, by gas.
 *
 * @see lotus node/impl/gasutils (GasEstimateGasPremium)
 */
export async function suggestTip(chain: Chain, blocks: BlockReader): Promise<bigint> {
  const prices: { readonly premium: bigint; readonly gas: bigint }[] = []
  let producers = 0n
  let tipset: Tipset | undefined = chain.latest
  for (let i = 0; i < LOOKBACK && tipset; i++) {
    producers += BigInt(tipset.headers.length)
    // Only full blocks say something about the price; the others need not be read.
    if (tipset.gasLimit >= BLOCK_GAS_TARGET / 2n)
      for (const { view } of (await blocks.read(tipset)).transactions)
        prices.push({ premium: view.maxPriorityFeePerGas, gas: view.gasLimit })
    tipset = await chain.parentOf(tipset)
  }
  const suggested = medianPremium(prices, producers)
  return suggested < MIN_PREMIUM ? 2n * MIN_PREMIUM : suggested
}

function medianPremium(prices: { readonly premium: bigint; readonly gas: bigint }[], producers: bigint): bigint {
  const dearestFirst = prices.toSorted((a, b) => (a.premium < b.premium ? 1 : -1))
  let at = (BLOCK_GAS_TARGET * producers) / 2n + ((BLOCK_GAS_TARGET * producers) % 2n)
  for (const { premium, gas } of dearestFirst) {
    at -= gas
    if (at < 0n) return premium + 1n
  }
  return 0n
}

/** What `eth_feeHistory` tells; amounts in attoFIL per gas. */
export interface FeeHistory {
  readonly oldestBlock: number
  /** One more than blocks: the last is that of the block after them. */
  readonly baseFees: readonly bigint[]
  readonly gasUsedRatios: readonly number[]
  /** By block and percentile; undefined if none were asked for. */
  readonly rewards: readonly (readonly bigint[])[] | undefined
}

/** Blocks that can be asked for at once, and percentiles. @see lotus node/impl/eth/gas.go */
const MAX_BLOCKS = 1024
const MAX_PERCENTILES = 100

/** @throws RpcError - -32602: percentiles not in 0..100 or not rising, or too much at once. */
export async function feeHistory(
  chain: Chain,
  blocks: BlockReader,
  count: number,
  newest: Tipset,
  percentiles: readonly number[] | undefined,
): Promise<FeeHistory> {
  checkPercentiles(percentiles ?? [])
  const baseFees: bigint[] = []
  const gasUsedRatios: number[] = []
  const rewards: (readonly bigint[])[] = []
  let oldest = newest
  let tipset: Tipset | undefined = newest
  for (let i = 0; i < Math.min(count, MAX_BLOCKS) && tipset; i++) {
    oldest = tipset
    baseFees.unshift(tipset.baseFee)
    gasUsedRatios.unshift(Number(tipset.gasUsed) / (Number(chain.blockGasLimit) * Math.max(1, tipset.headers.length)))
    if (percentiles) rewards.unshift(await rewardsOf(blocks, tipset, percentiles))
    tipset = await chain.parentOf(tipset)
  }
  baseFees.push((await chain.childOf(newest))?.baseFee ?? chain.nextBaseFee)
  return { oldestBlock: oldest.epoch, baseFees, gasUsedRatios, rewards: percentiles && rewards }
}

function checkPercentiles(percentiles: readonly number[]): void {
  if (percentiles.length > MAX_PERCENTILES)
    throw ethError("invalidInput", { message: `${percentiles.length} reward percentiles, at most ${MAX_PERCENTILES}` })
  percentiles.forEach((percentile, i) => {
    const before = percentiles[i - 1] ?? 0
    if (!(percentile >= before && percentile <= 100))
      throw ethError("invalidInput", {
        message: `invalid reward percentile: ${percentile} at position ${i}, expected ${before} to 100, rising`,
      })
  })
}

/** What is left for the tip under the fee cap. */
function effectivePremium(room: bigint, premium: bigint): bigint {
  if (room < 0n) return 0n
  return room > premium ? premium : room
}

async function rewardsOf(blocks: BlockReader, tipset: Tipset, percentiles: readonly number[]): Promise<bigint[]> {
  if (tipset.messageCount === 0) return percentiles.map(() => MIN_PREMIUM)
  const paid = (await blocks.read(tipset)).transactions
    .map(({ view, receipt }) => {
      return {
        premium: effectivePremium(view.maxFeePerGas - tipset.baseFee, view.maxPriorityFeePerGas),
        gas: Number(receipt.gasUsed),
      }
    })
    .toSorted((a, b) => (a.premium < b.premium ? -1 : 1))
  const total = Number(tipset.gasUsed)
  return percentiles.map((percentile) => {
    let sum = 0
    for (const { premium, gas } of paid) {
      sum += gas
      if (sum >= (percentile / 100) * total) return premium
    }
    return paid.at(-1)?.premium ?? MIN_PREMIUM
  })
}
