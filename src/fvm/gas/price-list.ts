import { MachineError } from "../errors.ts"
import type { Charge, Milligas } from "./charge.ts"
import type { HashName, PriceData, ScalingCost, StepCost, WasmGasPrices } from "./prices/price-data.ts"
import { TEEP_PRICES } from "./prices/teep.ts"
import { WATERMELON_PRICES } from "./prices/watermelon.ts"

/** Prices saturate here, as the reference's 64-bit counters do. */
const MAX_MILLIGAS = (1n << 64n) - 1n
/** Bytes that a table element counts for. */
const TABLE_ELEMENT_SIZE = 8n
/** Most bytes of CBOR around an event's entries: tuple, emitter ID, array head. */
const EVENT_OVERHEAD = 12n
/** Most bytes of CBOR around an entry's key and value. */
const EVENT_ENTRY_OVERHEAD = 9n
/** The row that stands in for seal proofs without one of their own. */
const DEFAULT_SEAL_PROOF = "StackedDRG32GiBV1P1"
const DEFAULT_POST_PROOF = "StackedDRGWindow512MiBV1P1"

const saturate = (amount: Milligas): Milligas => (amount < MAX_MILLIGAS ? amount : MAX_MILLIGAS)
const apply = (cost: ScalingCost, units: number | bigint): Milligas =>
  cost.scale === 0n ? cost.flat : saturate(cost.flat + cost.scale * BigInt(units))
const compute = (name: string, amount: Milligas): Charge => ({ name, compute: amount, other: 0n })
const other = (name: string, amount: Milligas): Charge => ({ name, compute: 0n, other: amount })

function step(cost: StepCost, value: number): Milligas {
  let price = 0n
  for (const row of cost) {
    if (row.start > value) break
    price = row.cost
  }
  return price
}

/**
 * What each operation costs under a network version. Each method makes the charge of one rule; its name is the one in traces.
 *
 * @see ref-fvm fvm/src/gas/price_list.rs
 */
export class PriceList {
  readonly data: PriceData

  // Charges without parameters are made once.
  readonly #valueTransfer: Charge
  readonly #createActor: Charge
  readonly #createActorWithAddress: Charge
  readonly #deleteActor: Charge = compute("OnDeleteActor", 0n)
  readonly #blockOpenBase: Charge
  readonly #blockStat: Charge = compute("OnBlockStat", 0n)
  readonly #actorLookup: Charge
  readonly #actorUpdate: Charge
  readonly #selfBalance: Charge = compute("OnSelfBalance", 0n)
  readonly #balanceOf: Charge = compute("OnBalanceOf", 0n)
  readonly #resolveAddress: Charge = compute("OnResolveAddress", 0n)
  readonly #lookupAddress: Charge = compute("OnLookupAddress", 0n)
  readonly #getActorCodeCid: Charge = compute("OnGetActorCodeCid", 0n)
  readonly #getBuiltinActorType: Charge
  readonly #getCodeCidForType: Charge
  readonly #networkContext: Charge
  readonly #messageContext: Charge
  readonly #getRoot: Charge
  readonly #setRoot: Charge

