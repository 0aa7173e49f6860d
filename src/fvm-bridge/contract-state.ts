import type { CID } from "multiformats/cid"
import { keccak256 } from "../address/keccak256.ts"
import { type Blockstore, getCbor, mustGet, putCbor } from "../ipld/blockstore.ts"
import { cidOfBlock, RAW } from "../ipld/cid.ts"
import { expectBytes, expectLink, expectTuple, expectUint64, type Ipld } from "../ipld/dag-cbor.ts"
import { Kamt, uint256Codec } from "../ipld/kamt.ts"

/**
 * State of an EVM contract actor: the six fields of its CBOR tuple.
 *
 * @see builtin-actors actors/evm/src/state.rs
 */
export interface ContractState {
  /** Raw block with the runtime code. */
  readonly bytecode: CID
  /** keccak-256 of the code, 32 bytes. */
  readonly bytecodeHash: Uint8Array
  /** Root of the KAMT of storage slots. */
  readonly storage: CID
  /** `[storage root, [origin, nonce]]`, or null: values of one message, which nobody else reads. */
  readonly transient: Ipld
  /** Creations so far, from 1. */
  readonly nonce: bigint
  /** `[origin, nonce]` of the message that destroyed it, or null. */
  readonly tombstone: Ipld
}

const SLOT_LENGTH = 32

/** Code that the EVM shows for an actor that is no contract and no account: the opcode INVALID. */
export const NATIVE_ACTOR_CODE: Uint8Array = Uint8Array.of(0xfe)

/** Reads a contract's state. @throws BlockNotFound, ShapeError */
export function readContract(store: Blockstore, head: CID): ContractState {
  const [bytecode, hash, storage, transient, nonce, tombstone] = expectTuple(getCbor(store, head), 6, "contract")
  return {
    bytecode: expectLink(bytecode, "contract.bytecode"),
    bytecodeHash: expectBytes(hash, "contract.bytecodeHash", 32),
    storage: expectLink(storage, "contract.storage"),
    transient: transient ?? null,
    nonce: expectUint64(nonce, "contract.nonce"),
    tombstone: tombstone ?? null,
  }
}

/** Stores a contract's state. @returns The head. */
export function writeContract(store: Blockstore, state: ContractState): CID {
  const { bytecode, bytecodeHash, storage, transient, nonce, tombstone } = state
  return putCbor(store, [bytecode, bytecodeHash, storage, transient, nonce, tombstone])
}

/** The runtime code; empty once the contract has destroyed itself. @throws BlockNotFound */
export function readCode(store: Blockstore, head: CID): Uint8Array {
  const { bytecode, tombstone } = readContract(store, head)
  return tombstone === null ? mustGet(store, bytecode) : new Uint8Array()
}

/** The value in a storage slot; 0 for one that was never written. @throws BlockNotFound */
export function readSlot(store: Blockstore, head: CID, slot: Uint8Array): bigint {
  const { storage, tombstone } = readContract(store, head)
  if (tombstone !== null) return 0n
  return Kamt.load(store, storage, uint256Codec).get(slot) ?? 0n
}

/** All storage slots of a contract that are not zero, in the order of the slots. @throws BlockNotFound */
export function* readSlots(store: Blockstore, head: CID): Generator<readonly [slot: Uint8Array, value: bigint]> {
  const { storage, tombstone } = readContract(store, head)
  if (tombstone === null) yield* Kamt.load(store, storage, uint256Codec).entries()
}

/** A contract with this code, empty storage and nonce 1. @returns The head. */
export function createContract(store: Blockstore, code: Uint8Array): CID {
  return writeContract(store, {
    ...putCode(store, code),
    storage: Kamt.create(store, uint256Codec).flush(),
    transient: null,
    nonce: 1n,
    tombstone: null,
  })
}

/** The same contract with other code; a tombstone is lifted. @returns The head. @throws BlockNotFound */
export function replaceCode(store: Blockstore, head: CID, code: Uint8Array): CID {
  return writeContract(store, { ...readContract(store, head), ...putCode(store, code), tombstone: null })
}

/** The same contract with another nonce. @returns The head. @throws BlockNotFound */
export function replaceNonce(store: Blockstore, head: CID, nonce: bigint): CID {
  return writeContract(store, { ...readContract(store, head), nonce })
}

/**
 * The same contract with other values in these slots; 0 removes one.
 *
 * @param fresh - Forgets all other slots. Default: false
 * @returns The head.
 * @throws BlockNotFound
 */
export function replaceSlots(store: Blockstore, head: CID, slots: ReadonlyMap<bigint, bigint>, fresh = false): CID {
  const state = readContract(store, head)
  const storage = fresh ? Kamt.create(store, uint256Codec) : Kamt.load(store, state.storage, uint256Codec)
  for (const [slot, value] of slots) {
    const key = toSlot(slot)
    if (value === 0n) storage.delete(key)
    else storage.set(key, value)
  }
  return writeContract(store, { ...state, storage: storage.flush() })
}

/** The 32 bytes of a slot's number. */
export function toSlot(slot: bigint): Uint8Array {
  const bytes = new Uint8Array(SLOT_LENGTH)
  let rest = slot
  for (let i = SLOT_LENGTH - 1; rest > 0n && i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

function putCode(store: Blockstore, code: Uint8Array): Pick<ContractState, "bytecode" | "bytecodeHash"> {
  const bytecode = cidOfBlock(RAW, code)
  store.put(bytecode, code)
  return { bytecode, bytecodeHash: keccak256(code) }
}
