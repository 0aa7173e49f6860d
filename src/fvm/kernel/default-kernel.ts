import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import { BLAKE2B_256, cidOfDigest } from "../../ipld/cid.ts"
import type { CallManager, Block as CallManagerBlock, Invocation } from "../call-manager/index.ts"
import { HASH_FUNCTIONS, hashFunctionOf } from "../crypto/hashes.ts"
import { computeUnsealedSectorCid, type PieceInfo } from "../crypto/pieces.ts"
import { checkAggregateSeals, checkReplicaUpdate, checkSeal, checkWindowPost } from "../crypto/proof-checks.ts"
import { POST_PROOFS, SEAL_PROOFS } from "../crypto/proof-types.ts"
import {
  type AggregateSeals,
  ProofError,
  type ProofVerifier,
  type ReplicaUpdate,
  type SealInfo,
  type WindowPost,
} from "../crypto/proofs.ts"
import {
  BLS_PUBLIC_KEY_LENGTH,
  recoverSecp256k1,
  SIGNATURE_TYPES,
  verifyBlsAggregate,
  verifySignature,
} from "../crypto/signatures.ts"
import type { MemoryLimiter } from "../engine/index.ts"
import { Fatal, OutOfGas, SyscallError } from "../errors.ts"
import type { ConsensusFault } from "../externs/index.ts"
import { MILLIGAS_PER_GAS, type Milligas } from "../gas/charge.ts"
import type { PriceList } from "../gas/price-list.ts"
import type { GasTracker } from "../gas/tracker.ts"
import { BURNT_FUNDS_ACTOR_ID, INIT_ACTOR_ID } from "../machine/index.ts"
import { storeArtifact } from "./artifacts.ts"
import { Block, BlockRegistry, NO_DATA_BLOCK_ID } from "./blocks.ts"
import { readEntries } from "./events.ts"
import type {
  BlockStat,
  EventEntryHeader,
  Kernel,
  MessageContext,
  NetworkContext,
  OpenedBlock,
  SendResult,
} from "./index.ts"
import { isAllowedCodec, linkCount, rememberLinks, scanLinks } from "./links.ts"

const MAX_UINT64 = (1n << 64n) - 1n
const MAX_INT64 = (1n << 63n) - 1n
const MAX_INT32 = 0x7fff_ffff

/**
 * The kernel of one invocation, over the call manager of its message.
 *
 * Each operation charges before it does anything an actor could see, except where the reference does not; the order of
 * checks and charges is part of consensus and follows it line by line.
 *
 * @see ref-fvm fvm/src/kernel/{default,filecoin}.rs
 */
export class DefaultKernel implements Kernel {
  readonly blocks: BlockRegistry = new BlockRegistry()
  readonly gas: GasTracker
  readonly limiter: MemoryLimiter
  private readonly callManager: CallManager
  private readonly invocation: Invocation
  private readonly prices: PriceList
  private readonly warn: (message: string) => void

  /** @param warn - Hears when nobody can judge a proof. */
  constructor(callManager: CallManager, invocation: Invocation, warn: (message: string) => void) {
    this.callManager = callManager
    this.gas = callManager.gas
    this.limiter = callManager.limiter
    this.invocation = invocation
    this.prices = callManager.machine.context.prices
    this.warn = warn
  }

  /** Puts the parameters into the registry, their links reachable. @returns Their handle. */
  takeParams(params: CallManagerBlock): number {
    return this.blocks.putReachable(asBlock(params))
  }

  // gas

  gasAvailable(): Milligas {
    return this.gas.show()
  }

  chargeGas(name: string, milligas: Milligas): void {
    this.gas.chargeCompute(name, milligas)
  }

  // ipld

  blockOpen(cid: CID): OpenedBlock {
    this.gas.charge(this.prices.onBlockOpenBase())
    if (!this.blocks.isReachable(cid)) throw new SyscallError("NotFound", `block ${cid} is not reachable`)
    const data = this.callManager.machine.store.get(cid)
    if (data === undefined) throw new Fatal(`block ${cid} is reachable, but the store does not have it`)
    if (this.callManager.tracing) this.callManager.traceIpld("get", cid, data.length)
    const links = scanLinks(cid.code, data, this.prices, this.gas, cid)
    this.gas.charge(this.prices.onBlockOpen(data.length, linkCount(links)))
    const id = this.blocks.putReachable(new Block(cid.code, data, links))
    return { id, codec: cid.code, size: data.length }
  }

