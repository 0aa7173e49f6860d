import type { Milligas } from "../charge.ts"

/** A price with a fixed part and a part for each unit (byte, entry, epoch ...). */
export interface ScalingCost {
  readonly flat: Milligas
  readonly scale: Milligas
}

/** A price by steps: that of the last step whose `start` is not above the value; nothing below the first. */
export type StepCost = readonly { readonly start: number; readonly cost: Milligas }[]

/** Hash functions that have a price, by the names of the reference's price list. */
export type HashName = "Sha2_256" | "Blake2b256" | "Blake2b512" | "Keccak256" | "Ripemd160"

/** Prices of Wasm itself: what the metering pass writes into an actor's code. */
export interface WasmGasPrices {
  /** Any instruction that nothing else in this table prices. */
  readonly instructionDefault: Milligas
  readonly mathDefault: Milligas
  readonly jumpUnconditional: Milligas
  readonly jumpConditional: Milligas
  readonly jumpIndirect: Milligas
  /** Added to the jump of a call. */
  readonly call: Milligas
  /** Once for each instruction that fills memory. */
  readonly memoryFillBaseCost: Milligas
  readonly memoryFillPerByteCost: Milligas
  /** Once for each instruction that copies memory. */
  readonly memoryAccessCost: Milligas
  readonly memoryCopyPerByteCost: Milligas
  /** A call from Wasm to the kernel (`OnSyscall`). */
  readonly hostCallCost: Milligas
}

/**
 * A price list: figures and nothing else, all in milligas.
 *
 * @see ref-fvm fvm/src/gas/price_list.rs (PriceList); `fvm-oracle prices` prints them
 */
export interface PriceData {
  readonly onChainMessageCompute: ScalingCost
  readonly onChainMessageStorage: ScalingCost
  readonly onChainReturnCompute: ScalingCost
  readonly onChainReturnStorage: ScalingCost
  readonly sendTransferFunds: Milligas
  readonly sendInvokeMethod: Milligas
  readonly actorLookup: Milligas
  readonly actorUpdate: Milligas
  readonly actorCreateStorage: Milligas
  readonly addressLookup: Milligas
  readonly addressAssignment: Milligas
  readonly sigCost: { readonly Secp256k1: ScalingCost; readonly BLS: ScalingCost }
  readonly secp256k1RecoverCost: Milligas
  readonly blsPairingCost: Milligas
  readonly blsHashingCost: ScalingCost
  readonly hashingCost: Readonly<Record<HashName, ScalingCost>>
  readonly computeUnsealedSectorCidBase: Milligas
  readonly verifySealBase: Milligas
  /** By name of the registered seal proof; others cost what StackedDRG32GiBV1P1 does. */
  readonly verifyAggregateSealPer: Readonly<Record<string, Milligas>>
  readonly verifyAggregateSealSteps: Readonly<Record<string, StepCost>>
  readonly verifyConsensusFault: Milligas
  readonly verifyReplicaUpdate: Milligas
  readonly verifyPostLookup: Readonly<Record<string, ScalingCost>>
  readonly lookbackCost: ScalingCost
  readonly blockAllocate: ScalingCost
  readonly blockMemcpy: ScalingCost
  readonly blockMemoryRetentionMinimum: ScalingCost
  readonly blockOpen: ScalingCost
  readonly blockPersistStorage: ScalingCost
  readonly blockPersistCompute: Milligas
  readonly builtinActorManifestLookup: Milligas
  readonly networkContext: Milligas
  readonly messageContext: Milligas
  readonly installWasmPerByteCost: Milligas
  readonly eventPerEntry: ScalingCost
  readonly utf8Validation: ScalingCost
  readonly preloadedActors: readonly bigint[]
  readonly ipldCborScanPerCid: Milligas
  readonly ipldCborScanPerField: Milligas
  readonly ipldLinkTracked: Milligas
  readonly ipldLinkChecked: Milligas
  readonly wasm: WasmGasPrices
}