  constructor(data: PriceData) {
    this.data = data
    this.#valueTransfer = compute("OnValueTransfer", data.sendTransferFunds)
    this.#createActor = other("OnCreateActor", data.actorCreateStorage)
    this.#createActorWithAddress = other(
      "OnCreateActor",
      data.actorCreateStorage + data.addressAssignment + data.addressLookup,
    )
    this.#blockOpenBase = { name: "OnBlockOpenBase", compute: data.ipldLinkChecked, other: data.blockOpen.flat }
    this.#actorLookup = other("OnActorLookup", data.actorLookup)
    this.#actorUpdate = other("OnActorUpdate", data.actorUpdate)
    this.#getBuiltinActorType = compute("OnGetBuiltinActorType", data.builtinActorManifestLookup)
    this.#getCodeCidForType = compute("OnGetCodeCidForType", data.builtinActorManifestLookup)
    this.#networkContext = compute("OnNetworkContext", data.networkContext)
    this.#messageContext = compute("OnMessageContext", data.messageContext)
    this.#getRoot = compute("OnActorGetRoot", data.ipldLinkTracked)
    this.#setRoot = compute("OnActorSetRoot", data.ipldLinkChecked)
  }

  /** Prices for the metering pass, and of host calls and initial memory. */
  get wasm(): WasmGasPrices {
    return this.data.wasm
  }

  /** Memory that an instance begins with, or grows by. */
  memoryGas(bytes: number): Milligas {
    return saturate(this.wasm.memoryFillBaseCost + this.wasm.memoryFillPerByteCost * BigInt(bytes))
  }

  /** The table that an instance begins with (charged if it is exported as `table`). */
  tableGas(elements: number): Milligas {
    return saturate(
      this.wasm.memoryFillBaseCost + this.wasm.memoryFillPerByteCost * BigInt(elements) * TABLE_ELEMENT_SIZE,
    )
  }

  /** Inclusion of a message of `size` bytes as it is on chain, signature included. */
  onChainMessage(size: number): Charge {
    return {
      name: "OnChainMessage",
      compute: apply(this.data.onChainMessageCompute, size),
      other: this.data.actorUpdate + apply(this.data.onChainMessageStorage, size),
    }
  }

  onValueTransfer(): Charge {
    return this.#valueTransfer
  }

  onMethodInvocation(paramLinks: number): Charge {
    return compute(
      "OnMethodInvocation",
      this.data.sendInvokeMethod + (paramLinks === 0 ? 0n : this.data.ipldLinkTracked * BigInt(paramLinks)),
    )
  }

  /** @param depth - 1 for the message itself, whose return data goes on chain. */
  onMethodReturn(depth: number, size: number, links: number): Charge {
    if (depth === 1)
      return {
        name: "OnChainReturnValue",
        compute: apply(this.data.onChainReturnCompute, size),
        other: apply(this.data.onChainReturnStorage, size),
      }
    return compute("OnReturnValue", this.data.ipldLinkTracked * BigInt(links))
  }

  /** @param newAddress - The kernel assigns the address too; the init actor does that itself otherwise. */
  onCreateActor(newAddress: boolean): Charge {
    return newAddress ? this.#createActorWithAddress : this.#createActor
  }

  onDeleteActor(): Charge {
    return this.#deleteActor
  }

  onVerifySignature(type: "Secp256k1" | "BLS", dataLength: number): Charge {
    return compute("OnVerifySignature", apply(this.data.sigCost[type], dataLength))
  }

  onVerifyAggregateSignature(signatures: number, dataLength: number): Charge {
    // One pairing for each plaintext, one for the signature.
    return compute(
      "OnVerifyBlsAggregateSignature",
      this.data.blsPairingCost * BigInt(signatures + 1) + apply(this.data.blsHashingCost, dataLength),
    )
  }

  onRecoverSecpPublicKey(): Charge {
    return compute("OnRecoverSecpPublicKey", this.data.secp256k1RecoverCost)
  }

  onHashing(hash: HashName, dataLength: number): Charge {
    return compute("OnHashing", apply(this.data.hashingCost[hash], dataLength))
  }

  onUtf8Validation(length: number): Charge {
    return compute("OnUtf8Validation", apply(this.data.utf8Validation, length))
  }

  onComputeUnsealedSectorCid(): Charge {
    return compute("OnComputeUnsealedSectorCid", this.data.computeUnsealedSectorCidBase)
  }

  onVerifySeal(): Charge {
    return compute("OnVerifySeal", this.data.verifySealBase)
  }

  /** @param proof - Name of the registered seal proof; one without a price costs as StackedDRG32GiBV1P1. */
  onVerifyAggregateSeals(proof: string, sectors: number): Charge {
    const { verifyAggregateSealPer: per, verifyAggregateSealSteps: steps } = this.data
    return compute(
      "OnVerifyAggregateSeals",
      (per[proof] ?? per[DEFAULT_SEAL_PROOF] ?? 0n) * BigInt(sectors) +
        step(steps[proof] ?? steps[DEFAULT_SEAL_PROOF] ?? [], sectors),
    )
  }

  onVerifyReplicaUpdate(): Charge {
    return compute("OnVerifyReplicaUpdate", this.data.verifyReplicaUpdate)
  }

  /** @param proof - Name of the registered PoSt proof of the first proof; one without a price costs as the 512 MiB one. */
  onVerifyPost(proof: string | undefined, challengedSectors: number): Charge {
    const table = this.data.verifyPostLookup
    const cost = table[proof ?? DEFAULT_POST_PROOF] ?? table[DEFAULT_POST_PROOF] ?? { flat: 0n, scale: 0n }
    return compute("OnVerifyPost", apply(cost, challengedSectors))
  }

  onVerifyConsensusFault(): Charge {
    return other("OnVerifyConsensusFault", this.data.verifyConsensusFault)
  }

  /** @param lookback - Epochs; a negative one is read as unsigned 64 bits and so costs more than any limit. */
  onGetRandomness(lookback: bigint): Charge {
    return other("OnGetRandomness", apply(this.data.lookbackCost, BigInt.asUintN(64, lookback)))
  }

  onBlockOpenBase(): Charge {
    return this.#blockOpenBase
  }

  onBlockOpen(size: number, links: number): Charge {
    const { data } = this
    const tracked = data.ipldLinkTracked * BigInt(links)
    const open = data.blockOpen.scale * BigInt(size) + apply(data.blockAllocate, size) + apply(data.blockMemcpy, size)
    const surcharge = apply(data.blockMemoryRetentionMinimum, size) - (tracked + open)
    return { name: "OnBlockOpen", compute: tracked, other: surcharge > 0n ? open + surcharge : open }
  }

  onBlockRead(size: number): Charge {
    return compute("OnBlockRead", apply(this.data.blockMemcpy, size))
  }

  onBlockCreate(size: number, links: number): Charge {
    const { data } = this
    const work = apply(data.blockMemcpy, size) + apply(data.blockAllocate, size) + data.ipldLinkChecked * BigInt(links)
    const surcharge = apply(data.blockMemoryRetentionMinimum, size) - work
    return { name: "OnBlockCreate", compute: work, other: surcharge > 0n ? surcharge : 0n }
  }

  onBlockLink(hash: HashName, size: number): Charge {
    const { data } = this
    return {
      name: "OnBlockLink",
      compute:
        apply(data.blockMemcpy, size) +
        apply(data.blockAllocate, size) +
        apply(data.hashingCost[hash], size) +
        data.ipldLinkTracked,
      other: data.blockPersistCompute + apply(data.blockPersistStorage, size),
    }
  }

  onBlockStat(): Charge {
    return this.#blockStat
  }

  onActorLookup(): Charge {
    return this.#actorLookup
  }

  onActorUpdate(): Charge {
    return this.#actorUpdate
  }

  onSelfBalance(): Charge {
    return this.#selfBalance
  }

  onBalanceOf(): Charge {
    return this.#balanceOf
  }

  onResolveAddress(): Charge {
    return this.#resolveAddress
  }

  onLookupDelegatedAddress(): Charge {
    return this.#lookupAddress
  }

  onGetActorCodeCid(): Charge {
    return this.#getActorCodeCid
  }

  onGetBuiltinActorType(): Charge {
    return this.#getBuiltinActorType
  }

  onGetCodeCidForType(): Charge {
    return this.#getCodeCidForType
  }

  /** @param lookback - Epochs, positive. */
  onTipsetCid(lookback: bigint): Charge {
    return other("OnTipsetCid", apply(this.data.lookbackCost, BigInt.asUintN(64, lookback)))
  }

  onNetworkContext(): Charge {
    return this.#networkContext
  }

  onMessageContext(): Charge {
    return this.#messageContext
  }

  onInstallActor(wasmSize: number): Charge {
    return compute("OnInstallActor", this.data.installWasmPerByteCost * BigInt(wasmSize))
  }

  onActorEvent(entries: number, keysSize: number, valuesSize: number): Charge {
    const { data } = this
    const size = EVENT_OVERHEAD + EVENT_ENTRY_OVERHEAD * BigInt(entries) + BigInt(keysSize) + BigInt(valuesSize)
    const memory = apply(data.blockMemcpy, size) + apply(data.blockAllocate, size)
    return {
      name: "OnActorEvent",
      compute: memory * 2n + apply(data.eventPerEntry, entries) + apply(data.utf8Validation, keysSize),
      other: apply(data.hashingCost.Blake2b256, size) + memory,
    }
  }

  onGetRoot(): Charge {
    return this.#getRoot
  }

  onSetRoot(): Charge {
    return this.#setRoot
  }
}

const WATERMELON = new PriceList(WATERMELON_PRICES)
const TEEP = new PriceList(TEEP_PRICES)

/** The oldest and the newest network version that the kernel runs. */
export const NETWORK_VERSIONS = { oldest: 21, newest: 29 } as const

/**
 * The price list of a network version. The same object each time: engines are told apart by it.
 *
 * @throws MachineError - The version is not supported.
 */
export function priceListOf(networkVersion: number): PriceList {
  if (
    !Number.isInteger(networkVersion) ||
    networkVersion < NETWORK_VERSIONS.oldest ||
    networkVersion > NETWORK_VERSIONS.newest
  )
    throw new MachineError(
      `network version ${networkVersion} is not supported: ${NETWORK_VERSIONS.oldest} to ${NETWORK_VERSIONS.newest} are`,
    )
  return networkVersion < 25 ? WATERMELON : TEEP
}
