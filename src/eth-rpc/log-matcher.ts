import { isMaskedId, toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { Tipset } from "../chain/types.ts"
import type { EthLog } from "../fvm-bridge/receipt.ts"
import type { RawJson } from "../json-rpc/json.ts"
import { type BlockRef, isPending } from "./codecs/block-ref.ts"
import type { LogFilter } from "./codecs/log-filter.ts"
import { ethError } from "./errors.ts"
import { LogWriter } from "./log-writer.ts"

/** Limits of one question; undefined for none. */
export interface LogLimits {
  /** Epochs. */
  readonly range?: number
  readonly results?: number
}

/**
 * Whether addresses and topics of a filter let this log pass; its block range is not looked at.
 *
 * An address is that of the emitter, or, as in the index, its masked ID, whatever other address it has.
 */
export function matchesLog({ addresses, topics }: LogFilter, log: EthLog & { readonly emitter?: bigint }): boolean {
  if (addresses && !addresses.some((address) => equal(address, log.address) || isIdOf(address, log.emitter)))
    return false
  for (const [i, alternatives] of topics.entries()) {
    if (alternatives === undefined) continue
    const topic = log.topics[i]
    if (topic === undefined || !alternatives.some((wanted) => equal(wanted, topic))) return false
  }
  return true
}

function isIdOf(address: Uint8Array, emitter: bigint | undefined): boolean {
  return emitter !== undefined && isMaskedId(address) && toFilecoinAddress(address).actorId === emitter
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * The list of logs that a filter asks for, from the index, as the text that it is on the wire.
 *
 * @param indexedOnly - See {@link LogWriter}. Default: all
 * @throws RpcError - -32005: above a limit. ChainError, as {@link Chain.resolve}.
 */
export async function findLogs(
  chain: Chain,
  filter: LogFilter,
  limits: LogLimits = {},
  indexedOnly: boolean = false,
): Promise<RawJson> {
  const { from, to } = await rangeOf(chain, filter)
  if (limits.range !== undefined && to - from > limits.range)
    throw ethError("rangeTooWide", { message: `block range ${to - from} is above the limit of ${limits.range}` })
  const writer = new LogWriter(indexedOnly)
  const { addresses, topics } = filter
  if (from <= to)
    await chain.visitLogs(
      {
        from,
        to,
        ...(addresses && {
          emitters: addresses.filter(isMaskedId).map((address) => toFilecoinAddress(address).actorId),
          emitterAddresses: addresses.filter((address) => !isMaskedId(address)).map(toFilecoinAddress),
        }),
        fields: topics.flatMap((values, i) => (values ? [{ key: `t${i + 1}`, values }] : [])),
        ...(limits.results !== undefined && { limit: limits.results }),
      },
      // An EVM log has each topic once, so that what the index found by key is found by position.
      ({ chunk, epoch, positions }) => writer.write(chunk, epoch, positions),
    )
  return writer.finish()
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