  blockCreate(codec: bigint, data: Uint8Array): number {
    const { maxBlockSize } = this.callManager.machine.context
    if (data.length > maxBlockSize) {
      throw new SyscallError("LimitExceeded", `a block has ${data.length} bytes, at most ${maxBlockSize} are allowed`)
    }
    const code = Number(codec)
    if (!isAllowedCodec(code)) throw new SyscallError("IllegalCodec", `blocks cannot have the codec ${codec}`)
    const links = scanLinks(code, data, this.prices, this.gas, undefined)
    this.gas.charge(this.prices.onBlockCreate(data.length, linkCount(links)))
    return this.blocks.putChecked(new Block(code, data.slice(), links))
  }

  blockRead(id: number, offset: number, out: Uint8Array): number {
    const end = offset + out.length
    if (end > MAX_INT32) throw new SyscallError("IllegalArgument", `the end ${end} of a read does not fit an i32`)
    const { data } = this.blocks.get(id)
    const length = Math.max(0, Math.min(data.length - offset, out.length))
    this.gas.charge(this.prices.onBlockRead(length))
    if (length === data.length) out.set(data)
    else if (length > 0) out.set(data.subarray(offset, offset + length))
    return data.length - end
  }

  blockStat(id: number): BlockStat {
    this.gas.charge(this.prices.onBlockStat())
    const { codec, data } = this.blocks.get(id)
    return { codec, size: data.length }
  }

  blockLink(id: number, hashCode: bigint, hashLength: number): CID {
    if (hashCode !== BigInt(BLAKE2B_256) || hashLength !== 32) {
      throw new SyscallError(
        "IllegalCid",
        `blocks are named by 32 bytes of blake2b-256, not ${hashLength} of ${hashCode}`,
      )
    }
    const { codec, data, found } = this.blocks.get(id)
    const hash = HASH_FUNCTIONS.Blake2b256
    this.gas.charge(this.prices.onBlockLink(hash.name, data.length))
    const cid = cidOfDigest(codec, hash.digest(data))
    this.callManager.machine.store.put(cid, data)
    this.blocks.markReachable(cid)
    // The next message will open what this one has made.
    if (found.fields > 0) rememberLinks(cid, found)
    if (this.callManager.tracing) this.callManager.traceIpld("put", cid, data.length)
    return cid
  }

  // self

  root(): CID {
    this.gas.charge(this.prices.onGetRoot())
    const actor = this.callManager.getActor(this.invocation.receiver)
    if (actor === undefined) throw new SyscallError("IllegalOperation", "a deleted actor has no state root")
    this.blocks.markReachable(actor.state)
    return actor.state
  }

  setRoot(root: CID): void {
    this.refuseReadOnly("set the state root")
    this.gas.charge(this.prices.onSetRoot())
    if (!this.blocks.isReachable(root)) throw new SyscallError("NotFound", `the new root ${root} is not reachable`)
    const { receiver } = this.invocation
    const actor = this.callManager.getActor(receiver)
    if (actor === undefined) throw new SyscallError("IllegalOperation", "a deleted actor has no state root")
    this.callManager.setActor(receiver, { ...actor, state: root })
  }

  currentBalance(): bigint {
    this.gas.charge(this.prices.onSelfBalance())
    return this.callManager.getActor(this.invocation.receiver)?.balance ?? 0n
  }

  selfDestruct(burnUnspent: boolean): void {
    this.refuseReadOnly("destroy itself")
    this.gas.charge(this.prices.onDeleteActor())
    const balance = this.currentBalance()
    const { receiver } = this.invocation
    if (balance !== 0n) {
      if (!burnUnspent) throw new SyscallError("IllegalOperation", `the actor still has ${balance} attoFIL`)
      try {
        this.callManager.transfer(receiver, BURNT_FUNDS_ACTOR_ID, balance)
      } catch (error) {
        // The reference takes running out of gas here for a fault too: the whole message ends.
        if (!(error instanceof SyscallError || error instanceof OutOfGas)) throw error
        throw new Fatal(`the balance of a destroyed actor cannot be burnt: ${error.message}`, { cause: error })
      }
    }
    this.callManager.deleteActor(receiver)
  }

