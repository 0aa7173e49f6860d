import type { Chain } from "../../chain/chain.ts"
import type { StateOverlay, Tipset, TipsetRef, TrialMessage, TrialResult } from "../../chain/types.ts"
import type { Message } from "../../fvm/message.ts"
import type { ExecutionTrace } from "../../fvm/trace/index.ts"
import { EXIT_CODE_OUT_OF_GAS } from "../../fvm-bridge/exit-code.ts"
import { toMessage } from "../../fvm-bridge/transaction.ts"
import type { Json } from "../../json-rpc/json.ts"
import type { BlockReader } from "../block-reader.ts"
import { toQuantity } from "../codecs/hex.ts"
import { MIN_PREMIUM } from "../fees.ts"
import { executionReverted, lotusError } from "./errors.ts"
import type { LotusCall } from "./eth-types.ts"
import { readBlock } from "./shapes.ts"

const ZERO_ADDRESS = new Uint8Array(20)
/** Gas limits are estimated so much too high. @see lotus chain/messagepool (GasLimitOverestimation) */
const OVERESTIMATION = 1.25
/** Blocks that a message may wait while the base fee rises by an eighth each time. @see lotus node/impl/gasutils */
const BLOCKS_TO_WAIT = 20
const FEE_CHANGE = 1 + 1 / 8
const FEE_PRECISION = 256
const SEARCH_PART = 100n
/** attoFIL that a message may cost in fees: 0.07 FIL. @see lotus node/config (DefaultMaxFee) */
const MAX_FEE = 7n * 10n ** 16n

