import { Address } from "../address/address.ts"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { EditableState, StateView } from "../chain/state-view.ts"
import type { Actor, ExecutionContext, StateOverlay, TipsetRef, TrialMessage, TrialResult } from "../chain/types.ts"
import type { Message } from "../fvm/message.ts"
import {
  createContract,
  NATIVE_ACTOR_CODE,
  readCode,
  readContract,
  replaceCode,
  replaceNonce,
  replaceSlots,
} from "../fvm-bridge/contract-state.ts"
import { decodeCreateReturn } from "../fvm-bridge/create-return.ts"
import { revertData } from "../fvm-bridge/revert.ts"
import { toMessage } from "../fvm-bridge/transaction.ts"
import { type Blockstore, MemoryBlockstore, putCbor } from "../ipld/blockstore.ts"
import { BlockNotFound } from "../ipld/errors.ts"
import { type BlockRef, isPending, toTipsetRef } from "./codecs/block-ref.ts"
import type { BlockOverride, CallObject, StateOverride } from "./codecs/call.ts"
import { toBytes, toHex } from "./codecs/hex.ts"
import { ethError, executionError } from "./errors.ts"

const ZERO_ADDRESS = new Uint8Array(20)

/** What a call changes for itself only. */
export interface Overrides {
  readonly state: StateOverride | undefined
  readonly block: BlockOverride | undefined
}

/** The message of a call. Like the network, it has the gas of a whole block: `gas` and prices of the call are passed over. */
export function callMessage(chain: Chain, call: CallObject): Message {
  return toMessage(
    {
      nonce: call.nonce ?? 0n,
      to: call.to,
      value: call.value,
      input: call.input,
      gasLimit: chain.blockGasLimit,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
    },
    call.from ?? ZERO_ADDRESS,
  )
}

/**
 * A call to try out, whoever sends it. A creation is applied as on chain, since only there does a sender that has not sent
 * anything yet become the account that may create contracts.
 */
export function trialOf(chain: Chain, call: CallObject): TrialMessage {
  const message = callMessage(chain, call)
  return { message, assumeSender: true, kind: call.to === undefined ? "explicit" : "implicit" }
}

/** Base fee and gas price inside a call are 0, as on the network, unless they are overridden. */
export function contextOf(block: BlockOverride | undefined): ExecutionContext {
  return {
    baseFee: block?.baseFee ?? 0n,
    ...(block?.epoch !== undefined && { epoch: Number(block.epoch) }),
    ...(block?.timestamp !== undefined && { timestamp: Number(block.timestamp) }),
    ...(block?.prevRandao !== undefined && { beaconRandomness: toBytes(block.prevRandao, 32) }),
  }
}

/**
 * The state after a tipset with overrides.
 *
 * @param base - What a trial left, instead of that state.
 * @returns `base` itself without any override.
 */
export async function overlayOf(
  chain: Chain,
  at: TipsetRef,
  state: StateOverride | undefined,
  base?: StateOverlay,
): Promise<StateOverlay | undefined> {
  if (!state || state.length === 0) return base
  const edit = (editable: EditableState): void => {
    for (const { address, override } of state) {
      if (override.balance !== undefined) setBalance(editable, address, override.balance)
      if (override.code !== undefined) setCode(editable, address, override.code)
      if (override.nonce !== undefined) setNonce(editable, address, override.nonce)
      if (override.state) setSlots(editable, address, override.state, true)
      if (override.stateDiff) setSlots(editable, address, override.stateDiff, false)
    }
  }
  return chain.overlay(at, edit, base)
}

/** Where a call runs: a tipset, the state instead of the one after it, and values of the block. */
export interface CallPlace {
  readonly at: TipsetRef
  readonly overlay: StateOverlay | undefined
  readonly context: ExecutionContext
}