  // actor

  resolveAddress(address: Address): bigint {
    this.gas.charge(this.prices.onResolveAddress())
    const id = this.callManager.resolveAddress(address)
    if (id === undefined) throw new SyscallError("NotFound", `there is no actor with the address ${address}`)
    return id
  }

  lookupDelegatedAddress(actorId: bigint): Address | undefined {
    this.gas.charge(this.prices.onLookupDelegatedAddress())
    return this.existingActor(actorId).delegatedAddress
  }

  getActorCodeCid(actorId: bigint): CID {
    this.gas.charge(this.prices.onGetActorCodeCid())
    return this.existingActor(actorId).code
  }

  nextActorAddress(): Address {
    return this.callManager.nextActorAddress()
  }

  createActor(codeCid: CID, actorId: bigint, delegatedAddress: Address | undefined): void {
    if (this.invocation.receiver !== INIT_ACTOR_ID) {
      throw new SyscallError("Forbidden", `only the init actor creates actors, not f0${this.invocation.receiver}`)
    }
    this.refuseReadOnly("create an actor")
    this.callManager.createActor(codeCid, actorId, delegatedAddress)
  }

  getBuiltinActorType(codeCid: CID): number {
    this.gas.charge(this.prices.onGetBuiltinActorType())
    return this.callManager.machine.manifest.typeOf(codeCid)
  }

  getCodeCidForType(type: number): CID {
    this.gas.charge(this.prices.onGetCodeCidForType())
    const code = this.callManager.machine.manifest.codeOfType(type)
    if (code === undefined) throw new SyscallError("IllegalArgument", `there is no built-in actor of type ${type}`)
    return code
  }

  balanceOf(actorId: bigint): bigint {
    this.gas.charge(this.prices.onBalanceOf())
    return this.existingActor(actorId).balance
  }

  // send

  send(
    to: Address,
    method: bigint,
    paramsId: number,
    value: bigint,
    gasLimit: bigint | undefined,
    readOnly: boolean,
  ): SendResult {
    const callReadOnly = this.invocation.readOnly || readOnly
    if (callReadOnly && value !== 0n) throw new SyscallError("ReadOnly", "a read-only call cannot move value")
    const params = paramsId === NO_DATA_BLOCK_ID ? undefined : this.blocks.get(paramsId)
    if (this.blocks.isFull) throw new SyscallError("LimitExceeded", "there is no handle left for return data")
    const { exitCode, value: returned } = this.callManager.send({
      from: this.invocation.receiver,
      to,
      method,
      params,
      value,
      gasLimit: gasLimit === undefined ? undefined : saturatedMilligas(gasLimit),
      readOnly: callReadOnly,
    })
    if (returned === undefined) {
      return { exitCode, returnId: NO_DATA_BLOCK_ID, returnCodec: 0, returnSize: 0 }
    }
    const returnId = this.blocks.putReachable(asBlock(returned))
    return { exitCode, returnId, returnCodec: returned.codec, returnSize: returned.data.length }
  }

  // vm

  messageContext(): MessageContext {
    this.gas.charge(this.prices.onMessageContext())
    const { caller, receiver, method, value, readOnly } = this.invocation
    const { origin, nonce, gasPremium } = this.callManager
    return {
      origin,
      nonce,
      caller,
      receiver,
      methodNumber: method,
      valueReceived: value,
      gasPremium,
      readOnly,
    }
  }

  // network

  networkContext(): NetworkContext {
    this.gas.charge(this.prices.onNetworkContext())
    const { epoch, timestamp, baseFee, chainId, networkVersion } = this.callManager.machine.context
    return { epoch, timestamp, baseFee, chainId, networkVersion }
  }

