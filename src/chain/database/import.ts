import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import { loadBuiltinActors } from "../../fvm/machine/machine.ts"
import { loadInitState } from "../../fvm/state-tree/init-actor.ts"
import { StateTree } from "../../fvm/state-tree/state-tree.ts"
import type { Block } from "../../ipld/blockstore.ts"
import { readCar } from "../../ipld/car.ts"
import { cidKey, DAG_CBOR } from "../../ipld/cid.ts"
import { hex } from "../bytes.ts"
import { loadEvents, loadMessage, loadMessageLists, loadReceipts } from "../content.ts"
import { ChainError } from "../errors.ts"
import { type ChainFacts, writeFacts } from "../facts.ts"
import { decodeHeader } from "../header-codec.ts"
import type { StoredLog } from "../log-rows.ts"
import type { MessageName, TipsetRow } from "../rows.ts"
import type { ChainStore } from "../store.ts"
import { TipsetKey } from "../tipset-key.ts"
import type { BlockHeader } from "../types.ts"
import { type AliasOf, loadNames, type Metadata, readMetadata } from "./metadata.ts"

/** Blocks, and tipsets of the index, that are written as one transaction. */
const BATCH_BYTES = 16 * 2 ** 20
const BATCH_BLOCKS = 20_000
const BATCH_TIPSETS = 500
const INIT_ID = 1n
const BURNT_FUNDS_ID = 99n

/** How to import a chain. */
export interface ImportOptions {
  readonly aliasOf: AliasOf
  /** For files that are not ours: Filecoin's layout does not say them. Default: refuse such a file. */
  readonly chainId?: bigint
  /** The same. Default: 28 */
  readonly networkVersion?: number
  /** Told how far it is. */
  readonly progress?: (stage: "blocks" | "tipsets", count: number) => void
}

/** What was imported. */
export interface ImportOutcome {
  readonly blocks: number
  readonly tipsets: number
  readonly messages: number
  readonly logs: number
  /** Epoch of the head. */
  readonly epoch: number
  /** Whether the file was one of ours: if not, its last tipset is left out, since nothing says what it led to. */
  readonly hasMetadata: boolean
  /** Tipsets whose messages have no receipts in the file, and so no figures and no logs. */
  readonly withoutReceipts: number
  readonly chainId: bigint
}

/**
 * Reads a chain from a CAR in Filecoin's layout into a new database, checks each block's hash, and makes the index anew.
 *
 * Until it is done the database says so of itself and nobody else takes it for a chain.
 *
 * @throws CarError - The file is damaged. ChainError - `damaged`: the chain in it has a gap. `database-mismatch`: the database is
 *   not empty. `invalid-option`: the file does not name its chain ID, and no one was given.
 */
