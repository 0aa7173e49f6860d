import type { Milligas } from "../charge.ts"
import type { PriceData, ScalingCost, StepCost } from "./price-data.ts"

const gas = (amount: number): Milligas => BigInt(amount) * 1000n
const flat = (amount: number): ScalingCost => ({ flat: gas(amount), scale: 0n })
const perUnit = (amount: number): ScalingCost => ({ flat: 0n, scale: gas(amount) })
const steps = (...rows: [start: number, amount: number][]): StepCost =>
  rows.map(([start, amount]) => ({ start, cost: gas(amount) }))

/**
 * Prices of network versions 21 (Watermelon) to 24.
 *
 * Most figures are FIP-0057's (gas schedule for programmability, network version 18); those of other FIPs say so.
 */
export const WATERMELON_PRICES: PriceData = {
  // FIP-0032, FIP-0057: inclusion; storage is 1,300 a byte, with 36 bytes for the sender's update.
  onChainMessageCompute: flat(38_863),
  onChainMessageStorage: { flat: gas(36 * 1300), scale: gas(1300) },
  onChainReturnCompute: flat(0),
  onChainReturnStorage: perUnit(1300),

  // FIP-0057: sends.
  sendTransferFunds: gas(6000),
  sendInvokeMethod: gas(75_000),

  // FIP-0057: the state tree; each actor once a message.
  actorLookup: gas(500_000),
  actorUpdate: gas(475_000),
  actorCreateStorage: gas(650_000),
  addressLookup: gas(1_050_000),
  addressAssignment: gas(1_000_000),

  // FIP-0032, FIP-0057: cryptography. FIP-0079: BLS aggregates by pairings and hashing.
  sigCost: {
    Secp256k1: { flat: gas(1_637_292), scale: gas(10) },
    BLS: { flat: gas(16_598_605), scale: gas(26) },
  },
  secp256k1RecoverCost: gas(1_637_292),
  blsPairingCost: gas(8_299_302),
  blsHashingCost: perUnit(7),
  hashingCost: {
    Sha2_256: perUnit(7),
    Blake2b256: perUnit(10),
    Blake2b512: perUnit(10),
    Keccak256: perUnit(33),
    Ripemd160: perUnit(35),
  },

  // FIP-0032: proofs. FIP-0013: aggregates.
  computeUnsealedSectorCidBase: gas(98_647),
  verifySealBase: gas(2000),
  verifyAggregateSealPer: {
    StackedDRG32GiBV1P1: gas(449_900),
    StackedDRG64GiBV1P1: gas(359_272),
  },
  verifyAggregateSealSteps: {
    StackedDRG32GiBV1P1: steps(
      [4, 103_994_170],
      [7, 112_356_810],
      [13, 122_912_610],
      [26, 137_559_930],
      [52, 162_039_100],
      [103, 210_960_780],
      [205, 318_351_180],
      [410, 528_274_980],
    ),
    StackedDRG64GiBV1P1: steps(
      [4, 102_581_240],
      [7, 110_803_030],
      [13, 120_803_700],
      [26, 134_642_130],
      [52, 157_357_890],
      [103, 203_017_690],
      [205, 304_253_590],
      [410, 509_880_640],
    ),
  },
  // FIP-0057 moved this charge to externs.
  verifyConsensusFault: gas(516_422),
  // FIP-0019.
  verifyReplicaUpdate: gas(36_316_136),
  verifyPostLookup: {
    StackedDRGWindow512MiBV1P1: { flat: gas(117_680_921), scale: gas(43_780) },
    StackedDRGWindow32GiBV1P1: { flat: gas(117_680_921), scale: gas(43_780) },
    StackedDRGWindow64GiBV1P1: { flat: gas(117_680_921), scale: gas(43_780) },
  },

  // FIP-0075: 19 skips of 5,800, the operation 15,000, the extern 21,000; 75 for each epoch back.
  lookbackCost: { flat: gas(5800 * 19 + 15_000 + 21_000), scale: gas(75) },

  // FIP-0057: blocks.
  blockAllocate: perUnit(2),
  blockMemcpy: { flat: 0n, scale: 400n },
  blockMemoryRetentionMinimum: perUnit(10),
  blockOpen: flat(187_440),
  blockPersistStorage: { flat: gas(334_000), scale: gas(3340) },
  blockPersistCompute: gas(172_000),

  builtinActorManifestLookup: 0n,
  networkContext: 0n,
  messageContext: 0n,
  installWasmPerByteCost: 0n,

  // FIP-0072: events.
  eventPerEntry: { flat: gas(2000), scale: gas(1400) },
  utf8Validation: { flat: gas(500), scale: gas(16) },

  // FIP-0055, FIP-0057: singletons whose state is at hand in any case.
  preloadedActors: [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 10n, 99n],

  // FIP-0071: reachability of IPLD state.
  ipldCborScanPerCid: gas(400),
  ipldCborScanPerField: gas(35),
  ipldLinkTracked: gas(300),
  ipldLinkChecked: gas(300),

  // FIP-0032, FIP-0057: execution; 4 gas an instruction, 0.4 a byte of memory.
  wasm: {
    instructionDefault: gas(4),
    mathDefault: gas(4),
    jumpUnconditional: gas(4),
    jumpConditional: gas(4),
    jumpIndirect: gas(4),
    call: 0n,
    memoryFillBaseCost: 0n,
    memoryFillPerByteCost: 400n,
    memoryAccessCost: 0n,
    memoryCopyPerByteCost: 400n,
    hostCallCost: gas(14_000),
  },
}