/** The message of a call; without a sender it is the zero address. @see lotus chain/types/ethtypes (EthCall.ToFilecoinMessage) */
export function callMessage(chain: Chain, { from, to, value, data }: LotusCall, doing = ""): Message {
  const message = toMessage(
    { nonce: 0n, to, value, input: data, gasLimit: chain.blockGasLimit, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    from ?? ZERO_ADDRESS,
  )
  const { protocol } = message.from
  if (protocol !== 4) throw lotusError(`${doing}expected a class 4 address, got: ${protocol}`)
  return message
}

/** What a call does after a tipset. @throws RpcError - It fails. */
export async function applyCall(chain: Chain, message: Message, at: TipsetRef): Promise<TrialResult> {
  const result = await chain.call({ message, kind: "explicit", assumeSender: true }, at)
  if (result.receipt.exitCode !== 0) throw executionReverted(result)
  return result
}

/**
 * Gas limit for a call: what it uses on top of head and of the sender's waiting messages, times 1.25; if it runs out of gas with that,
 * the least that suffices, within a hundredth, times 1.25.
 *
 * @param at - Where the sender is looked for; the estimate itself is always made on the head.
 * @see lotus node/impl/eth/gas.go (EthEstimateGas), node/impl/gasutils
 */
export async function estimateGas(chain: Chain, call: LotusCall, at: Tipset): Promise<bigint> {
  const message = callMessage(chain, call)
  const sender = await (await chain.stateAt(at)).actor(message.from)
  const known = sender ?? (await (await chain.stateAt(chain.head)).actor(message.from))
  // A contract runs as if nobody had to pay for it; somebody unknown is there for the occasion.
  const isContract = known?.kind === "evm"
  const anySender = known === undefined || isContract
  const before = waitingBefore(chain, message)
  const overlay = before.length === 0 ? undefined : await stateAfter(chain, before)
  const sequence = (before.at(-1)?.message.sequence ?? (known?.sequence ?? 0n) - 1n) + 1n
  const run = async (fields: Partial<Message>): Promise<TrialResult> => {
    const { results } = await chain.trial({
      at: chain.head,
      overlay,
      messages: [
        {
          message: { ...message, sequence, ...fields },
          kind: isContract ? "implicit" : "explicit",
          assumeSender: anySender,
        },
      ],
      trace: true,
    })
    return results[0]!
  }
  const first = await run({ gasLimit: chain.blockGasLimit })
  if (first.receipt.exitCode === EXIT_CODE_OUT_OF_GAS) throw lotusError("failed to estimate gas: call ran out of gas")
  if (first.receipt.exitCode !== 0) throw executionReverted(first)
  const limit = overestimate(first.receipt.gasUsed)
  const gasLimit = limit < chain.blockGasLimit ? limit : chain.blockGasLimit
  const fees = anySender ? {} : feesFor(chain, gasLimit)
  const second = await run({ ...fees, gasLimit })
  if (second.receipt.exitCode === 0) return gasLimit
  if (!ranOutOfGas(second.trace)) throw executionReverted(second, "gas search failed: ")
  return overestimate(
    await search(gasLimit, chain.blockGasLimit, async (tried) => {
      const { receipt } = await run({ ...fees, gasLimit: tried })
      return receipt.exitCode === 0
    }),
  )
}

/** What messages leave behind that pay for themselves. */
async function stateAfter(chain: Chain, messages: readonly TrialMessage[]): Promise<StateOverlay | undefined> {
  return (await chain.trial({ at: chain.head, messages, keepState: true })).state
}

const overestimate = (gas: bigint): bigint => BigInt(Math.trunc(Number(gas) * OVERESTIMATION))

/** The sender's messages in the mempool, up to one with the nonce of the call. */
function waitingBefore(chain: Chain, { from, sequence }: Message): TrialMessage[] {
  const waiting = chain.pendingMessages(from).map(({ signed, chainLength }) => ({ ...signed, chainLength }))
  const end = waiting.findIndex(({ message }) => message.sequence === sequence)
  return waiting
    .slice(0, end < 0 ? undefined : end)
    .map(({ message, chainLength }) => ({ message, chainLength, kind: "explicit", exactSequence: true }))
}

function feesFor(chain: Chain, gasLimit: bigint): Pick<Message, "gasFeeCap" | "gasPremium"> {
  const factor = BigInt(Math.trunc(FEE_CHANGE ** BLOCKS_TO_WAIT * FEE_PRECISION))
  const feeCap = (chain.head.baseFee * factor) / BigInt(FEE_PRECISION) + MIN_PREMIUM
  if (feeCap * gasLimit <= MAX_FEE) return { gasFeeCap: feeCap, gasPremium: MIN_PREMIUM }
  const capped = MAX_FEE / gasLimit
  return { gasFeeCap: capped, gasPremium: MIN_PREMIUM < capped ? MIN_PREMIUM : capped }
}

function ranOutOfGas(trace: ExecutionTrace): boolean {
  return trace.some((event) => event.kind === "return" && event.exitCode === EXIT_CODE_OUT_OF_GAS)
}

async function search(start: bigint, most: bigint, enough: (gas: bigint) => Promise<boolean>): Promise<bigint> {
  let low = start
  let high = start
  while (!(await enough(high))) {
    low = high
    high *= 2n
    if (high > most) {
      high = most
      break
    }
  }
  let threshold = high / SEARCH_PART
  while (high - low > threshold) {
    const median = (low + high) / 2n
    if (await enough(median)) high = median
    else low = median
    threshold = median / SEARCH_PART
  }
  return high
}

const MAX_BLOCKS = 1024n
const MAX_PERCENTILES = 100

/**
 * Base fees, use of gas and tips of the tipsets up to one. The base fee of the newest stands twice: the next one is not known while the
 * head's messages are not executed.
 *
 * @see lotus node/impl/eth/gas.go (EthFeeHistory)
 */
export async function feeHistory(
  chain: Chain,
  blocks: BlockReader,
  count: bigint,
  resolve: () => Promise<Tipset>,
  percentiles: readonly number[] | undefined,
): Promise<Json> {
  if (count > MAX_BLOCKS) throw lotusError("block count should be smaller than 1024")
  checkPercentiles(percentiles ?? [])
  let tipset: Tipset | undefined = await resolve()
  const baseFees = [tipset.baseFee]
  const ratios: number[] = []
  const rewards: bigint[][] = []
  let oldest = 1
  for (let i = 0; i < count && tipset !== undefined && tipset.epoch > 0; i++) {
    const { baseFee, headers, gasUsed, epoch }: Tipset = tipset
    baseFees.unshift(baseFee)
    ratios.unshift(Number(gasUsed) / (Number(chain.blockGasLimit) * headers.length))
    rewards.unshift(await rewardsOf(chain, blocks, tipset, percentiles ?? []))
    oldest = epoch
    tipset = await chain.parentOf(tipset)
  }
  return {
    oldestBlock: toQuantity(oldest),
    baseFeePerGas: baseFees.map(toQuantity),
    gasUsedRatio: ratios,
    ...(percentiles && { reward: rewards.map((row) => row.map(toQuantity)) }),
  }
}

function checkPercentiles(percentiles: readonly number[]): void {
  if (percentiles.length > MAX_PERCENTILES)
    throw lotusError("length of the reward percentile array cannot be greater than 100")
  const DIGITS = 6
  percentiles.forEach((percentile, i) => {
    const text = `invalid reward percentile: ${percentile.toFixed(DIGITS)} should be`
    if (percentile < 0 || percentile > 100) throw lotusError(`${text} between 0 and 100`)
    const before = percentiles[i - 1]
    if (before !== undefined && percentile < before) throw lotusError(`${text} larger than ${before.toFixed(DIGITS)}`)
  })
}

async function rewardsOf(
  chain: Chain,
  blocks: BlockReader,
  tipset: Tipset,
  percentiles: readonly number[],
): Promise<bigint[]> {
  if (tipset.messageCount === 0) return percentiles.map(() => MIN_PREMIUM)
  const paid = (await readBlock(chain, blocks, tipset)).transactions
    .map(({ view: { maxFeePerGas, maxPriorityFeePerGas }, receipt }) => {
      const room = maxFeePerGas - tipset.baseFee
      const premium = room < 0n ? 0n : room < maxPriorityFeePerGas ? room : maxPriorityFeePerGas
      return { premium, gas: Number(receipt.gasUsed) }
    })
    .toSorted((a, b) => (a.premium < b.premium ? -1 : a.premium > b.premium ? 1 : 0))
  const total = paid.reduce((sum, { gas }) => sum + gas, 0)
  let at = 0
  let sum = 0
  return percentiles.map((percentile) => {
    const threshold = Math.trunc((total * percentile) / 100)
    while (sum < threshold && at < paid.length - 1) sum += paid[at++]!.gas
    return paid[at]!.premium
  })
}