export async function importChain(
  store: ChainStore,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportOutcome> {
  if (store.meta("format") !== undefined)
    throw new ChainError("database-mismatch", "the folder holds a chain already: import into a new one")
  const car = await readCar(source)
  if (car.roots.length === 0) throw new ChainError("invalid-encoding", "the file names no roots: it is no chain")
  store.transaction(() => store.setMeta("importing", "1"))
  const { count, last } = await takeBlocks(store, car.blocks, options)
  const metadata = last && last.cid.code === DAG_CBOR ? readMetadata(last.bytes) : undefined
  const keys = keysToGenesis(store, car.roots)
  const outcome = indexChain(store, keys, metadata, options)
  return { ...outcome, blocks: count, hasMetadata: metadata !== undefined }
}

async function takeBlocks(
  store: ChainStore,
  blocks: AsyncIterable<Block>,
  { progress }: ImportOptions,
): Promise<{ readonly count: number; readonly last: Block | undefined }> {
  let batch: Block[] = []
  let bytes = 0
  let count = 0
  let last: Block | undefined
  const write = (): void => {
    store.transaction(() => store.blocks.putMany(batch))
    count += batch.length
    batch = []
    bytes = 0
    progress?.("blocks", count)
  }
  for await (const block of blocks) {
    batch.push(block)
    bytes += block.bytes.length
    last = block
    if (bytes >= BATCH_BYTES || batch.length >= BATCH_BLOCKS) write()
  }
  write()
  return { count, last }
}

/** Keys of all tipsets, the head's first. */
function keysToGenesis(store: ChainStore, roots: readonly CID[]): CID[][] {
  const keys: CID[][] = []
  for (let next = [...roots]; ; ) {
    keys.push(next)
    const header = readHeader(store, next[0]!)
    if (header.epoch === 0) return keys
    if (header.parents.length === 0)
      throw new ChainError("damaged", `the header ${next[0]} at epoch ${header.epoch} has no parents`)
    next = [...header.parents]
  }
}

function readHeader(store: ChainStore, cid: CID): BlockHeader {
  const bytes = store.blocks.get(cid)
  if (bytes === undefined) throw new ChainError("damaged", `the header ${cid} is missing`)
  return decodeHeader(bytes)
}

/** Writes the rows of all tipsets, oldest first, and what the database says of itself. */
function indexChain(
  store: ChainStore,
  keys: readonly CID[][],
  metadata: Metadata | undefined,
  options: ImportOptions,
): Omit<ImportOutcome, "blocks" | "hasMetadata"> {
  const genesisHeader = readHeader(store, keys.at(-1)![0]!)
  const facts = metadata?.facts ?? guessFacts(store, genesisHeader, options)
  const names = loadNames(store.blocks, metadata?.names ?? [])
  const index = new Indexer(store, facts, names, options.aliasOf)
  // Without metadata nobody says what the head's messages led to.
  const newest = metadata === undefined && keys.length > 1 ? 1 : 0
  let tipsets = 0
  let row: TipsetRow | undefined
  let epoch = 0
  let genesis: Uint8Array | undefined
  for (let at = keys.length - 1; at >= newest; ) {
    store.transaction(() => {
      for (const end = Math.max(newest, at - BATCH_TIPSETS + 1); at >= end; at--) {
        const child = at === 0 ? undefined : readHeader(store, keys[at - 1]![0]!)
        const own = readHeader(store, keys[at]![0]!)
        const after =
          child === undefined
            ? {
                state: metadata?.stateRoot ?? own.parentStateRoot,
                receipts: metadata?.receiptsRoot ?? own.parentMessageReceipts,
              }
            : { state: child.parentStateRoot, receipts: child.parentMessageReceipts }
        row = index.add(keys[at]!, after.state, after.receipts)
        epoch = own.epoch
        genesis ??= row.key.hash
        tipsets++
      }
    })
    options.progress?.("tipsets", tipsets)
  }
  if (row === undefined || genesis === undefined) throw new ChainError("damaged", "the file holds no tipset")
  const first = genesis
  store.transaction(() => {
    writeFacts(store, { ...facts, genesis: first })
    const oldest = metadata?.firstState ?? oldestState(store)
    if (oldest > 0) store.setMeta("firstState", String(oldest))
    store.removeMeta("importing")
  })
  const { messages, logs, withoutReceipts } = index
  return { tipsets, messages, logs, epoch, withoutReceipts, chainId: facts.chainId }
}

/** The first epoch from which on all states are there, as far as their roots tell. */
function oldestState(store: ChainStore): number {
  let oldest = 0
  for (let place = store.lastAtOrBefore(0xffffffff); place !== undefined; ) {
    const row = store.tipset(place.hash)
    if (row === undefined || !store.blocks.has(row.stateRoot)) return oldest
    oldest = place.epoch
    place = place.epoch === 0 ? undefined : store.lastAtOrBefore(place.epoch - 1)
  }
  return 0
}

/** What can be known of a chain from its genesis. */
function guessFacts(store: ChainStore, genesis: BlockHeader, options: ImportOptions): Omit<ChainFacts, "genesis"> {
  if (options.chainId === undefined)
    throw new ChainError("invalid-option", "the file does not say its chain ID: give it with --chain-id")
  const tree = StateTree.load(store.blocks, genesis.parentStateRoot)
  const init = tree.getActor(INIT_ID)
  if (init === undefined) throw new ChainError("damaged", "the state of the genesis has no init actor")
  let supply = 0n
  for (const [, { balance }] of tree.actors()) supply += balance
  return {
    chainId: options.chainId,
    networkVersion: options.networkVersion ?? 28,
    networkName: loadInitState(store.blocks, init.state).networkName,
    actorDebugging: false,
    mockProofs: false,
    manifest: loadBuiltinActors(tree),
    supply,
  }
}

/** Makes the rows of one tipset after the other. */
class Indexer {
  messages = 0
  logs = 0
  withoutReceipts = 0
  readonly #store: ChainStore
  readonly #facts: Omit<ChainFacts, "genesis">
  readonly #names: ReadonlyMap<string, Uint8Array | undefined>
  readonly #aliasOf: AliasOf
  readonly #addresses = new Map<bigint, Address | undefined>()

  constructor(
    store: ChainStore,
    facts: Omit<ChainFacts, "genesis">,
    names: ReadonlyMap<string, Uint8Array | undefined>,
    aliasOf: AliasOf,
  ) {
    this.#store = store
    this.#facts = facts
    this.#names = names
    this.#aliasOf = aliasOf
  }

  /** Adds a tipset. To be called in a transaction. */
  add(cids: readonly CID[], stateRoot: CID, receiptsRoot: CID): TipsetRow {
    const { blocks } = this.#store
    const key = new TipsetKey(cids)
    const headers = cids.map((cid) => readHeader(this.#store, cid))
    const { epoch, parentStateRoot } = headers[0]!
    const messages = this.#messagesOf(headers)
    let gasUsed = 0n
    const logs: StoredLog[] = []
    if (messages.length > 0 && !blocks.has(receiptsRoot)) this.withoutReceipts++
    else if (messages.length > 0) {
      const tree = blocks.has(stateRoot) ? StateTree.load(blocks, stateRoot) : undefined
      for (const [messageIndex, receipt] of loadReceipts(blocks, receiptsRoot).entries()) {
        gasUsed += receipt.gasUsed
        for (const { emitter, entries } of receipt.eventsRoot ? loadEvents(blocks, receipt.eventsRoot) : [])
          logs.push({ messageIndex, emitter, emitterAddress: this.#addressOf(tree, emitter), entries })
      }
    }
    const row: TipsetRow = {
      key,
      stateRoot,
      receiptsRoot,
      gasUsed,
      gasLimit: messages.reduce((sum, { gasLimit }) => sum + gasLimit, 0n),
      eventCount: logs.length,
      circulatingSupply: this.#circulating(parentStateRoot),
      messages: messages.map(({ name }) => name),
    }
    blocks.put(key.cid, key.block)
    this.#store.addTipset(epoch, row, logs)
    this.messages += messages.length
    this.logs += logs.length
    return row
  }

  /** In the order of execution: block by block, BLS messages first, each once. None if the file has left them out. */
  #messagesOf(headers: readonly BlockHeader[]): { readonly name: MessageName; readonly gasLimit: bigint }[] {
    const { blocks } = this.#store
    const seen = new Set<string>()
    const list: { name: MessageName; gasLimit: bigint }[] = []
    for (const { messages } of headers) {
      if (!blocks.has(messages)) continue
      const { bls, others } = loadMessageLists(blocks, messages)
      for (const cid of [...bls, ...others]) {
        if (seen.has(cidKey(cid))) continue
        seen.add(cidKey(cid))
        const signed = loadMessage(blocks, cid)
        const digest = hex(cid.multihash.digest)
        const alias = this.#names.has(digest) ? this.#names.get(digest) : this.#aliasOf(signed, this.#facts.chainId)
        list.push({ name: { cid, alias }, gasLimit: signed.message.gasLimit })
      }
    }
    return list
  }

  #addressOf(tree: StateTree | undefined, emitter: bigint): Address | undefined {
    if (!this.#addresses.has(emitter) && tree !== undefined)
      this.#addresses.set(emitter, tree.getActor(emitter)?.delegatedAddress)
    return this.#addresses.get(emitter)
  }

  /** As it was when the tipset was executed; 0 where the state is not in the file. */
  #circulating(parentStateRoot: CID): bigint {
    const { blocks } = this.#store
    if (!blocks.has(parentStateRoot)) return 0n
    const burnt = StateTree.load(blocks, parentStateRoot).getActor(BURNT_FUNDS_ID)?.balance ?? 0n
    return this.#facts.supply > burnt ? this.#facts.supply - burnt : 0n
  }
}
