import { Fatal, MachineError } from "../errors.ts"
import type { Charge, Cost, Milligas } from "./charge.ts"
import type { HashName, PriceData, ScalingCost, StepCost, WasmGasPrices } from "./prices/price-data.ts"
import { TEEP_PRICES } from "./prices/teep.ts"
import { WATERMELON_PRICES } from "./prices/watermelon.ts"

/** Prices saturate here, as the reference's 64-bit counters do. */
const MAX_MILLIGAS = (1n << 64n) - 1n
/** Bytes that a table element counts for. */
const TABLE_ELEMENT_SIZE = 8n
/** Most bytes of CBOR around an event's entries: tuple, emitter ID, array head. */
const EVENT_OVERHEAD = 12
/** Most bytes of CBOR around an entry's key and value. */
const EVENT_ENTRY_OVERHEAD = 9
/** The row that stands in for seal proofs without one of their own. */
const DEFAULT_SEAL_PROOF = "StackedDRG32GiBV1P1"
const DEFAULT_POST_PROOF = "StackedDRGWindow512MiBV1P1"

const saturate = (amount: Milligas): Milligas => (amount < MAX_MILLIGAS ? amount : MAX_MILLIGAS)
const apply = (cost: ScalingCost, units: number | bigint): Milligas =>
  cost.scale === 0n ? cost.flat : saturate(cost.flat + cost.scale * BigInt(units))
const compute = (name: string, amount: Milligas | number): Cost => ({ name, compute: amount, other: 0 })
const other = (name: string, amount: Milligas | number): Cost => ({ name, compute: 0, other: amount })

/**
 * The largest price for a byte (or entry, or link) of what an actor has in memory. Byte strings have less than 2^31 bytes, so that what they
 * cost is less than 2^53 milligas, however it is put together of the prices below: doubles count it exactly.
 */
const MAX_NEAR_SCALE = 4_000_000n
const MAX_NEAR_FLAT = 1n << 40n

/** A price with doubles, for what actors ask for all the time. */
interface NearCost {
  readonly flat: number
  readonly scale: number
}

function near({ flat, scale }: ScalingCost): NearCost {
  if (flat > MAX_NEAR_FLAT || scale > MAX_NEAR_SCALE) throw new Fatal(`the price ${flat} + ${scale} is beyond doubles`)
  return { flat: Number(flat), scale: Number(scale) }
}

