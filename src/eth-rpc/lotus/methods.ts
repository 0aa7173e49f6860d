import type { Address } from "../../address/address.ts"
import { toFilecoinAddress } from "../../address/ethereum.ts"
import { MempoolError } from "../../chain/errors.ts"
import type { Tipset } from "../../chain/types.ts"
import { InvalidTransaction } from "../../fvm-bridge/errors.ts"
import { revertData } from "../../fvm-bridge/revert.ts"
import { decodeTransaction } from "../../fvm-bridge/transaction.ts"
import { type GoMethod, GoPanic } from "../../json-rpc/go/dispatcher.ts"
import {
  GoDecodeError,
  type GoType,
  goBool,
  goFloat64,
  goString,
  pointerTo,
  sliceOf,
} from "../../json-rpc/go/values.ts"
import type { Json } from "../../json-rpc/json.ts"
import { toHex, toQuantity } from "../codecs/hex.ts"
import { suggestTip } from "../fees.ts"
import { balanceAt, codeAt, findTransaction, nonceAt, slotAt, transactionAt } from "../reads.ts"
import { submit } from "../sending.ts"
import type { LotusContext } from "./context.ts"
import { decodingError, lotusError, mempoolError } from "./errors.ts"
import {
  ethAddress,
  ethBlockNumberOrHash,
  ethBytes,
  ethCall,
  ethFilterId,
  ethFilterSpec,
  ethHash,
  ethSubscriptionId,
  ethSubscriptionParams,
  ethTraceFilterCriteria,
  ethUint64,
  type LotusBlockRef,
  type LotusCall,
  type LotusFilterSpec,
  type LotusTraceFilter,
} from "./eth-types.ts"
import { applyCall, callMessage, estimateGas, feeHistory } from "./gas.ts"
import {
  encodeLotusBlock,
  encodeLotusReceipt,
  encodeLotusTransaction,
  encodePlacedTransaction,
  readBlock,
} from "./shapes.ts"
import { traceBlock, traceFilter, traceReplay, traceTransaction } from "./traces.ts"

/** A method of Lotus: the types of its parameters as Go has them, and what it answers. */
type LotusMethod = GoMethod<LotusContext>

type Decoded<T extends readonly GoType<unknown>[]> = { [I in keyof T]: T[I] extends GoType<infer V> ? V : never }

function method<const T extends readonly GoType<unknown>[]>(
  name: string,
  params: T,
  handle: (context: LotusContext, ...args: Decoded<T>) => Json | Promise<Json>,
): LotusMethod {
  return {
    name,
    aliases: [filecoinName(name)],
    params,
    call: (context, args) => handle(context, ...(args as Decoded<T>)),
  }
}

/** A method that reads `params` itself: so many values, the last ones may be missing. */
function rawMethod(
  name: string,
  counts: { readonly least: number; readonly most: number },
  handle: (context: LotusContext, ...args: readonly unknown[]) => Json | Promise<Json>,
): LotusMethod {
  return {
    name,
    aliases: [filecoinName(name)],
    params: undefined,
    call: async (context, [params]) => {
      try {
        return await handle(context, ...rawParams(params, counts))
      } catch (error) {
        if (error instanceof GoDecodeError) throw decodingError(error)
        throw error
      }
    },
  }
}

/** The name of the method behind: `eth_chainId` is `Filecoin.EthChainId`. */
function filecoinName(name: string): string {
  const [module = "", rest = ""] = name.split("_")
  const upper = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
  const prefix = module === "trace" ? "EthTrace" : upper(module)
  return `Filecoin.${prefix}${upper(rest)}`
}

const anyValue: GoType<unknown> = { name: "json.RawMessage", zero: undefined, decode: (value) => value }
const rawValues = sliceOf(anyValue)

function rawParams(params: unknown, { least, most }: { least: number; most: number }): readonly unknown[] {
  if (params === undefined) throw new GoDecodeError("unexpected end of JSON input")
  const values = rawValues.decode(params) ?? []
  if (values.length < least || values.length > most)
    throw new GoDecodeError(`expected ${least} or ${most} params, got ${values.length}`)
  return values
}

