import { isMaskedId, maskedIdAddress, toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { Tipset } from "../chain/types.ts"
import { logFromEvent } from "../fvm-bridge/logs.ts"
import type { EthLog } from "../fvm-bridge/receipt.ts"
import type { PlacedLog } from "./block-reader.ts"
import { type BlockRef, isPending } from "./codecs/block-ref.ts"
import type { LogFilter } from "./codecs/log-filter.ts"
import { ethError } from "./errors.ts"

/** Limits of one question; undefined for none. */
export interface LogLimits {
  /** Epochs. */
  readonly range?: number
  readonly results?: number
}

/** A log and its block. */
export interface FoundLog {
  readonly log: PlacedLog
  readonly block: { readonly hash: Uint8Array; readonly epoch: number }
}

/** Whether addresses and topics of a filter let this log pass; its block range is not looked at. */
export function matchesLog({ addresses, topics }: LogFilter, log: EthLog): boolean {
  if (addresses && !addresses.some((address) => equal(address, log.address))) return false
  return topics.every((alternatives, i) => {
    const topic = log.topics[i]
    return alternatives === undefined || (topic !== undefined && alternatives.some((wanted) => equal(wanted, topic)))
  })
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/**
 * The logs that a filter asks for, from the index.
 *
 * @throws RpcError - -32005: above a limit. ChainError, as {@link Chain.resolve}.
 */
export async function findLogs(chain: Chain, filter: LogFilter, limits: LogLimits = {}): Promise<FoundLog[]> {
  const { from, to } = await rangeOf(chain, filter)
  if (limits.range !== undefined && to - from > limits.range)
    throw ethError("rangeTooWide", { message: `block range ${to - from} is above the limit of ${limits.range}` })
  if (from > to) return []
  const { addresses, topics } = filter
  const records = await chain.logs({
    from,
    to,
    ...(addresses && {
      emitters: addresses.filter(isMaskedId).map((address) => toFilecoinAddress(address).actorId),
      emitterAddresses: addresses.filter((address) => !isMaskedId(address)).map(toFilecoinAddress),
    }),
    fields: topics.flatMap((values, i) => (values ? [{ key: `t${i + 1}`, values }] : [])),
    ...(limits.results !== undefined && { limit: limits.results }),
  })
  return records.flatMap((record): FoundLog[] => {
    const content = logFromEvent(record.entries)
    if (!content) return [] // an event of a native actor
    const own = record.emitterAddress && toEthAddress(record.emitterAddress)
    const log: PlacedLog = {
      ...content,
      address: own ?? maskedIdAddress(record.emitter),
      logIndex: record.logIndex,
      transactionIndex: record.messageIndex,
      transactionHash: record.alias ?? record.messageCid.multihash.digest,
    }
    // By address the index has found them already, masked IDs included.
    return matchesLog({ ...filter, addresses: undefined }, log)
      ? [{ log, block: { hash: record.tipsetHash, epoch: record.epoch } }]
      : []
  })
}

async function rangeOf(
  chain: Chain,
  { fromBlock, toBlock, blockHash }: LogFilter,
): Promise<{ from: number; to: number }> {
  if (blockHash) {
    const { epoch } = await chain.resolve({ hash: blockHash })
    return { from: epoch, to: epoch }
  }
  const latest = chain.latest.epoch
  const from = await epochOf(chain, fromBlock ?? { tag: "latest" }, "next")
  const to = await epochOf(chain, toBlock ?? { tag: "latest" }, "previous")
  return { from, to: Math.min(to, latest) }
}

/** Numbers stand for themselves, null rounds and the future included: a range may reach into them. */
async function epochOf(chain: Chain, ref: BlockRef, nullRound: "next" | "previous"): Promise<number> {
  if ("epoch" in ref) return ref.epoch
  if (isPending(ref)) return chain.latest.epoch + 1
  const tipset: Tipset = await chain.resolve(ref, nullRound)
  return tipset.epoch
}
