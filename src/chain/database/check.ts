import { verifyBlock } from "../../ipld/car.ts"
import { cidOfBlock, DAG_CBOR, decodeCid } from "../../ipld/cid.ts"
import { hex } from "../bytes.ts"
import { loadEvents, loadMessage, loadMessageLists, loadReceipts } from "../content.ts"
import { ChainError } from "../errors.ts"
import { firstState, readFacts } from "../facts.ts"
import { decodeHeader } from "../header-codec.ts"
import { encodeLogs, type StoredLog } from "../log-rows.ts"
import { NAME_BYTES } from "../packs.ts"
import { nameOfKey } from "../places.ts"
import type { TipsetRow } from "../rows.ts"
import type { ChainStore, TipsetPlace } from "../store.ts"
import { DigestSet } from "./digest-set.ts"
import { mark, walk } from "./walk.ts"

/** What a database holds, counted while it was checked. */
export interface CheckReport {
  readonly epoch: number
  readonly tipsets: number
  readonly messages: number
  readonly aliases: number
  readonly logs: number
  readonly postingLists: number
  /** All blocks, and those of them that the chain leads to. */
  readonly blocks: number
  readonly reachable: number
  /** Bytes of all blocks, without their names. */
  readonly blockBytes: number
  /** States that were walked. */
  readonly states: number
  /** First epoch whose state is kept; below it there are none, but for the genesis'. */
  readonly firstState: number
  /** Tipsets that were taken off the chain and whose rows are still there. */
  readonly offChain: number
}

/**
 * Looks at every block and every row: each block has the hash of its name; from the head each link leads to a block, headers, rows and
 * index say the same of each tipset, and the index holds nothing else.
 *
 * @param progress - Told the epoch that is being looked at.
 * @throws ChainError - `damaged`: the first fault, with its place. `unknown-tipset`: there is no chain.
 */
export function checkDatabase(store: ChainStore, progress?: (stage: string, done: number) => void): CheckReport {
  const facts = readFacts(store)
  if (facts === undefined) throw new ChainError("unknown-tipset", "the database holds no chain")
  const { blocks, blockBytes } = checkHashes(store, progress)

  const head = store.meta("head")
  const last = store.lastAtOrBefore(0xffffffff)
  if (head === undefined || last === undefined) fault("meta", "the database names no head")
  if (hex(head) !== hex(last.hash))
    fault("meta", `the head is 0x${hex(head)}, the last epoch ${last.epoch} has 0x${hex(last.hash)}`)

  const oldest = firstState(store)
  const seen = new DigestSet()
  const counts = { tipsets: 0, messages: 0, aliases: 0, logs: 0, logTipsets: 0, states: 0 }
  let place: TipsetPlace | undefined = last
  let child: { readonly stateRoot: string; readonly receiptsRoot: string; readonly epoch: number } | undefined
  while (place !== undefined) {
    const { epoch, hash } = place
    const at = (what: string) => () => `epoch ${epoch}, ${what}`
    progress?.("tipsets", counts.tipsets)
    const row = store.tipset(hash)
    if (row === undefined) fault(`epoch ${epoch}`, `the tipset 0x${hex(hash)} has no row`)
    if (hex(row.key.hash) !== hex(hash)) fault(`epoch ${epoch}`, "the row is that of another tipset")
    const keyBlock = store.blocks.get(row.key.cid)
    if (keyBlock === undefined) fault(`epoch ${epoch}`, `the block of the tipset key ${row.key.cid} is missing`)
    mark(seen, row.key.cid)
    if (child !== undefined) {
      if (child.stateRoot !== String(row.stateRoot))
        fault(
          `epoch ${child.epoch}`,
          `the header names the parent state ${child.stateRoot}, the parent's row ${row.stateRoot}`,
        )
      if (child.receiptsRoot !== String(row.receiptsRoot))
        fault(
          `epoch ${child.epoch}`,
          `the header names the receipts ${child.receiptsRoot}, the parent's row ${row.receiptsRoot}`,
        )
    }
    const headers = row.key.cids.map((cid) => {
      const bytes = store.blocks.get(cid)
      if (bytes === undefined) return fault(`epoch ${epoch}`, `the header ${cid} is missing`)
      mark(seen, cid)
      return decodeHeader(bytes)
    })
    const [first] = headers
    if (first === undefined) fault(`epoch ${epoch}`, "the tipset has no headers")
    if (first.epoch !== epoch) fault(`epoch ${epoch}`, `the header says epoch ${first.epoch}`)
    for (const { messages } of headers) drain(walk(store.blocks, messages, seen, at("messages")))
    drain(walk(store.blocks, row.receiptsRoot, seen, at("receipts")))
    if (epoch >= oldest) {
      counts.states++
      drain(walk(store.blocks, row.stateRoot, seen, at("state")))
    }
    if (epoch === 0) {
      for (const parent of first.parents) drain(walk(store.blocks, parent, seen, at("parent")))
      drain(walk(store.blocks, first.parentStateRoot, seen, at("state")))
      if (hex(hash) !== hex(facts.genesis)) fault("meta", "the chain leads to another genesis than the database names")
    }
    checkMessages(store, epoch, row, headers, counts)
    checkReceipts(store, epoch, row, counts)
    counts.tipsets++
    child = { stateRoot: String(first.parentStateRoot), receiptsRoot: String(first.parentMessageReceipts), epoch }
    if (epoch === 0) break
    const before = store.lastAtOrBefore(epoch - 1)
    const parentRow = before && store.tipset(before.hash)
    if (before === undefined || parentRow === undefined)
      fault(`epoch ${epoch}`, "the tipset before it is not in the index")
    if (String(parentRow.key.cids) !== String(first.parents))
      fault(`epoch ${epoch}`, `the parent is ${first.parents}, the index has ${parentRow.key} at epoch ${before.epoch}`)
    place = before
  }
  const rows = store.counts()
  for (const [table, has, expected] of [
    ["epochs", rows.epochs, counts.tipsets],
    ["messages", rows.messages, counts.messages],
    ["aliases", rows.aliases, counts.aliases],
    ["logs", store.logIndex.tipsets, counts.logTipsets],
  ] as const)
    if (has !== expected) fault(table, `the table has ${has} rows, the chain makes ${expected}`)
  const { lists } = store.logIndex.check()
  return {
    epoch: last.epoch,
    tipsets: counts.tipsets,
    messages: counts.messages,
    aliases: counts.aliases,
    logs: counts.logs,
    postingLists: lists,
    blocks,
    reachable: seen.size,
    blockBytes,
    states: counts.states,
    firstState: oldest,
    offChain: rows.tipsets - counts.tipsets,
  }
}