  tipsetCid(epoch: bigint): CID {
    if (epoch < 0n) throw new SyscallError("IllegalArgument", `the epoch ${epoch} is negative`)
    const lookback = this.callManager.machine.context.epoch - epoch
    if (lookback <= 0n) throw new SyscallError("IllegalArgument", `the epoch ${epoch} has no tipset yet`)
    this.gas.charge(this.prices.onTipsetCid(lookback))
    try {
      return this.callManager.machine.externs.getTipsetCid(epoch)
    } catch (cause) {
      throw new Fatal(`the node has no tipset CID for epoch ${epoch}`, { cause })
    }
  }

  totalFilCircSupply(): bigint {
    return this.callManager.machine.context.circSupply
  }

  // rand

  chainRandomness(epoch: bigint): Uint8Array {
    this.chargeRandomness(epoch)
    return ask("chain randomness", () => this.callManager.machine.externs.getChainRandomness(epoch))
  }

  beaconRandomness(epoch: bigint): Uint8Array {
    this.chargeRandomness(epoch)
    return ask("beacon randomness", () => this.callManager.machine.externs.getBeaconRandomness(epoch))
  }

  // crypto

  verifySignature(type: number, signature: Uint8Array, signer: Address, plaintext: Uint8Array): boolean {
    if (type !== SIGNATURE_TYPES.SECP256K1 && type !== SIGNATURE_TYPES.BLS) {
      throw new SyscallError("IllegalArgument", `unknown signature type ${type}`)
    }
    const name = type === SIGNATURE_TYPES.SECP256K1 ? "Secp256k1" : "BLS"
    this.gas.charge(this.prices.onVerifySignature(name, plaintext.length))
    if (signer.protocol !== 1 && signer.protocol !== 3) {
      throw new SyscallError("IllegalArgument", `${signer} is no key address`)
    }
    return verifySignature(type, signature, plaintext, signer)
  }

  verifyBlsAggregate(
    signature: Uint8Array,
    publicKeys: Uint8Array,
    plaintexts: Uint8Array,
    plaintextLengths: Uint32Array,
  ): boolean {
    const signers = plaintextLengths.length
    this.gas.charge(this.prices.onVerifyAggregateSignature(signers, plaintexts.length))
    const keys: Uint8Array[] = []
    const messages: Uint8Array[] = []
    let offset = 0
    for (let i = 0; i < signers; i++) {
      keys.push(publicKeys.subarray(i * BLS_PUBLIC_KEY_LENGTH, (i + 1) * BLS_PUBLIC_KEY_LENGTH))
      const end = offset + plaintextLengths[i]!
      if (end > plaintexts.length) throw new SyscallError("IllegalArgument", `plaintext ${i} ends beyond the others`)
      messages.push(plaintexts.subarray(offset, end))
      offset = end
    }
    if (offset !== plaintexts.length) throw new SyscallError("IllegalArgument", "the plaintexts are longer than stated")
    return verifyBlsAggregate(signature, keys, messages)
  }

  recoverSecpPublicKey(hash: Uint8Array, signature: Uint8Array): Uint8Array {
    this.gas.charge(this.prices.onRecoverSecpPublicKey())
    const key = recoverSecp256k1(hash, signature)
    if (key === undefined) throw new SyscallError("IllegalArgument", "no key has made this signature")
    return key
  }

  hash(code: bigint, data: Uint8Array): Uint8Array {
    const hash = hashFunctionOf(code)
    if (hash === undefined) throw new SyscallError("IllegalArgument", `unknown hash function ${code}`)
    this.gas.charge(this.prices.onHashing(hash.name, data.length))
    return hash.digest(data)
  }

  computeUnsealedSectorCid(proofType: bigint, pieces: readonly PieceInfo[]): CID {
    this.gas.charge(this.prices.onComputeUnsealedSectorCid())
    return judge(() => computeUnsealedSectorCid(proofType, pieces))
  }

  verifyPost(info: WindowPost): boolean {
    const proof = info.proofs[0]
    const name = proof === undefined ? undefined : (POST_PROOFS.get(proof.postProof)?.name ?? "")
    this.gas.charge(this.prices.onVerifyPost(name, info.challengedSectors.length))
    return judge(() => {
      checkWindowPost(info)
      return this.verifier("verify_post").verifyWindowPost(info)
    })
  }