/** A reference that Lotus has resolved already, as the shared readers take it. */
const at = (tipset: Tipset): { readonly hash: Uint8Array } => ({ hash: tipset.hash })
const WORD_BYTES = 32
/** @see lotus node/config (EthBlkCacheSize) */
const CACHED_BLOCKS = 500

async function transactionOf({ chain, blocks }: LotusContext, tipset: Tipset, index: bigint): Promise<Json> {
  if (index >= BigInt(tipset.messageCount))
    throw lotusError(`index ${index} out of range: tipset contains ${tipset.messageCount} messages`)
  const block = await readBlock(chain, blocks, tipset)
  return encodePlacedTransaction(block, block.transactions[Number(index)]!)
}

/** Lotus keeps what it once gave, also of the head, whose bloom then stays full after it is executed. */
async function blockOf({ chain, blocks, encodedBlocks }: LotusContext, tipset: Tipset, full: boolean): Promise<Json> {
  const key = `${toHex(tipset.hash)} ${full}`
  const known = encodedBlocks.get(key)
  if (known !== undefined) return known
  const encoded = encodeLotusBlock(chain, await readBlock(chain, blocks, tipset), full)
  encodedBlocks.set(key, encoded)
  if (encodedBlocks.size > CACHED_BLOCKS) encodedBlocks.delete(encodedBlocks.keys().next().value!)
  return encoded
}

/** The next nonce by the mempool, which knows only senders that were there when the chain became final. */
async function nonceInPool({ chain, tipsets }: LotusContext, address: Address): Promise<bigint> {
  const doing = "failed to get nonce from mpool: "
  if (address.protocol === 0) {
    const final = await tipsets.byNumber("finalized", false)
    const actor = await (await chain.stateAt(final)).actor(address)
    if (actor?.kind !== "account" && actor?.delegatedAddress === undefined)
      throw lotusError(`${doing}ID address not found in lookback state`)
  } else if ((await (await chain.stateAt(chain.head)).actor(address)) === undefined) {
    const text = address.toString("t")
    throw lotusError(`${doing}resolution lookup failed (${text}): resolve address ${text}: actor not found`)
  }
  return chain.nextSequence(address)
}

async function receiptsOf({ chain, blocks }: LotusContext, tipset: Tipset): Promise<Json> {
  const block = await readBlock(chain, blocks, tipset)
  const { transactions } = block
  if (!chain.isExecuted(tipset) && transactions.some(({ executed }) => executed.events.length > 0))
    throw lotusError(
      "failed to create Eth receipt: failed to get eth logs for block and transaction: events for the requested block are not yet available",
    )
  return transactions.map((transaction) => encodeLotusReceipt(block, transaction))
}

async function sendRaw(context: LotusContext, raw: Uint8Array): Promise<Json> {
  try {
    const decoded = decodeTransaction(raw, context.chain.chainId, "lotus")
    try {
      return toHex(await submit(context, decoded))
    } catch (error) {
      if (error instanceof MempoolError) throw mempoolError(error, decoded.message)
      throw error
    }
  } catch (error) {
    if (error instanceof InvalidTransaction) throw lotusError(error.lotusMessage)
    throw error
  }
}

function requireFilter(spec: LotusFilterSpec | undefined): LotusFilterSpec {
  if (!spec) throw new GoPanic("runtime error: invalid memory address or nil pointer dereference")
  return spec
}

