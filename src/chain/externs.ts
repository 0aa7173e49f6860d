import type { CID } from "multiformats/cid"
import type { ProofVerifier } from "../fvm/crypto/proofs.ts"
import type { ConsensusFault, Externs } from "../fvm/externs/index.ts"
import { blake2b256 } from "../ipld/blake2b.ts"
import { mustGet } from "../ipld/blockstore.ts"
import { beaconDigest, ticketDigest } from "./draws.ts"
import { ChainError } from "./errors.ts"
import { decodeHeader } from "./header-codec.ts"
import type { ChainStore } from "./store.ts"
import type { TipsetKey } from "./tipset-key.ts"
import type { BlockHeader } from "./types.ts"

/** Headers kept by tipset hash: randomness of the last epochs is what actors ask for. */
const MAX_CACHED = 1024

/** A tipset's key and its first header. */
export interface TipsetHead {
  readonly epoch: number
  readonly key: TipsetKey
  readonly header: BlockHeader
}

/**
 * Headers by epoch on the current chain, for one thread.
 */
export class HeaderSource {
  readonly #store: ChainStore
  readonly #cache = new Map<string, TipsetHead>()

  constructor(store: ChainStore) {
    this.#store = store
  }

  /** The tipset at an epoch; for a null round the one before it. @throws ChainError - `unknown-tipset`: negative, or no chain. */
  at(epoch: number): TipsetHead {
    const place = this.#store.lastAtOrBefore(epoch)
    if (place === undefined) throw new ChainError("unknown-tipset", `there is no tipset at or before epoch ${epoch}`)
    return this.byHash(place.hash)
  }

  /** @throws ChainError - `unknown-tipset` */
  byHash(hash: Uint8Array): TipsetHead {
    const name = String.fromCharCode(...hash)
    const known = this.#cache.get(name)
    if (known !== undefined) return known
    const row = this.#store.tipset(hash)
    const first = row?.key.cids[0]
    if (row === undefined || first === undefined) throw new ChainError("unknown-tipset", "no tipset has this hash")
    const header = decodeHeader(mustGet(this.#store.blocks, first))
    return this.#keep(name, row.key, header)
  }

  /** Makes a new tipset known ahead of the first question for it. */
  add(key: TipsetKey, header: BlockHeader): void {
    this.#keep(String.fromCharCode(...key.hash), key, header)
  }

  #keep(name: string, key: TipsetKey, header: BlockHeader): TipsetHead {
    const head = { epoch: header.epoch, key, header }
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear()
    this.#cache.set(name, head)
    return head
  }
}

/** What is in force in the tipset that is being executed, and not on chain yet. */
export interface CurrentDraws {
  readonly epoch: number
  /** Beacon data of this epoch. */
  readonly beacon: Uint8Array
  readonly ticket: Uint8Array
  /** The digest itself instead of the hash of `beacon`: an override. */
  readonly beaconDigest?: Uint8Array | undefined
}

/** Answers the kernel's questions about the chain under the tipset that is being executed. */
export class ChainExterns implements Externs {
  readonly #headers: HeaderSource
  readonly #current: CurrentDraws
  readonly proofs: ProofVerifier | undefined

  constructor(headers: HeaderSource, current: CurrentDraws, proofs: ProofVerifier | undefined) {
    this.proofs = proofs
    this.#headers = headers
    this.#current = current
  }

  getChainRandomness(round: bigint): Uint8Array {
    const epoch = epochOf(round)
    if (epoch >= this.#current.epoch) return blake2b256(this.#current.ticket)
    return ticketDigest(this.#headers.at(epoch).header)
  }

  getBeaconRandomness(round: bigint): Uint8Array {
    const epoch = epochOf(round)
    if (epoch >= this.#current.epoch) return this.#current.beaconDigest ?? blake2b256(this.#current.beacon)
    return beaconDigest(this.#headers.at(epoch).header)
  }

  getTipsetCid(epoch: bigint): CID {
    return this.#headers.at(epochOf(epoch)).key.cid
  }

  /** A devnet has one producer, who makes one block an epoch: two headers of it never prove a fault. */
  verifyConsensusFault(): ConsensusFault | undefined {
    return undefined
  }
}

function epochOf(round: bigint): number {
  // Randomness of before the genesis is that of the genesis. @see lotus chain/rand/rand.go
  return round < 0n ? 0 : Number(round)
}