  verifyConsensusFault(h1: Uint8Array, h2: Uint8Array, extra: Uint8Array): ConsensusFault | undefined {
    this.gas.charge(this.prices.onVerifyConsensusFault())
    const { externs } = this.callManager.machine
    return ask("the judgement of two headers", () =>
      externs.verifyConsensusFault(h1.slice(), h2.slice(), extra.slice()),
    )
  }

  verifyAggregateSeals(info: AggregateSeals): boolean {
    const name = SEAL_PROOFS.get(info.sealProof)?.name ?? ""
    this.gas.charge(this.prices.onVerifyAggregateSeals(name, info.infos.length))
    return judge(() => {
      checkAggregateSeals(info)
      return this.verifier("verify_aggregate_seals").verifyAggregateSeals(info)
    })
  }

  verifyReplicaUpdate(info: ReplicaUpdate): boolean {
    this.gas.charge(this.prices.onVerifyReplicaUpdate())
    return judge(() => {
      checkReplicaUpdate(info)
      return this.verifier("verify_replica_update").verifyReplicaUpdate(info)
    })
  }

  batchVerifySeals(seals: readonly SealInfo[]): boolean[] {
    for (const _ of seals) this.gas.charge(this.prices.onVerifySeal())
    return seals.map((seal) => {
      try {
        checkSeal(seal)
        return this.verifier("batch_verify_seals").verifySeal(seal)
      } catch (error) {
        if (error instanceof ProofError) return false
        throw error
      }
    })
  }

  // event

  emitEvent(headers: readonly EventEntryHeader[], keys: Uint8Array, values: Uint8Array): void {
    this.refuseReadOnly("emit an event")
    this.gas.charge(this.prices.onActorEvent(headers.length, keys.length, values.length))
    this.callManager.appendEvent({ emitter: this.invocation.receiver, entries: readEntries(headers, keys, values) })
  }

  // debug

  debugEnabled(): boolean {
    return this.callManager.machine.context.actorDebugging
  }

  log(message: string): void {
    this.callManager.log(message)
  }

  storeArtifact(name: string, data: Uint8Array): void {
    const { origin, nonce, invocationCount } = this.callManager
    storeArtifact([origin, nonce, this.invocation.receiver, invocationCount].map(String), name, data, this.warn)
  }

  private existingActor(id: bigint): NonNullable<ReturnType<CallManager["getActor"]>> {
    const actor = this.callManager.getActor(id)
    if (actor === undefined) throw new SyscallError("NotFound", `there is no actor f0${id}`)
    return actor
  }

  private refuseReadOnly(what: string): void {
    if (this.invocation.readOnly) throw new SyscallError("ReadOnly", `a read-only call cannot ${what}`)
  }

  private chargeRandomness(epoch: bigint): void {
    const lookback = this.callManager.machine.context.epoch - epoch
    if (lookback > MAX_INT64) throw new SyscallError("IllegalArgument", `the round ${epoch} is too far away`)
    this.gas.charge(this.prices.onGetRandomness(lookback))
  }

  private verifier(syscall: string): ProofVerifier {
    const { proofs } = this.callManager.machine.externs
    if (proofs === undefined) {
      this.warn(`${syscall}: this node has no proof verifier, so the proof counts as impossible to judge`)
      throw new ProofError("this node has no proof verifier")
    }
    return proofs
  }
}

/** A block that another kernel has made is one of ours already. */
function asBlock(block: CallManagerBlock): Block {
  return block instanceof Block ? block : Block.from(block)
}

function saturatedMilligas(gas: bigint): Milligas {
  const milligas = gas * MILLIGAS_PER_GAS
  return milligas > MAX_UINT64 ? MAX_UINT64 : milligas
}

/** Asks the node; that it cannot answer is the actor's error. */
function ask<T>(what: string, question: () => T): T {
  try {
    return question()
  } catch (error) {
    throw new SyscallError("IllegalArgument", `the node cannot give ${what}: ${messageOf(error)}`)
  }
}

/** A proof or piece that cannot be judged is the actor's error. */
function judge<T>(question: () => T): T {
  try {
    return question()
  } catch (error) {
    if (error instanceof ProofError) throw new SyscallError("IllegalArgument", error.message)
    throw error
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