/** Every Ethereum method that Lotus 1.36 serves. @see lotus api/eth_aliases.go */
export const LOTUS_METHODS: readonly LotusMethod[] = [
  method("eth_accounts", [], () => []),
  method("eth_chainId", [], ({ chain }) => toQuantity(chain.chainId)),
  method("eth_protocolVersion", [], ({ chain }) => toQuantity(chain.networkVersion)),
  // A node that makes its own blocks has never synced with anybody.
  method("eth_syncing", [], () => {
    throw lotusError("missing syncing information, try again")
  }),
  method("net_version", [], ({ chain }) => chain.chainId.toString()),
  method("net_listening", [], () => true),
  method("web3_clientVersion", [], ({ version }) => version),

  method("eth_blockNumber", [], async ({ tipsets }) => toQuantity((await tipsets.byNumber("latest", false)).epoch)),
  method("eth_getBlockByNumber", [goString, goBool], async (context, block, full) =>
    blockOf(context, await context.tipsets.byNumber(block, true), full),
  ),
  method("eth_getBlockByHash", [ethHash, goBool], async (context, hash, full) =>
    blockOf(context, await context.tipsets.byHash(hash), full),
  ),
  method("eth_getBlockTransactionCountByNumber", [goString], async ({ tipsets }, block) =>
    toQuantity((await tipsets.byNumber(block, true)).messageCount),
  ),
  method("eth_getBlockTransactionCountByHash", [ethHash], async ({ tipsets }, hash) =>
    toQuantity((await tipsets.byHash(hash)).messageCount),
  ),
  method("eth_getBlockReceipts", [ethBlockNumberOrHash], async (context, block) =>
    receiptsOf(context, await context.tipsets.byNumberOrHash(block, true)),
  ),
  ...["eth_getBlockReceiptsLimited"].map((name) =>
    method(name, [ethBlockNumberOrHash, ethUint64], async (context, block) =>
      receiptsOf(context, await context.tipsets.byNumberOrHash(block, true)),
    ),
  ),

  method("eth_getTransactionByHash", [pointerTo(ethHash)], async (context, hash) => {
    if (hash === undefined) return null
    const found = await findTransaction(context, hash)
    if (!found) return null
    if (!found.place && found.view.native)
      throw lotusError("could not convert Filecoin message into tx: signature is not delegated type, is type: 1")
    return encodeLotusTransaction(found.view, found.place)
  }),
  method("eth_getTransactionByBlockHashAndIndex", [ethHash, ethUint64], async (context, hash, index) =>
    transactionOf(context, await context.tipsets.byHash(hash), index),
  ),
  method("eth_getTransactionByBlockNumberAndIndex", [goString, ethUint64], async (context, block, index) =>
    transactionOf(context, await context.tipsets.byNumber(block, true), index),
  ),
  method("eth_getTransactionReceipt", [ethHash], async (context, hash) => {
    const found = await transactionAt(context, hash)
    if (found) return encodeLotusReceipt(found.block, found.transaction)
    // The name of a tipset is a block of the store, but no message.
    if (await context.chain.tipsetByHash(hash))
      throw lotusError(
        `could not find transaction ${toHex(hash)}: %!w(*errors.errorString=&{failed to load message}): cbor input should be of type array`,
      )
    return null
  }),
  method("eth_getTransactionCount", [ethAddress, ethBlockNumberOrHash], async (context, address, block) => {
    if (block.tag === "pending") return toQuantity(await nonceInPool(context, toFilecoinAddress(address)))
    return toQuantity(await nonceAt(context.chain, address, at(await context.tipsets.byNumberOrHash(block, false))))
  }),

  method("eth_getBalance", [ethAddress, ethBlockNumberOrHash], async ({ chain, tipsets }, address, block) =>
    toQuantity(await balanceAt(chain, address, at(await tipsets.byNumberOrHash(block, false)))),
  ),
  method("eth_getCode", [ethAddress, ethBlockNumberOrHash], async ({ chain, tipsets }, address, block) => {
    const tipset = await tipsets.byNumberOrHash(block, false)
    if (tipset.epoch === 0) throw lotusError("block param must not specify genesis block")
    const actor = await (await chain.stateAt(tipset)).actor(toFilecoinAddress(address))
    return actor?.kind === "evm" ? toHex(await codeAt(chain, address, at(tipset))) : "0x"
  }),
  method(
    "eth_getStorageAt",
    [ethAddress, ethBytes, ethBlockNumberOrHash],
    async ({ chain, tipsets }, address, position, block) => {
      const tipset = await tipsets.byNumberOrHash(block, false)
      if (position.length > WORD_BYTES) throw lotusError("supplied storage key is too long")
      const slot = new Uint8Array(WORD_BYTES)
      slot.set(position, WORD_BYTES - position.length)
      const value = await slotAt(chain, address, slot, at(tipset))
      return `0x${value.toString(16).padStart(2 * WORD_BYTES, "0")}`
    },
  ),

  method(
    "eth_call",
    [ethCall, ethBlockNumberOrHash],
    async ({ chain, tipsets }, call: LotusCall, block: LotusBlockRef) => {
      const message = callMessage(chain, call, "failed to convert ethcall to filecoin message: ")
      const { receipt } = await applyCall(chain, message, await tipsets.byNumberOrHash(block, false))
      return call.to === undefined ? "0x" : toHex(revertData(receipt.returnData))
    },
  ),
  rawMethod("eth_estimateGas", { least: 1, most: 2 }, async ({ chain, tipsets }, tx, block) => {
    const ref = pointerTo(ethBlockNumberOrHash).decode(block)
    const call = ethCall.decode(tx)
    callMessage(chain, call)
    return toQuantity(await estimateGas(chain, call, ref ? await tipsets.byNumberOrHash(ref, false) : chain.head))
  }),
  rawMethod("eth_feeHistory", { least: 2, most: 3 }, (context, count, newest, percentiles) => {
    const wanted = pointerTo(sliceOf(goFloat64) as GoType<readonly number[]>).decode(percentiles)
    const block = goString.decode(newest)
    const { chain, blocks, tipsets } = context
    return feeHistory(chain, blocks, ethUint64.decode(count), () => tipsets.byNumber(block, false), wanted)
  }),
  method("eth_maxPriorityFeePerGas", [], async ({ chain, blocks }) => toQuantity(await suggestTip(chain, blocks))),
  method("eth_gasPrice", [], async ({ chain, blocks }) =>
    toQuantity(chain.head.baseFee + (await suggestTip(chain, blocks))),
  ),
  method("eth_baseFee", [], ({ chain }) => toQuantity(chain.nextBaseFee)),

  method("eth_sendRawTransaction", [ethBytes], sendRaw),
  method("eth_sendRawTransactionUntrusted", [ethBytes], sendRaw),

  method("eth_getLogs", [pointerTo(ethFilterSpec)], ({ lotusFilters }, spec) => lotusFilters.logs(requireFilter(spec))),
  method("eth_newFilter", [pointerTo(ethFilterSpec)], ({ lotusFilters }, spec) =>
    lotusFilters.installLogs(requireFilter(spec)),
  ),
  method("eth_newBlockFilter", [], ({ lotusFilters }) => lotusFilters.installBlocks()),
  method("eth_newPendingTransactionFilter", [], ({ lotusFilters }) => lotusFilters.installPending()),
  method("eth_uninstallFilter", [ethFilterId], ({ lotusFilters }, id) => lotusFilters.uninstall(id)),
  method("eth_getFilterChanges", [ethFilterId], ({ lotusFilters }, id) => lotusFilters.take(id)),
  method("eth_getFilterLogs", [ethFilterId], ({ lotusFilters }, id) => lotusFilters.take(id, "logs")),
  rawMethod("eth_subscribe", { least: 1, most: 2 }, (context, kind, options) => {
    const params = pointerTo(ethSubscriptionParams).decode(options)
    const name = goString.decode(kind)
    const { subscriptions, connection, lotusFilters } = context
    if (!connection.notify) throw lotusError("connection doesn't support callbacks")
    return subscriptions.subscribe(connection, "eth_subscription", lotusFilters.source(name, params))
  }),
  method("eth_unsubscribe", [ethSubscriptionId], ({ subscriptions, connection }, id) =>
    subscriptions.unsubscribe(connection, toHex(id)),
  ),

  method("trace_block", [goString], (context, block) => traceBlock(context, block)),
  method("trace_replayBlockTransactions", [goString, sliceOf(goString)], (context, block, types) =>
    traceReplay(context, block, types ?? []),
  ),
  method("trace_transaction", [goString], (context, hash) => traceTransaction(context, hash)),
  method("trace_filter", [ethTraceFilterCriteria], (context, filter: LotusTraceFilter) => traceFilter(context, filter)),
]
