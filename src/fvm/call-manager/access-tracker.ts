import type { Address } from "../../address/address.ts"
import { HistoryMap } from "../state-tree/history-map.ts"

/** What has been paid for: nothing, reading the actor, or updating it (which includes reading). */
export type Access = 0 | 1 | 2
/** Looking the actor up is paid for. */
export const READ = 1
/** Updating the actor is paid for. */
export const UPDATED = 2

interface Layer {
  readonly actors: number
  readonly addresses: number
}

/**
 * Which actors and addresses a message has paid for: each is charged once, and again if the call that paid was taken back.
 *
 * @see FIP-0057; ref-fvm fvm/src/call_manager/state_access_tracker.rs
 */
export class AccessTracker {
  readonly #actors = new HistoryMap<bigint, Access>()
  readonly #addresses = new HistoryMap<string, true>()
  readonly #layers: Layer[] = []

  readonly #preloaded: readonly bigint[]

  /** @param preloaded - Actors that cost nothing. */
  constructor(preloaded: readonly bigint[]) {
    this.#preloaded = preloaded
  }

  beginTransaction(): void {
    this.#layers.push({ actors: this.#actors.height, addresses: this.#addresses.height })
  }

  endTransaction(revert: boolean): void {
    const layer = this.#layers.pop()
    if (revert && layer !== undefined) {
      this.#actors.rollback(layer.actors)
      this.#addresses.rollback(layer.addresses)
    }
  }

  access(id: bigint): Access {
    return this.#actors.get(id) ?? (this.#preloaded.includes(id) ? UPDATED : 0)
  }

  recordRead(id: bigint): void {
    if (this.access(id) === 0) this.#actors.set(id, READ)
  }

  recordUpdate(id: bigint): void {
    if (this.access(id) !== UPDATED) this.#actors.set(id, UPDATED)
  }

  /** Whether resolving the address is paid for; an f0 address needs no resolving. */
  isAddressKnown(address: Address): boolean {
    return address.protocol === 0 || this.#addresses.has(address.key)
  }

  recordAddress(address: Address): void {
    if (address.protocol !== 0 && !this.#addresses.has(address.key)) this.#addresses.set(address.key, true)
  }
}
