/**
 * The registered proof types by their number on chain.
 *
 * @see FIP-0059, FIP-0092; ref-fvm shared/src/sector/registered_proof.rs
 */
const SIZES = ["2KiB", "8MiB", "512MiB", "32GiB", "64GiB"] as const
type SectorSizeName = (typeof SIZES)[number]

const SECTOR_BYTES: Record<SectorSizeName, bigint> = {
  "2KiB": 2n << 10n,
  "8MiB": 8n << 20n,
  "512MiB": 512n << 20n,
  "32GiB": 32n << 30n,
  "64GiB": 64n << 30n,
}

/** A kind of proof for sectors of one size. */
export interface ProofType {
  /** As in the price list. */
  readonly name: string
  /** Bytes of a sector. */
  readonly sectorBytes: bigint
}

function family(first: number, name: (size: SectorSizeName) => string): [bigint, ProofType][] {
  return SIZES.map((size, i) => [BigInt(first + i), { name: name(size), sectorBytes: SECTOR_BYTES[size] }])
}

/** How a sector was sealed. */
export const SEAL_PROOFS: ReadonlyMap<bigint, ProofType> = new Map([
  ...family(0, (size) => `StackedDRG${size}V1`),
  ...family(5, (size) => `StackedDRG${size}V1P1`),
  ...family(10, (size) => `StackedDRG${size}V1P1_Feat_SyntheticPoRep`),
  ...family(15, (size) => `StackedDRG${size}V1P2_Feat_NiPoRep`),
])

/** How the possession of sectors is proven over time; 5 to 9 were given up. */
export const POST_PROOFS: ReadonlyMap<bigint, ProofType> = new Map([
  ...family(0, (size) => `StackedDRGWinning${size}V1`),
  ...family(10, (size) => `StackedDRGWindow${size}V1P1`),
])

/** How an empty sector was filled. */
export const UPDATE_PROOFS: ReadonlyMap<bigint, ProofType> = new Map(family(0, (size) => `StackedDRG${size}V1`))

/** How many seals are put under one proof. */
export const AGGREGATE_PROOFS: ReadonlyMap<bigint, string> = new Map([
  [0n, "SnarkPackV1"],
  [1n, "SnarkPackV2"],
])

/** The window PoSt that sectors of a seal proof take part in; undefined for an unknown seal proof. */
export function windowPostOf(sealProof: bigint): bigint | undefined {
  return SEAL_PROOFS.has(sealProof) ? 10n + (sealProof % 5n) : undefined
}