const cost = ({ flat, scale }: NearCost, units: number): number => flat + scale * units

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
  /** Milligas for a syscall, whichever it is, before what it does itself: {@link WasmGasPrices.hostCallCost}. */
  readonly syscallCost: number

  // Costs without parameters are made once.
  readonly #valueTransfer: Cost
  readonly #createActor: Cost
  readonly #createActorWithAddress: Cost
  readonly #deleteActor: Cost = compute("OnDeleteActor", 0)
  readonly #blockOpenBase: Cost
  readonly #blockStat: Cost = compute("OnBlockStat", 0)
  readonly #actorLookup: Cost
  readonly #actorUpdate: Cost
  readonly #selfBalance: Cost = compute("OnSelfBalance", 0)
  readonly #balanceOf: Cost = compute("OnBalanceOf", 0)
  readonly #resolveAddress: Cost = compute("OnResolveAddress", 0)
  readonly #lookupAddress: Cost = compute("OnLookupAddress", 0)
  readonly #getActorCodeCid: Cost = compute("OnGetActorCodeCid", 0)
  readonly #getBuiltinActorType: Cost
  readonly #getCodeCidForType: Cost
  readonly #networkContext: Cost
  readonly #messageContext: Cost
  readonly #getRoot: Cost
  readonly #setRoot: Cost

  // What is needed of the data with every few syscalls, in doubles.
  readonly #invoke: number
  readonly #linkTracked: number
  readonly #linkChecked: number
  readonly #persist: number
  readonly #returnCompute: NearCost
  readonly #returnStorage: NearCost
  readonly #hashing: Readonly<Record<HashName, NearCost>>
  readonly #open: NearCost
  readonly #allocate: NearCost
  readonly #memcpy: NearCost
  readonly #retention: NearCost
  readonly #persistStorage: NearCost
  readonly #eventPerEntry: NearCost
  readonly #utf8: NearCost

  constructor(data: PriceData) {
    this.data = data
    this.syscallCost = Number(data.wasm.hostCallCost)
    const flat = (amount: Milligas): number => near({ flat: amount, scale: 0n }).flat
    const each = (amount: Milligas): number => near({ flat: 0n, scale: amount }).scale
    this.#valueTransfer = compute("OnValueTransfer", flat(data.sendTransferFunds))
    this.#createActor = other("OnCreateActor", flat(data.actorCreateStorage))
    this.#createActorWithAddress = other(
      "OnCreateActor",
      flat(data.actorCreateStorage + data.addressAssignment + data.addressLookup),
    )
    this.#blockOpenBase = {
      name: "OnBlockOpenBase",
      compute: flat(data.ipldLinkChecked),
      other: flat(data.blockOpen.flat),
    }
    this.#actorLookup = other("OnActorLookup", flat(data.actorLookup))
    this.#actorUpdate = other("OnActorUpdate", flat(data.actorUpdate))
    this.#getBuiltinActorType = compute("OnGetBuiltinActorType", flat(data.builtinActorManifestLookup))
    this.#getCodeCidForType = compute("OnGetCodeCidForType", flat(data.builtinActorManifestLookup))
    this.#networkContext = compute("OnNetworkContext", flat(data.networkContext))
    this.#messageContext = compute("OnMessageContext", flat(data.messageContext))
    this.#getRoot = compute("OnActorGetRoot", flat(data.ipldLinkTracked))
    this.#setRoot = compute("OnActorSetRoot", flat(data.ipldLinkChecked))
    this.#invoke = flat(data.sendInvokeMethod)
    this.#linkTracked = each(data.ipldLinkTracked)
    this.#linkChecked = each(data.ipldLinkChecked)
    this.#persist = flat(data.blockPersistCompute)
    this.#returnCompute = near(data.onChainReturnCompute)
    this.#returnStorage = near(data.onChainReturnStorage)
    const { Sha2_256, Blake2b256, Blake2b512, Keccak256, Ripemd160 } = data.hashingCost
    this.#hashing = {
      Sha2_256: near(Sha2_256),
      Blake2b256: near(Blake2b256),
      Blake2b512: near(Blake2b512),
      Keccak256: near(Keccak256),
      Ripemd160: near(Ripemd160),
    }
    this.#open = near(data.blockOpen)
    this.#allocate = near(data.blockAllocate)
    this.#memcpy = near(data.blockMemcpy)
    this.#retention = near(data.blockMemoryRetentionMinimum)
    this.#persistStorage = near(data.blockPersistStorage)
    this.#eventPerEntry = near(data.eventPerEntry)
    this.#utf8 = near(data.utf8Validation)
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

  onValueTransfer(): Cost {
    return this.#valueTransfer
  }

  onMethodInvocation(paramLinks: number): Cost {
    return compute("OnMethodInvocation", this.#invoke + this.#linkTracked * paramLinks)
  }

  /** @param depth - 1 for the message itself, whose return data goes on chain. */
  onMethodReturn(depth: number, size: number, links: number): Cost {
    if (depth === 1)
      return {
        name: "OnChainReturnValue",
        compute: cost(this.#returnCompute, size),
        other: cost(this.#returnStorage, size),
      }
    return compute("OnReturnValue", this.#linkTracked * links)
  }

  /** @param newAddress - The kernel assigns the address too; the init actor does that itself otherwise. */
  onCreateActor(newAddress: boolean): Cost {
    return newAddress ? this.#createActorWithAddress : this.#createActor
  }

  onDeleteActor(): Cost {
    return this.#deleteActor
  }

  onVerifySignature(type: "Secp256k1" | "BLS", dataLength: number): Cost {
    return compute("OnVerifySignature", apply(this.data.sigCost[type], dataLength))
  }

  onVerifyAggregateSignature(signatures: number, dataLength: number): Cost {
    // One pairing for each plaintext, one for the signature.
    return compute(
      "OnVerifyBlsAggregateSignature",
      this.data.blsPairingCost * BigInt(signatures + 1) + apply(this.data.blsHashingCost, dataLength),
    )
  }

  onRecoverSecpPublicKey(): Cost {
    return compute("OnRecoverSecpPublicKey", this.data.secp256k1RecoverCost)
  }

  onHashing(hash: HashName, dataLength: number): Cost {
    return compute("OnHashing", cost(this.#hashing[hash], dataLength))
  }

  onUtf8Validation(length: number): Cost {
    return compute("OnUtf8Validation", apply(this.data.utf8Validation, length))
  }

  onComputeUnsealedSectorCid(): Cost {
    return compute("OnComputeUnsealedSectorCid", this.data.computeUnsealedSectorCidBase)
  }

  onVerifySeal(): Cost {
    return compute("OnVerifySeal", this.data.verifySealBase)
  }

  /** @param proof - Name of the registered seal proof; one without a price costs as StackedDRG32GiBV1P1. */
  onVerifyAggregateSeals(proof: string, sectors: number): Cost {
    const { verifyAggregateSealPer: per, verifyAggregateSealSteps: steps } = this.data
    return compute(
      "OnVerifyAggregateSeals",
      (per[proof] ?? per[DEFAULT_SEAL_PROOF] ?? 0n) * BigInt(sectors) +
        step(steps[proof] ?? steps[DEFAULT_SEAL_PROOF] ?? [], sectors),
    )
  }

  onVerifyReplicaUpdate(): Cost {
    return compute("OnVerifyReplicaUpdate", this.data.verifyReplicaUpdate)
  }

  /** @param proof - Name of the registered PoSt proof of the first proof; one without a price costs as the 512 MiB one. */
  onVerifyPost(proof: string | undefined, challengedSectors: number): Cost {
    const table = this.data.verifyPostLookup
    const cost = table[proof ?? DEFAULT_POST_PROOF] ?? table[DEFAULT_POST_PROOF] ?? { flat: 0n, scale: 0n }
    return compute("OnVerifyPost", apply(cost, challengedSectors))
  }

  onVerifyConsensusFault(): Cost {
    return other("OnVerifyConsensusFault", this.data.verifyConsensusFault)
  }

  /** @param lookback - Epochs; a negative one is read as unsigned 64 bits and so costs more than any limit. */
  onGetRandomness(lookback: bigint): Cost {
    return other("OnGetRandomness", apply(this.data.lookbackCost, BigInt.asUintN(64, lookback)))
  }

  onBlockOpenBase(): Cost {
    return this.#blockOpenBase
  }

  onBlockOpen(size: number, links: number): Cost {
    const tracked = this.#linkTracked * links
    const open = this.#open.scale * size + cost(this.#allocate, size) + cost(this.#memcpy, size)
    const surcharge = cost(this.#retention, size) - (tracked + open)
    return { name: "OnBlockOpen", compute: tracked, other: surcharge > 0 ? open + surcharge : open }
  }

  onBlockRead(size: number): Cost {
    return compute("OnBlockRead", cost(this.#memcpy, size))
  }

  onBlockCreate(size: number, links: number): Cost {
    const work = cost(this.#memcpy, size) + cost(this.#allocate, size) + this.#linkChecked * links
    const surcharge = cost(this.#retention, size) - work
    return { name: "OnBlockCreate", compute: work, other: surcharge > 0 ? surcharge : 0 }
  }

  onBlockLink(hash: HashName, size: number): Cost {
    return {
      name: "OnBlockLink",
      compute:
        cost(this.#memcpy, size) + cost(this.#allocate, size) + cost(this.#hashing[hash], size) + this.#linkTracked,
      other: this.#persist + cost(this.#persistStorage, size),
    }
  }

  onBlockStat(): Cost {
    return this.#blockStat
  }

  onActorLookup(): Cost {
    return this.#actorLookup
  }

  onActorUpdate(): Cost {
    return this.#actorUpdate
  }

  onSelfBalance(): Cost {
    return this.#selfBalance
  }

  onBalanceOf(): Cost {
    return this.#balanceOf
  }

  onResolveAddress(): Cost {
    return this.#resolveAddress
  }

  onLookupDelegatedAddress(): Cost {
    return this.#lookupAddress
  }

  onGetActorCodeCid(): Cost {
    return this.#getActorCodeCid
  }

  onGetBuiltinActorType(): Cost {
    return this.#getBuiltinActorType
  }

  onGetCodeCidForType(): Cost {
    return this.#getCodeCidForType
  }

  /** @param lookback - Epochs, positive. */
  onTipsetCid(lookback: bigint): Cost {
    return other("OnTipsetCid", apply(this.data.lookbackCost, BigInt.asUintN(64, lookback)))
  }

  onNetworkContext(): Cost {
    return this.#networkContext
  }

  onMessageContext(): Cost {
    return this.#messageContext
  }

  onInstallActor(wasmSize: number): Cost {
    return compute("OnInstallActor", this.data.installWasmPerByteCost * BigInt(wasmSize))
  }

  onActorEvent(entries: number, keysSize: number, valuesSize: number): Cost {
    const size = EVENT_OVERHEAD + EVENT_ENTRY_OVERHEAD * entries + keysSize + valuesSize
    const memory = cost(this.#memcpy, size) + cost(this.#allocate, size)
    return {
      name: "OnActorEvent",
      compute: memory * 2 + cost(this.#eventPerEntry, entries) + cost(this.#utf8, keysSize),
      other: cost(this.#hashing.Blake2b256, size) + memory,
    }
  }

  onGetRoot(): Cost {
    return this.#getRoot
  }

  onSetRoot(): Cost {
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