/** The place that a reference and overrides mean; `pending`: in the next block, behind the mempool. */
export async function placeOfCall(chain: Chain, ref: BlockRef, { state, block }: Overrides): Promise<CallPlace> {
  const at = toTipsetRef(ref)
  const context = contextOf(block)
  if (!isPending(ref) || !chain.isExecuted(chain.head))
    return { at, overlay: await overlayOf(chain, at, state), context }
  const { head } = chain
  const next = { epoch: head.epoch + 1, timestamp: chain.nextTimestamp }
  const waiting = chain.pendingMessages().some(({ ready }) => ready)
  const before = waiting ? (await chain.pending()).response.state : undefined
  return { at: head, overlay: await overlayOf(chain, head, state, before), context: { ...next, ...context } }
}

/**
 * What a call returns.
 *
 * A call without recipient runs init code and gives back the code that it would deploy, as on Ethereum.
 *
 * @throws RpcError - It failed: code 3 with the revert bytes as data.
 */
export async function executeCall(
  chain: Chain,
  call: CallObject,
  block: BlockRef,
  overrides: Overrides,
): Promise<Uint8Array> {
  const { at, overlay, context } = await placeOfCall(chain, block, overrides)
  const { results, state: after } = await chain.trial({
    at,
    overlay,
    context,
    messages: [trialOf(chain, call)],
    keepState: call.to === undefined,
  })
  const result = results[0]!
  if (result.receipt.exitCode !== 0) throw executionError(result)
  return returnedBy(call, result, after && (await chain.stateOf(after)))
}

/**
 * What a call that succeeded gives back: the returned bytes, and of a creation the code that init code returned.
 *
 * @param after - The state with what the call did. `undefined`: nothing was kept, so a created contract has no code.
 */
export async function returnedBy(
  call: CallObject,
  { receipt }: TrialResult,
  after: StateView | undefined,
): Promise<Uint8Array> {
  if (call.to !== undefined) return revertData(receipt.returnData)
  return after ? codeOf(after, Address.id(decodeCreateReturn(receipt.returnData).actorId)) : new Uint8Array()
}

/** The least gas with which a call succeeds, times the network's over-estimation of 1.25. @throws RpcError - It fails with any. */
export async function estimateGas(
  chain: Chain,
  call: CallObject,
  block: BlockRef,
  overrides: Overrides,
): Promise<bigint> {
  const { at, overlay, context } = await placeOfCall(chain, block, overrides)
  const message = callMessage(chain, call)
  const sequence = await (overlay ? await chain.stateOf(overlay) : await chain.stateAt(at)).sequenceOf(message.from)
  const { gasLimit, result } = await chain.estimate(
    { message: { ...message, sequence }, kind: "explicit", assumeSender: true },
    at,
    { overlay, context },
  )
  if (gasLimit === undefined) throw executionError(result)
  const estimate = (gasLimit * 5n + 3n) / 4n
  return estimate < chain.blockGasLimit ? estimate : chain.blockGasLimit
}

/** The result of a call that has to be there, for methods that only look. */
export function requireSuccess(result: TrialResult): TrialResult {
  if (result.receipt.exitCode !== 0) throw executionError(result)
  return result
}

/**
 * Reads from a state what needs several blocks, one after the other: `read` is run again each time that a block which it lacked
 * has come.
 */
export async function readState<T>(state: Pick<StateView, "block">, read: (store: Blockstore) => T): Promise<T> {
  const store = new MemoryBlockstore()
  for (;;) {
    try {
      return read(store)
    } catch (error) {
      if (!(error instanceof BlockNotFound)) throw error
      const bytes = await state.block(error.cid)
      if (!bytes) throw error
      store.put(error.cid, bytes)
    }
  }
}

/** Code of a contract; nothing for accounts, placeholders and nobody; one byte for native actors, as EXTCODECOPY gives it. */
export async function codeOf(state: StateView, address: Address): Promise<Uint8Array> {
  const actor = await state.actor(address)
  switch (actor?.kind) {
    case "evm":
      return readState(state, (store) => readCode(store, actor.head))
    case undefined:
      return actor ? NATIVE_ACTOR_CODE : new Uint8Array()
    case "account":
    case "ethaccount":
    case "placeholder":
      return new Uint8Array()
    default:
      return NATIVE_ACTOR_CODE
  }
}

