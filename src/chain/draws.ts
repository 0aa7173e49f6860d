import type { Address } from "../address/address.ts"
import { blake2b, blake2b256 } from "../ipld/blake2b.ts"
import { ByteWriter } from "./bytes.ts"
import type { BlockHeader } from "./types.ts"

/**
 * The devnet's sources of randomness. On the network a beacon entry is a drand signature and a ticket a miner's proof; here both are
 * hashes of the chain itself, so the same genesis and messages draw the same numbers.
 */

/** Bytes of a BLS signature, the form that beacon data, tickets and signatures have on the network. */
const SIGNATURE_LENGTH = 96
const utf8 = new TextEncoder()

function expand(purpose: string, seed: Uint8Array, epoch: number, extra: Uint8Array = new Uint8Array(0)): Uint8Array {
  const out = new Uint8Array(SIGNATURE_LENGTH)
  const input = new ByteWriter().bytes(utf8.encode(purpose)).bytes(seed).u32(epoch).bytes(extra)
  const first = blake2b(input.u8(0).finish(), 64)
  out.set(first)
  out.set(blake2b(first, 32), 64)
  return out
}

/** Data of the beacon entry of an epoch: 96 bytes. @param seed - Hash of the genesis tipset. */
export function beaconData(seed: Uint8Array, epoch: number): Uint8Array {
  return expand("fevm beacon", seed, epoch)
}

/** The ticket of a tipset's block: 96 bytes. @param parent - Hash of the parent tipset. */
export function ticketData(parent: Uint8Array, epoch: number, miner: Address): Uint8Array {
  return expand("fevm ticket", parent, epoch, miner.bytes)
}

/** The proof that the devnet's producer was elected: 96 bytes. */
export function electionData(parent: Uint8Array, epoch: number, miner: Address): Uint8Array {
  return expand("fevm election", parent, epoch, miner.bytes)
}

/** What stands in a devnet header for the producer's signature: 96 bytes that depend on all other fields. */
export function signatureData(unsigned: Uint8Array): Uint8Array {
  return expand("fevm block", blake2b256(unsigned), 0)
}

/** A number from 0 to below 1 for an epoch; decides on null rounds. */
export function chance(seed: Uint8Array, epoch: number): number {
  const bytes = expand("fevm null round", seed, epoch)
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32
}

/** What `getBeaconRandomness` answers for a tipset: blake2b-256 of its last beacon entry. @see lotus chain/rand/rand.go */
export function beaconDigest(header: Pick<BlockHeader, "beaconEntries">): Uint8Array {
  return blake2b256(header.beaconEntries.at(-1)?.data ?? new Uint8Array(0))
}

/** What `getChainRandomness` answers for a tipset: blake2b-256 of its ticket. @see lotus chain/rand/rand.go */
export function ticketDigest(header: Pick<BlockHeader, "ticket">): Uint8Array {
  return blake2b256(header.ticket ?? new Uint8Array(0))
}
