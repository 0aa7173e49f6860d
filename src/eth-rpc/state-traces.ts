import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { z } from "zod"
import { Address } from "../address/address.ts"
import { isMaskedId, maskedIdAddress, toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import type { StateView } from "../chain/state-view.ts"
import type { Actor, Tipset } from "../chain/types.ts"
import { readContract, readSlots } from "../fvm-bridge/contract-state.ts"
import { type Blockstore, MemoryBlockstore } from "../ipld/blockstore.ts"
import { type CID, DAG_CBOR } from "../ipld/cid.ts"
import { linksOf } from "../ipld/links.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Decoder } from "../json-rpc/method.ts"
import { codeOf } from "./calls.ts"
import { hash32, smallQuantity, toBytes, toHex, toQuantity } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { ethError } from "./errors.ts"
import type { TouchedSlots } from "./struct-logs.ts"

/** The states around a message. */
export interface StatesAround {
  readonly before: StateView
  readonly after: StateView
}

/** How to show them. */
export interface PrestateOptions {
  readonly diffMode: boolean
  readonly disableCode: boolean
  readonly disableStorage: boolean
}

interface Account {
  readonly address: string
  readonly balance: bigint
  readonly nonce: bigint
  readonly code: string
  /** Root of the storage; undefined for what is no contract. */
  readonly actor: Actor
  readonly storage: CID | undefined
}

/** Copies a contract's state into a store: its head, storage and whatever they link to. */
async function loadTree(state: StateView, root: CID): Promise<Blockstore> {
  const store = new MemoryBlockstore()
  const stack = [root]
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    const bytes = store.has(cid) ? undefined : await state.block(cid)
    if (!bytes) continue
    store.put(cid, bytes)
    if (cid.code === DAG_CBOR) stack.push(...linksOf(bytes))
  }
  return store
}

/** All slots of a contract that are not zero: 32 bytes as hex digits -> value. */
async function slotsOf(state: StateView, { head, kind }: Pick<Actor, "head" | "kind">): Promise<Map<string, bigint>> {
  const slots = new Map<string, bigint>()
  if (kind !== "evm") return slots
  for (const [slot, value] of readSlots(await loadTree(state, head), head))
    slots.set(bytesToHex(slot).padStart(64, "0"), value)
  return slots
}

async function accountOf(state: StateView, id: bigint): Promise<Account | undefined> {
  const actor = await state.actor(Address.id(id))
  if (!actor) return undefined
  const own = actor.delegatedAddress && toEthAddress(actor.delegatedAddress)
  const contract = actor.kind === "evm" ? readContract(await headOnly(state, actor.head), actor.head) : undefined
  return {
    address: toHex(own && !isMaskedId(own) ? own : maskedIdAddress(id)),
    balance: actor.balance,
    nonce: contract ? (contract.tombstone === null ? contract.nonce : 0n) : actor.sequence,
    code: toHex(await codeOf(state, Address.id(id))),
    actor,
    storage: contract?.storage,
  }
}

async function headOnly(state: StateView, head: CID): Promise<Blockstore> {
  const store = new MemoryBlockstore()
  const bytes = await state.block(head)
  if (bytes) store.put(head, bytes)
  return store
}

const shownSlot = (slot: string): string => `0x${slot}`
const shownValue = (value: bigint): string => toHex(toBytes(value, 32))

/**
 * The accounts that a message reached, as they were before it, with the slots that it read or wrote; with `diffMode` only what it changed,
 * before and after.
 *
 * @param ids - Actors that it reached.
 * @param touched - The slots that it read or wrote, by contract; asked without `diffMode` only.
 * @see geth eth/tracers/native/prestate.go
 */
export async function tracePrestate(
  ids: readonly bigint[],
  { before, after }: StatesAround,
  { diffMode, disableCode, disableStorage }: PrestateOptions,
  touched: () => Promise<TouchedSlots>,
): Promise<Json> {
  const slots = diffMode || disableStorage ? undefined : await touched()
  const pre: Record<string, Json> = {}
  const post: Record<string, Json> = {}
  for (const id of ids) {
    const [was, is] = [await accountOf(before, id), await accountOf(after, id)]
    const address = (was ?? is)?.address
    if (address === undefined) continue
    const [oldSlots, newSlots] = disableStorage ? [{}, {}] : await changedSlots(before, was, after, is)
    const shown = (account: Account, storage: Record<string, string>): { [key: string]: Json } => ({
      balance: toQuantity(account.balance),
      ...(account.nonce !== 0n && { nonce: Number(account.nonce) }),
      ...(!disableCode && account.code !== "0x" && { code: account.code }),
      ...(Object.keys(storage).length > 0 && { storage }),
    })
    if (!diffMode) {
      pre[address] = was ? shown(was, await valuesOf(before, was, slots?.get(address.slice(2)))) : { balance: "0x0" }
      continue
    }
    const changed: { [key: string]: Json } = {
      ...(is && is.balance !== was?.balance && { balance: toQuantity(is.balance) }),
      ...(is && is.nonce !== (was?.nonce ?? 0n) && { nonce: Number(is.nonce) }),
      ...(is && !disableCode && is.code !== (was?.code ?? "0x") && { code: is.code }),
      ...(Object.keys(withoutZeros(newSlots)).length > 0 && { storage: withoutZeros(newSlots) }),
    }
    const differs = Object.keys(changed).length > 0 || Object.keys(oldSlots).length > 0
    if (was && (differs || !is)) pre[address] = shown(was, withoutZeros(oldSlots))
    if (is && differs) post[address] = changed
  }
  return diffMode ? { pre, post } : pre
}

