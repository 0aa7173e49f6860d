import { Address } from "../address/address.ts"
import type { Chain } from "../chain/chain.ts"
import type { StateView } from "../chain/state-view.ts"
import type { Tipset } from "../chain/types.ts"
import type { Message } from "../fvm/message.ts"
import type { StampedEvent } from "../fvm/receipt.ts"
import { SIGNATURE_TYPE_DELEGATED } from "../fvm-bridge/transaction.ts"
import type { AddressLookup } from "../fvm-bridge/transaction-view.ts"

/** A message with what is needed to know whom it is about. */
export interface Subject {
  readonly signed: { readonly message: Message; readonly signature: { readonly type: number } }
  readonly events?: readonly StampedEvent[]
}

/** Asks the chain beforehand for all addresses that these messages and events name, so that they can be shown without waiting. */
export async function lookUp(chain: Chain, at: Tipset, subjects: Iterable<Subject>): Promise<AddressLookup> {
  const ids = new Map<string, bigint | undefined>()
  const delegated = new Map<bigint, Address | undefined>()
  const unresolved = new Map<string, Address>()
  for (const { signed, events } of subjects) {
    // An Ethereum transaction's addresses say all themselves.
    if (signed.signature.type !== SIGNATURE_TYPE_DELEGATED)
      for (const address of [signed.message.from, signed.message.to]) {
        if (address.protocol === 0) delegated.set(address.actorId, undefined)
        else if (address.protocol !== 4) unresolved.set(address.key, address)
      }
    for (const { emitter } of events ?? []) delegated.set(emitter, undefined)
  }
  if (unresolved.size > 0) {
    const state: StateView = await chain.stateAt(at)
    for (const [key, address] of unresolved) {
      const id = await state.resolveId(address)
      ids.set(key, id)
      if (id !== undefined) delegated.set(id, undefined)
    }
  }
  if (delegated.size > 0) {
    // What was reverted knows actors that the head does not, or knows by the same ID as others.
    const isOnChain = equalHash(at.hash, chain.head.hash) || (await chain.tipsetByHash(at.hash)) !== undefined
    const own = isOnChain ? undefined : await chain.stateAt(at)
    for (const id of delegated.keys())
      delegated.set(id, own ? (await own.actor(Address.id(id)))?.delegatedAddress : await chain.delegatedAddress(id))
  }
  return {
    resolve: (address) => (address.protocol === 0 ? address.actorId : ids.get(address.key)),
    delegatedAddress: (id) => delegated.get(id),
  }
}

/** Whether two hashes of the same length are the same. */
export function equalHash(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The same for events alone, by a state in which their emitters exist. */
export async function lookUpEmitters(
  events: readonly StampedEvent[],
  state: StateView,
): Promise<Pick<AddressLookup, "delegatedAddress">> {
  const delegated = new Map<bigint, Address | undefined>()
  for (const { emitter } of events)
    if (!delegated.has(emitter)) delegated.set(emitter, (await state.actor(Address.id(emitter)))?.delegatedAddress)
  return { delegatedAddress: (id) => delegated.get(id) }
}
