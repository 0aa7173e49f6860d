/**
 * What a running actor can ask of the machine, one interface per capability.
 *
 * A kernel serves one invocation: it knows who called whom with which value, holds the blocks that the actor has
 * open, and charges for each operation before it does it. The syscall table (`../syscalls`) decodes arguments from
 * the actor's memory and calls one of these methods; each row asks for the one capability that it needs. What lies
 * beneath (state tree, transfers, nested calls, the gas tracker) is the call manager's (`../call-manager`).
 *
 * How any of them fails: `SyscallError` is the actor's to handle, `OutOfGas` and `Fatal` unwind it.
 *
 * @see FIP-0030; ref-fvm fvm/src/kernel/mod.rs
 */
import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import type { PieceInfo } from "../crypto/pieces.ts"
import type { AggregateSeals, ReplicaUpdate, SealInfo, WindowPost } from "../crypto/proofs.ts"
import type { MemoryLimiter } from "../engine/index.ts"
import type { ConsensusFault } from "../externs/index.ts"
import type { GasTracker } from "../gas/tracker.ts"
import type { BlockRegistry } from "./blocks.ts"

/** Codec and size of a block. */
export interface BlockStat {
  readonly codec: number
  /** Bytes. */
  readonly size: number
}

/** A block just opened. */
export interface OpenedBlock extends BlockStat {
  /** Its handle in this invocation. */
  readonly id: number
}

/** Blocks: the only way in and out of the store. */
export interface IpldOps {
  /**
   * Opens a reachable block; its links become reachable.
   *
   * @throws SyscallError NotFound - Not reachable, or it links to what cannot exist. Serialization - Not DAG-CBOR.
   * @throws Fatal - The block is reachable but the store does not have it.
   */
  blockOpen(cid: CID): OpenedBlock
  /**
   * Makes a block from bytes, which are copied.
   *
   * @param codec - As the actor gave it, up to 2^64-1.
   * @returns The handle.
   * @throws SyscallError LimitExceeded - Longer than the block limit. IllegalCodec - Not raw, cbor or dag-cbor.
   *   Serialization - Malformed dag-cbor. NotFound - It links to what is not reachable.
   */
  blockCreate(codec: bigint, data: Uint8Array): number
  /**
   * Copies from `offset` on into `out`, as much as there is.
   *
   * @returns Length of the block minus the end of what was asked for: positive when bytes remain, negative when the
   *   buffer was longer than needed.
   * @throws SyscallError IllegalArgument - offset + length >= 2^31. InvalidHandle.
   */
  blockRead(id: number, offset: number, out: Uint8Array): number
  /** @throws SyscallError InvalidHandle */
  blockStat(id: number): BlockStat
  /**
   * Puts a block into the store; its CID becomes reachable.
   *
   * @throws SyscallError IllegalCid - Anything but 32 bytes of blake2b-256. InvalidHandle.
   */
  blockLink(id: number, hashCode: bigint, hashLength: number): CID
}

/** The running actor's own entry in the state tree. */
export interface SelfOps {
  /** The state root, reachable from now on. @throws SyscallError IllegalOperation - The actor was deleted. */
  root(): CID
  /** @throws SyscallError ReadOnly. NotFound - `root` is not reachable. IllegalOperation - The actor was deleted. */
  setRoot(root: CID): void
  /** attoFIL; 0 after deletion. */
  currentBalance(): bigint
  /**
   * Deletes the actor; what is left of its balance goes to f099 if `burnUnspent`. Does nothing the second time.
   *
   * @throws SyscallError ReadOnly. IllegalOperation - There is a balance and no leave to burn it.
   */
  selfDestruct(burnUnspent: boolean): void
}

/** Other actors and their addresses. */
export interface ActorOps {
  /** @throws SyscallError NotFound */
  resolveAddress(address: Address): bigint
  /** The f4 address, or undefined if the actor has none. @throws SyscallError NotFound */
  lookupDelegatedAddress(actorId: bigint): Address | undefined
  /** @throws SyscallError NotFound */
  getActorCodeCid(actorId: bigint): CID
  /** The f2 address that the next actor created gets; changes only when one is created. */
  nextActorAddress(): Address
  /**
   * Creates an actor, or gives a placeholder its code. For the init actor alone.
   *
   * @throws SyscallError Forbidden - Another caller; the ID is taken; placeholder code. ReadOnly.
   */
  createActor(codeCid: CID, actorId: bigint, delegatedAddress: Address | undefined): void
  /** Actor type in the bundle's manifest, from 1; 0 if the code is not in it. */
  getBuiltinActorType(codeCid: CID): number
  /** @throws SyscallError IllegalArgument - No such type. */
  getCodeCidForType(type: number): CID
  /** attoFIL. @throws SyscallError NotFound */
  balanceOf(actorId: bigint): bigint
}

/** What a nested call gave back. */
export interface SendResult {
  readonly exitCode: number
  /** Handle of the return data in the caller's registry; 0 without data. */
  readonly returnId: number
  readonly returnCodec: number
  readonly returnSize: number
}

/** Calls to other actors. */
export interface SendOps {
  /**
   * Calls an actor in a transaction of its own.
   *
   * @param params - Handle of the parameters; 0 for none.
   * @param value - attoFIL.
   * @param gasLimit - Whole gas; undefined: all that is left. More than there is means the same.
   * @param readOnly - The callee and all that it calls may not change anything.
   * @throws SyscallError ReadOnly - Value in read-only mode. InvalidHandle. NotFound. InsufficientFunds. LimitExceeded.
   */
  send(
    to: Address,
    method: bigint,
    params: number,
    value: bigint,
    gasLimit: bigint | undefined,
    readOnly: boolean,
  ): SendResult
}

