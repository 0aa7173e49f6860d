import { mkdirSync } from "node:fs"
import { loadBundleFiles } from "./bundle-files.ts"
import { ChainError } from "./errors.ts"
import { type ChainFacts, writeFacts } from "./facts.ts"
import { buildGenesis } from "./genesis.ts"
import { lockFolder } from "./lock.ts"
import { isPreparedFrom, readPrepared } from "./prepared.ts"
import type { TipsetRow } from "./rows.ts"
import type { ChainStore } from "./store.ts"
import { makeTemporaryFolder } from "./temp-folders.ts"
import { TipsetKey } from "./tipset-key.ts"
import type { ChainOptions } from "./types.ts"

/** Chain ID of local Filecoin networks. */
export const DEFAULT_CHAIN_ID = 31415926n
/** Network version that the live network runs. */
export const DEFAULT_NETWORK_VERSION = 28

/** Takes the folder of a database for this process. @returns What gives it free. @throws ChainError - See {@link lockFolder}. */
export function takeFolder(dataDir: string | undefined): { readonly folder: string; readonly release: () => void } {
  if (dataDir === undefined) {
    const { folder, remove } = makeTemporaryFolder()
    return { folder, release: remove }
  }
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (cause) {
    throw new ChainError("database-write", `cannot make the folder ${dataDir}: ${(cause as Error).message}`, { cause })
  }
  return { folder: dataDir, release: lockFolder(dataDir) }
}

/** Builds the genesis and stores it with the bundle, in one transaction. @throws ChainError - `bundle`: none, or none that can be read. */
export function createChain(store: ChainStore, options: ChainOptions): ChainFacts {
  const prepared = options.prepared === undefined ? undefined : readPrepared(options.prepared)
  let isPrepared = false
  const [bundle, ...more] = loadBundleFiles(options.bundles, (car) => {
    const known = prepared !== undefined && isPreparedFrom(prepared, car)
    isPrepared ||= known
    return known
  })
  if (bundle === undefined) throw new ChainError("bundle", "a new chain needs a bundle of actors: none was given")
  const { genesis: wish } = options
  const networkName = wish.networkName ?? "fevm"
  const now = options.now ?? Date.now
  return store.transaction(() => {
    for (const { blocks } of [bundle, ...more]) store.blocks.putMany(blocks.blocks())
    if (isPrepared) for (const [key, module] of prepared?.code ?? []) store.code.put(key, module)
    const timestamp = wish.timestampSeconds ?? Math.floor(now() / 1000)
    const built = buildGenesis(store.blocks, bundle, wish, networkName, timestamp)
    const row: TipsetRow = {
      key: new TipsetKey([built.headerCid]),
      stateRoot: built.stateRoot,
      receiptsRoot: built.receiptsRoot,
      gasUsed: 0n,
      gasLimit: 0n,
      eventCount: 0,
      circulatingSupply: built.supply,
      messages: [],
    }
    store.blocks.put(row.key.cid, row.key.block)
    store.addTipset(0, row, [])
    const facts: ChainFacts = {
      chainId: wish.chainId ?? DEFAULT_CHAIN_ID,
      networkVersion: wish.networkVersion ?? DEFAULT_NETWORK_VERSION,
      networkName,
      actorDebugging: wish.actorDebugging ?? false,
      mockProofs: wish.mockProofs ?? false,
      manifest: bundle.manifestData,
      supply: built.supply,
      genesis: row.key.hash,
    }
    writeFacts(store, facts)
    return facts
  })
}

/** Says what an option and the chain of a database do not have in common. @throws ChainError - `database-mismatch` */
export function compareFacts(facts: ChainFacts, { genesis }: ChainOptions, folder: string): void {
  const differs = (what: string, has: unknown, asked: unknown): never => {
    throw new ChainError(
      "database-mismatch",
      `the chain in ${folder} has ${what} ${has}, not ${asked}: leave the option out, or choose another folder`,
    )
  }
  if (genesis.chainId !== undefined && genesis.chainId !== facts.chainId)
    differs("chain ID", facts.chainId, genesis.chainId)
  if (genesis.networkVersion !== undefined && genesis.networkVersion !== facts.networkVersion)
    differs("network version", facts.networkVersion, genesis.networkVersion)
  const onOff = (value: boolean): string => (value ? "on" : "off")
  for (const [what, has, asked] of [
    ["actor debugging", facts.actorDebugging, genesis.actorDebugging],
    ["mock proofs", facts.mockProofs, genesis.mockProofs],
  ] as const)
    if (asked !== undefined && asked !== has) differs(what, onOff(has), onOff(asked))
}
