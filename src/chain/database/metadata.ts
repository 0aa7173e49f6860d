import type { CID } from "multiformats/cid"
import { type Blockstore, getCbor, putCbor } from "../../ipld/blockstore.ts"
import {
  decode,
  expectBytes,
  expectLink,
  expectList,
  expectMap,
  expectText,
  expectTuple,
  expectUint,
  type Ipld,
} from "../../ipld/dag-cbor.ts"
import { hex } from "../bytes.ts"
import { ChainError } from "../errors.ts"
import type { ChainFacts } from "../facts.ts"
import type { SignedMessage } from "../types.ts"

/** Version of the block that says what Filecoin's layout has no place for. */
const METADATA_VERSION = 1
/** Names in one block. */
const NAMES_PER_BLOCK = 10_000

/** The second name that a message has by what it says; undefined if it has none. Names that differ from it are exported. */
export type AliasOf = (signed: SignedMessage, chainId: bigint) => Uint8Array | undefined

/** A message whose second name does not follow from itself. */
export interface OddName {
  /** Digest of the message's CID. */
  readonly digest: Uint8Array
  readonly alias: Uint8Array | undefined
}

/**
 * What an exported chain needs beside its headers: the last block of our CAR files, a DAG-CBOR map. Other tools see a block that
 * nothing links to.
 */
export interface Metadata {
  readonly facts: Omit<ChainFacts, "genesis">
  /** State after the head, its own receipts: no header names them yet. */
  readonly stateRoot: CID
  readonly receiptsRoot: CID
  /** The first epoch whose state is in the file (but for the genesis'). */
  readonly firstState: number
  readonly names: readonly CID[]
}

/** Stores names in blocks of ten thousand. @returns Their CIDs. */
export function storeNames(store: Blockstore, names: readonly OddName[]): CID[] {
  const cids: CID[] = []
  for (let at = 0; at < names.length; at += NAMES_PER_BLOCK)
    cids.push(
      putCbor(
        store,
        names.slice(at, at + NAMES_PER_BLOCK).map(({ digest, alias }) => [digest, alias ?? null]),
      ),
    )
  return cids
}

/** The names that {@link storeNames} stored, by the digest in hexadecimal. */
export function loadNames(store: Blockstore, cids: readonly CID[]): Map<string, Uint8Array | undefined> {
  const names = new Map<string, Uint8Array | undefined>()
  for (const cid of cids)
    for (const pair of expectList(getCbor(store, cid), "names", (value) => value)) {
      const [digest, alias] = expectTuple(pair, 2, "name")
      names.set(hex(expectBytes(digest, "name.digest")), alias === null ? undefined : expectBytes(alias, "name.alias"))
    }
  return names
}

/** Stores the block of metadata. */
export function storeMetadata(store: Blockstore, { facts, stateRoot, receiptsRoot, firstState, names }: Metadata): CID {
  return putCbor(store, {
    fevm: METADATA_VERSION,
    chainId: String(facts.chainId),
    networkVersion: facts.networkVersion,
    networkName: facts.networkName,
    actorDebugging: facts.actorDebugging,
    mockProofs: facts.mockProofs,
    manifest: facts.manifest,
    supply: String(facts.supply),
    stateRoot,
    receiptsRoot,
    firstState,
    names: [...names],
  } satisfies Ipld)
}

/** Reads a block as metadata; undefined if it is something else. @throws ChainError - `invalid-encoding`: of a newer version, or damaged. */
export function readMetadata(bytes: Uint8Array): Metadata | undefined {
  let map: Record<string, Ipld>
  try {
    map = expectMap(decode(bytes), "metadata") as Record<string, Ipld>
  } catch {
    return undefined // raw bytes, or a node of a list: the file is not one of ours
  }
  if (map.fevm === undefined) return undefined
  if (map.fevm !== METADATA_VERSION)
    throw new ChainError(
      "invalid-encoding",
      `the file's metadata have version ${map.fevm}, ${METADATA_VERSION} is known`,
    )
  try {
    const text = (name: string): string => expectText(map[name] as Ipld, name)
    return {
      facts: {
        chainId: BigInt(text("chainId")),
        networkVersion: expectUint(map.networkVersion as Ipld, "networkVersion"),
        networkName: text("networkName"),
        actorDebugging: map.actorDebugging === true,
        mockProofs: map.mockProofs === true,
        manifest: expectLink(map.manifest as Ipld, "manifest"),
        supply: BigInt(text("supply")),
      },
      stateRoot: expectLink(map.stateRoot as Ipld, "stateRoot"),
      receiptsRoot: expectLink(map.receiptsRoot as Ipld, "receiptsRoot"),
      firstState: expectUint(map.firstState as Ipld, "firstState"),
      names: expectList(map.names as Ipld, "names", expectLink),
    }
  } catch (cause) {
    throw new ChainError("invalid-encoding", `the file's metadata cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}