/** The message as the running actor sees it. */
export interface MessageContext {
  readonly origin: bigint
  readonly nonce: bigint
  readonly caller: bigint
  readonly receiver: bigint
  readonly methodNumber: bigint
  /** attoFIL. */
  readonly valueReceived: bigint
  /** attoFIL per unit of gas that really goes to the producer: never negative. */
  readonly gasPremium: bigint
  readonly readOnly: boolean
}

/** The message being executed. */
export interface MessageOps {
  /** @throws Fatal - Value or premium of 2^128 or more. */
  messageContext(): MessageContext
}

/** The network as the running actor sees it. */
export interface NetworkContext {
  readonly epoch: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
  /** attoFIL per unit of gas. */
  readonly baseFee: bigint
  readonly chainId: bigint
  readonly networkVersion: number
}

/** The chain around the message. */
export interface NetworkOps {
  /** @throws Fatal - A base fee of 2^128 or more. */
  networkContext(): NetworkContext
  /** @throws SyscallError IllegalArgument - Negative, the current or a future epoch. */
  tipsetCid(epoch: bigint): CID
  /** attoFIL at the beginning of the epoch. */
  totalFilCircSupply(): bigint
}

/** Randomness, 32 bytes each. */
export interface RandomnessOps {
  /** @throws SyscallError IllegalArgument - The node has none for that round. OutOfGas for a future one. */
  chainRandomness(epoch: bigint): Uint8Array
  /** @throws SyscallError IllegalArgument - The node has none for that round. OutOfGas for a future one. */
  beaconRandomness(epoch: bigint): Uint8Array
}

/** Hashes and signatures. */
export interface CryptoOps {
  /**
   * @param type - 1 secp256k1, 2 BLS.
   * @throws SyscallError IllegalArgument - Another type, or a signer that is no key address.
   */
  verifySignature(type: number, signature: Uint8Array, signer: Address, plaintext: Uint8Array): boolean
  /**
   * @param signature - 96 bytes.
   * @param publicKeys - 48 bytes each, one after the other.
   * @param plaintexts - All of them, one after the other.
   * @param plaintextLengths - One per key.
   * @throws SyscallError IllegalArgument - The lengths do not add up.
   */
  verifyBlsAggregate(
    signature: Uint8Array,
    publicKeys: Uint8Array,
    plaintexts: Uint8Array,
    plaintextLengths: Uint32Array,
  ): boolean
  /** 65 bytes, uncompressed. @throws SyscallError IllegalArgument - No key has made this signature. */
  recoverSecpPublicKey(hash: Uint8Array, signature: Uint8Array): Uint8Array
  /** The whole digest. @throws SyscallError IllegalArgument - Unknown multihash code. */
  hash(code: bigint, data: Uint8Array): Uint8Array
}

/** What only the storage actors need: proofs of storage and of misbehaviour. */
export interface ProofOps {
  /** CommD of a sector. @throws SyscallError IllegalArgument - Pieces that do not fit it. */
  computeUnsealedSectorCid(proofType: bigint, pieces: readonly PieceInfo[]): CID
  /** @throws SyscallError IllegalArgument - Malformed, or nobody here can tell. */
  verifyPost(info: WindowPost): boolean
  /** @throws SyscallError IllegalArgument - The node cannot read the headers. */
  verifyConsensusFault(h1: Uint8Array, h2: Uint8Array, extra: Uint8Array): ConsensusFault | undefined
  /** @throws SyscallError IllegalArgument - Malformed, or nobody here can tell. */
  verifyAggregateSeals(info: AggregateSeals): boolean
  /** @throws SyscallError IllegalArgument - Malformed, or nobody here can tell. */
  verifyReplicaUpdate(info: ReplicaUpdate): boolean
  /** One answer per seal; a seal that cannot be judged is false. */
  batchVerifySeals(seals: readonly SealInfo[]): boolean[]
}

/** Header of one event entry, as the actor lays it out. */
export interface EventEntryHeader {
  readonly flags: bigint
  readonly keyLength: number
  readonly codec: bigint
  readonly valueLength: number
}

/** Actor events. */
export interface EventOps {
  /**
   * @param headers - One per entry; cut `keys` and `values` into pieces.
   * @throws SyscallError ReadOnly. LimitExceeded - More than 255 entries, a key over 31 bytes, 8 KiB of values.
   *   IllegalArgument - Unknown flags, keys that are not UTF-8, lengths that do not add up. IllegalCodec.
   */
  emitEvent(headers: readonly EventEntryHeader[], keys: Uint8Array, values: Uint8Array): void
}

/** Gas. */
export interface GasOps {
  /** Milligas left of the limit that holds for this invocation. */
  gasAvailable(): bigint
  /** Charges `milligas` under `name`. @throws OutOfGas. BudgetExceeded */
  chargeGas(name: string, milligas: bigint): void
}

/** For developers; a network has it off. */
export interface DebugOps {
  debugEnabled(): boolean
  log(message: string): void
  /** @throws SyscallError IllegalArgument - An empty name, over 256 bytes, with a separator, or starting with a dot. */
  storeArtifact(name: string, data: Uint8Array): void
}

/** All that an actor can do, for one invocation. */
export interface Kernel
  extends IpldOps,
    SelfOps,
    ActorOps,
    SendOps,
    MessageOps,
    NetworkOps,
    RandomnessOps,
    CryptoOps,
    ProofOps,
    EventOps,
    GasOps,
    DebugOps {
  /** The blocks of this invocation; the call manager puts the parameters in and takes the return data out. */
  readonly blocks: BlockRegistry
  /** What the message has used, and may use. */
  readonly gas: GasTracker
  /** Counts Wasm memory and tables in use by the whole message. */
  readonly limiter: MemoryLimiter
}