function fault(where: string, what: string): never {
  throw new ChainError("damaged", `${where}: ${what}`)
}

function drain(steps: Iterable<unknown>): void {
  for (const _ of steps);
}

/** Hashes all blocks, in the order of their names: much faster than in that of the links. */
function checkHashes({ blocks: store }: ChainStore, progress?: (stage: string, done: number) => void) {
  let blocks = 0
  let blockBytes = 0
  for (const keys of store.keys(10_000))
    for (const key of keys) {
      const name = nameOfKey(key)
      const bytes = store.read(key)!
      if (name.length === NAME_BYTES) {
        // The table knows the beginning of the digest only: the codec does not change it.
        const { digest } = cidOfBlock(DAG_CBOR, bytes).multihash
        for (let i = 0; i < NAME_BYTES; i++)
          if (digest[i] !== name[i])
            fault("blocks", `the bytes of the block with the digest 0x${hex(name)}... do not hash to its name`)
      } else
        try {
          verifyBlock({ cid: decodeCid(name), bytes })
        } catch (cause) {
          fault("blocks", (cause as Error).message)
        }
      blocks++
      blockBytes += bytes.length
      if (blocks % 100_000 === 0) progress?.("blocks", blocks)
    }
  return { blocks, blockBytes }
}

function checkMessages(
  store: ChainStore,
  epoch: number,
  row: TipsetRow,
  headers: readonly ReturnType<typeof decodeHeader>[],
  counts: { messages: number; aliases: number },
): void {
  const listed = headers.flatMap(({ messages }) => {
    const { bls, others } = loadMessageLists(store.blocks, messages)
    return [...bls, ...others]
  })
  const unique = [...new Map(listed.map((cid) => [String(cid), cid])).values()]
  if (String(unique) !== String(row.messages.map(({ cid }) => cid)))
    fault(`epoch ${epoch}`, "headers and row name other messages, or in another order")
  let gasLimit = 0n
  for (const [index, { cid, alias }] of row.messages.entries()) {
    gasLimit += loadMessage(store.blocks, cid).message.gasLimit
    const place = store.messagePlace(cid)
    if (place?.epoch !== epoch || place.index !== index)
      fault(
        `epoch ${epoch}`,
        `message ${cid} is number ${index}, the index has ${place ? `epoch ${place.epoch}, number ${place.index}` : "nothing"}`,
      )
    if (alias !== undefined) {
      if (!store.cidByAlias(alias)?.equals(cid))
        fault(`epoch ${epoch}`, `0x${hex(alias)} does not lead to message ${cid}`)
      counts.aliases++
    }
    counts.messages++
  }
  if (gasLimit !== row.gasLimit)
    fault(`epoch ${epoch}`, `the gas limits are ${gasLimit} in sum, the row says ${row.gasLimit}`)
}

function checkReceipts(
  store: ChainStore,
  epoch: number,
  row: TipsetRow,
  counts: { logs: number; logTipsets: number },
): void {
  const receipts = loadReceipts(store.blocks, row.receiptsRoot)
  if (receipts.length !== row.messages.length)
    fault(`epoch ${epoch}`, `${row.messages.length} messages have ${receipts.length} receipts`)
  const gasUsed = receipts.reduce((sum, receipt) => sum + receipt.gasUsed, 0n)
  if (gasUsed !== row.gasUsed) fault(`epoch ${epoch}`, `the receipts' gas is ${gasUsed}, the row says ${row.gasUsed}`)
  const chunk = store.logIndex.at(epoch)
  const indexed = chunk === undefined ? [] : [...chunk.logs()]
  const logs: StoredLog[] = receipts.flatMap(({ eventsRoot }, messageIndex) =>
    (eventsRoot === undefined ? [] : loadEvents(store.blocks, eventsRoot)).map(({ emitter, entries }) => ({
      messageIndex,
      emitter,
      // The address is not in the event: taken from the index, where it is the same for all.
      emitterAddress: indexed.find((log) => log.emitter === emitter)?.emitterAddress,
      entries,
    })),
  )
  if (logs.length !== row.eventCount)
    fault(`epoch ${epoch}`, `the receipts have ${logs.length} events, the row says ${row.eventCount}`)
  const names = { hash: row.key.hash, messages: row.messages }
  if (
    logs.length === 0 ? chunk !== undefined : chunk === undefined || hex(chunk.bytes) !== hex(encodeLogs(logs, names))
  )
    fault(`epoch ${epoch}`, "the logs in the index are not the events of the receipts")
  counts.logs += logs.length
  if (logs.length > 0) counts.logTipsets++
}