/** Gives an address this balance; a placeholder appears where there is no actor. */
export function setBalance(state: EditableState, address: Uint8Array, balance: bigint): void {
  const actor = state.actor(toFilecoinAddress(address)) ?? newAccount(state, address)
  state.setActor({ ...actor, balance })
}

/**
 * Makes the actor at an address a contract with this code; what it owns and stores stays. Without code, and without storage, it is an account.
 *
 * @throws RpcError - A native actor stands there: the network's own have to stay what they are.
 */
export function setCode(state: EditableState, address: Uint8Array, code: Uint8Array): void {
  const actor = state.actor(toFilecoinAddress(address)) ?? newAccount(state, address)
  checkContractKind(address, actor)
  const isContract = actor.code.equals(state.codes.get("evm")!)
  if (code.length > 0 || (isContract && hasStorage(state, actor))) makeContract(state, actor, code)
  else if (isContract) state.setActor(toAccount(state, actor))
  else state.setActor(actor)
}

/** What the account sent before counts again when it is one once more. */
function makeContract(state: EditableState, actor: Actor, code: Uint8Array): void {
  const evm = state.codes.get("evm")!
  const isContract = actor.code.equals(evm)
  const head = isContract ? replaceCode(state.store, actor.head, code) : createContract(state.store, code)
  state.setActor({ ...actor, code: evm, head })
}

function hasStorage({ store }: EditableState, { head }: Actor): boolean {
  return !readContract(store, head).storage.equals(readContract(store, createContract(store, new Uint8Array())).storage)
}

/** The actor as it is when it has sent something: a placeholder that has cannot be. */
function toAccount(state: EditableState, actor: Actor): Actor {
  return { ...actor, code: state.codes.get("ethaccount")!, head: putCbor(state.store, []) }
}

/** Sets the next nonce: of an account its sequence, of a contract the count of its creations. */
export function setNonce(state: EditableState, address: Uint8Array, nonce: bigint): void {
  const actor = state.actor(toFilecoinAddress(address)) ?? newAccount(state, address)
  if (actor.code.equals(state.codes.get("evm")!))
    state.setActor({ ...actor, head: replaceNonce(state.store, actor.head, nonce) })
  else if (actor.kind === "placeholder" && nonce > 0n) state.setActor({ ...toAccount(state, actor), sequence: nonce })
  else state.setActor({ ...actor, sequence: nonce })
}

/** Sets storage slots; an address without a contract becomes one without code. */
export function setSlots(
  state: EditableState,
  address: Uint8Array,
  slots: ReadonlyMap<bigint, bigint>,
  fresh: boolean,
): void {
  const before = state.actor(toFilecoinAddress(address)) ?? newAccount(state, address)
  checkContractKind(address, before)
  if (!before.code.equals(state.codes.get("evm")!)) makeContract(state, before, new Uint8Array())
  const actor = state.actor(toFilecoinAddress(address))!
  state.setActor({ ...actor, head: replaceSlots(state.store, actor.head, slots, fresh) })
}

/** Kinds of actors that can become contracts. */
const CONTRACT_KINDS: readonly (string | undefined)[] = ["evm", "placeholder", "ethaccount"]

function checkContractKind(address: Uint8Array, { kind }: Actor): void {
  if (!CONTRACT_KINDS.includes(kind))
    throw ethError("invalidInput", {
      message: `the actor at ${toHex(address)} is native (${kind ?? "of unknown code"}): its code and storage cannot be set`,
    })
}

/** An actor as the network makes it when value first reaches an address. @throws RpcError - An ID that nobody has. */
function newAccount(state: EditableState, address: Uint8Array): Actor {
  const filecoin = toFilecoinAddress(address)
  if (filecoin.protocol === 0)
    throw ethError("invalidInput", { message: `${toHex(address)} stands for actor ${filecoin}, which does not exist` })
  return {
    id: state.registerAddress(filecoin),
    kind: "placeholder",
    code: state.codes.get("placeholder")!,
    head: putCbor(state.store, []),
    sequence: 0n,
    balance: 0n,
    delegatedAddress: filecoin,
  }
}
