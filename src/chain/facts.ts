import type { CID } from "multiformats/cid"
import { decodeCid } from "../ipld/cid.ts"
import { ChainError } from "./errors.ts"
import { type ChainStore, STORE_FORMAT } from "./store.ts"
import type { AttoFil } from "./types.ts"

/** What a database says of its chain. */
export interface ChainFacts {
  readonly chainId: bigint
  readonly networkVersion: number
  readonly networkName: string
  readonly actorDebugging: boolean
  readonly mockProofs: boolean
  /** Manifest data of the bundle of actors. */
  readonly manifest: CID
  /** attoFIL in all accounts of the genesis. */
  readonly supply: AttoFil
  /** Hash of the first tipset. */
  readonly genesis: Uint8Array
}

/**
 * What the database says; undefined if it holds no chain.
 *
 * @throws ChainError - `damaged`: it says a part of it. `database-mismatch`: it is what a broken import left.
 */
export function readFacts(store: ChainStore): ChainFacts | undefined {
  const genesis = store.meta("genesis")
  if (store.meta("importing") !== undefined)
    throw new ChainError(
      "database-mismatch",
      "an import into this database did not come to its end: remove the folder and import again",
    )
  if (genesis === undefined) return undefined
  const bytes = (name: string): Uint8Array => {
    const value = store.meta(name)
    if (value === undefined) throw new ChainError("damaged", `meta: the database lacks ${name}`)
    return value
  }
  const text = (name: string): string => new TextDecoder().decode(bytes(name))
  return {
    chainId: BigInt(text("chainId")),
    networkVersion: Number(text("networkVersion")),
    networkName: text("networkName"),
    // Not written where they are off.
    actorDebugging: store.meta("actorDebugging") !== undefined,
    mockProofs: store.meta("mockProofs") !== undefined,
    manifest: decodeCid(bytes("manifest")),
    supply: BigInt(text("supply")),
    genesis,
  }
}

/** Makes a database one that holds a chain. To be called in a transaction. */
export function writeFacts(store: ChainStore, facts: ChainFacts): void {
  store.setMeta("format", String(STORE_FORMAT))
  store.setMeta("chainId", String(facts.chainId))
  store.setMeta("networkVersion", String(facts.networkVersion))
  store.setMeta("networkName", facts.networkName)
  if (facts.actorDebugging) store.setMeta("actorDebugging", "on")
  if (facts.mockProofs) store.setMeta("mockProofs", "on")
  store.setMeta("manifest", facts.manifest.bytes)
  store.setMeta("supply", String(facts.supply))
  store.setMeta("genesis", facts.genesis)
}

/** The first epoch whose state is kept whole; 0 unless states were removed. */
export function firstState(store: ChainStore): number {
  const bytes = store.meta("firstState")
  return bytes === undefined ? 0 : Number(new TextDecoder().decode(bytes))
}
