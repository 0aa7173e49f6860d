import type { Externs } from "../../fvm/externs/index.ts"
import { blake2b256 } from "../../ipld/blake2b.ts"
import type { CID } from "../../ipld/cid.ts"
import { ChainError } from "../errors.ts"
import type { BeaconEntry } from "../types.ts"
import type { HeaderChain } from "./header-chain.ts"

/** How many tipsets are searched for the beacon entry of a round. */
const BEACON_SEARCH_DEPTH = 20

/** What a chain's answers depend on. */
export interface ChainExternsOptions {
  readonly headers: HeaderChain
  /** The tipset that is executed: nothing after it can be asked for. */
  readonly epoch: bigint
  /** Beacon round of an epoch. Default: that of Lotus' mock beacon, epoch + 100. */
  readonly beaconRound?: ((epoch: bigint) => bigint) | undefined
}

/**
 * Randomness and tipset CIDs from recorded headers.
 *
 * Tickets and beacon entries of a null round are those of the tipset after it, its CID that of the tipset before it. Consensus faults
 * are never found, as with Lotus' fake proofs.
 *
 * @see lotus chain/rand/rand.go (network version 14 and later), chain/vm/fvm.go (TipsetCid), chain/beacon/mock.go
 */
export function chainExterns({ headers, epoch, beaconRound }: ChainExternsOptions): Externs {
  const roundOf = beaconRound ?? ((at: bigint): bigint => at + 100n)

  const tipsetAt = (round: bigint): ReturnType<HeaderChain["at"]> => {
    if (round > epoch) throw new ChainError("future-epoch", `epoch ${round} is after ${epoch}: no randomness yet`)
    return headers.at(round < 0n ? 0n : round, "next")
  }

  const beaconEntry = (at: bigint): BeaconEntry => {
    const round = roundOf(at)
    let tipset = tipsetAt(at)
    for (let depth = 0; depth < BEACON_SEARCH_DEPTH; depth++) {
      const entry = tipset.first.beaconEntries.find((one) => one.round === round)
      if (entry !== undefined) return entry
      tipset = headers.parentOf(tipset)
    }
    throw new ChainError("missing-block", `there is no beacon entry for round ${round} (epoch ${at})`)
  }

  return {
    getChainRandomness(round): Uint8Array {
      const { ticket } = tipsetAt(round).first
      if (ticket === undefined) throw new ChainError("missing-block", `the tipset for epoch ${round} has no ticket`)
      return blake2b256(ticket)
    },
    getBeaconRandomness: (round) => blake2b256(beaconEntry(round).data),
    getTipsetCid: (at): CID => headers.at(at, "previous").key.cid,
    verifyConsensusFault: () => undefined,
  }
}