/** What changes are shown of: a slot of zero is as good as none. */
function withoutZeros(slots: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(slots).filter(([, value]) => BigInt(value) !== 0n))
}

/** Slots that were touched, with what they held; zero too, as geth has it. */
async function valuesOf(
  state: StateView,
  { actor }: Account,
  touched: ReadonlySet<string> | undefined,
): Promise<Record<string, string>> {
  if (touched === undefined) return {}
  const held = await slotsOf(state, actor)
  return Object.fromEntries([...touched].sort().map((slot) => [shownSlot(slot), shownValue(held.get(slot) ?? 0n)]))
}

async function changedSlots(
  before: StateView,
  was: Account | undefined,
  after: StateView,
  is: Account | undefined,
): Promise<[Record<string, string>, Record<string, string>]> {
  const old: Record<string, string> = {}
  const now: Record<string, string> = {}
  if (was?.storage && is?.storage && was.storage.equals(is.storage)) return [old, now]
  const [slotsBefore, slotsAfter] = [
    was ? await slotsOf(before, was.actor) : new Map<string, bigint>(),
    is ? await slotsOf(after, is.actor) : new Map<string, bigint>(),
  ]
  for (const slot of new Set([...slotsBefore.keys(), ...slotsAfter.keys()])) {
    const [from, to] = [slotsBefore.get(slot) ?? 0n, slotsAfter.get(slot) ?? 0n]
    if (from === to) continue
    if (was) old[shownSlot(slot)] = shownValue(from)
    if (to !== 0n) now[shownSlot(slot)] = shownValue(to)
  }
  return [old, now]
}

/** A transaction of a block: its hash, or its position. */
export const transactionRef: Decoder<Uint8Array | number> = {
  expected: "a transaction of the block: its hash, or its position",
  schema: z.union([hash32.schema, smallQuantity.schema]),
}

/**
 * Storage of a contract right before a transaction, in the order of the hashes of the slots.
 *
 * @param start - Hash from which on slots are wanted.
 * @throws RpcError - No such block, or the transaction is not in it.
 * @see geth eth/api_debug.go (StorageRangeAt)
 */
export async function storageRange(
  context: EthContext,
  blockHash: Uint8Array,
  ref: Uint8Array | number,
  address: Uint8Array,
  start: Uint8Array,
  limit: number,
): Promise<Json> {
  const { chain } = context
  const tipset = await chain.resolve({ hash: blockHash })
  const state = await stateBefore(context, tipset, ref)
  const actor = await state.actor(toFilecoinAddress(address))
  const slots = actor ? [...(await slotsOf(state, actor))] : []
  const first = bytesToHex(start)
  const sorted = slots
    .map(([slot, value]) => ({ slot, value, hash: bytesToHex(keccak_256(toBytes(BigInt(`0x${slot}`), 32))) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .filter(({ hash }) => hash >= first.padEnd(64, "0"))
  const next = sorted[limit]
  return {
    storage: Object.fromEntries(
      sorted
        .slice(0, limit)
        .map(({ slot, value, hash }) => [`0x${hash}`, { key: shownSlot(slot), value: shownValue(value) }]),
    ),
    nextKey: next ? `0x${next.hash}` : null,
  }
}

async function stateBefore({ chain }: EthContext, tipset: Tipset, ref: Uint8Array | number): Promise<StateView> {
  let position: number | undefined
  if (typeof ref === "number") position = ref
  else {
    const location = await chain.findByAlias(ref)
    if (location && location.tipset.epoch === tipset.epoch) position = location.message.index
  }
  if (position === undefined || position > tipset.messageCount || (position === tipset.messageCount && position > 0))
    throw ethError("noSuchTransaction", { hash: `${typeof ref === "number" ? ref : toHex(ref)} in this block` })
  if (tipset.messageCount === 0) return chain.stateAt(tipset)
  const { before } = await chain.replayStates(tipset, position)
  return chain.stateOf(before)
}
